"""Mirrored poses: what a network takes, as a mirror would show it."""

from collections.abc import Callable
from functools import lru_cache

import torch
from torch import Tensor

from posegcn.skeleton import Skeleton


def flip_pose(values: Tensor, skeleton: Skeleton) -> Tensor:
    """The mirrored pose: x negated, left and right exchanged.  (..., J, C) -> (..., J, C)

    Works on normalised keypoints and on joints in the camera frame, and is its own inverse.
    """
    mirrored = values.index_select(-2, _partners(skeleton, values.device))  # a copy
    mirrored[..., 0].neg_()
    return mirrored


def flip_intrinsics(values: Tensor, skeleton: Skeleton) -> Tensor:
    """The camera that sees the mirrored pose: cx and p1 negated.  (..., 9) -> (..., 9)"""
    mirrored = values.clone()
    for negated in (2, 7):
        mirrored[..., negated].neg_()
    return mirrored


def flip_root(values: Tensor, skeleton: Skeleton) -> Tensor:
    """The mirrored position of the root: x negated.  (..., 3) -> (..., 3)"""
    mirrored = values.clone()
    mirrored[..., 0].neg_()
    return mirrored


@lru_cache
def _partners(skeleton: Skeleton, device: torch.device) -> Tensor:
    """Number of the mirrored joint of each, on the device once for all.  (J,)"""
    return torch.tensor(skeleton.mirror, device=device)


# What a network may take, by the name of the tensor of the clips, and how it is mirrored.
FLIPS: dict[str, Callable[[Tensor, Skeleton], Tensor]] = {
    "keypoints": flip_pose,
    "intrinsics": flip_intrinsics,
    "root": flip_root,
}
