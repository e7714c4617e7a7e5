"""Bones that keep their length."""

import torch
from torch import Tensor

from posegcn.skeleton import Skeleton


def constant_bones(joints: Tensor, skeleton: Skeleton) -> Tensor:
    """Poses whose bones have, in every frame, the median length that they have over all frames.

    Directions of bones stay; from the root outwards, each joint moves along with its parent.
    Frames with NaN stay so, and do not count for the median.

    Shape:
        - joints: ``(T, J, 3)`` metres
        - output: the same
    """
    children, parents = (list(side) for side in zip(*_outwards(skeleton), strict=True))
    bones = joints[:, children] - joints[:, parents]  # (T, J - 1, 3)
    lengths = bones.norm(dim=-1)
    wanted = lengths.nanmedian(dim=0).values
    scaled = bones * (wanted / lengths.clamp(min=torch.finfo(joints.dtype).tiny))[..., None]
    result = joints.clone()
    for child, parent, bone in zip(children, parents, scaled.unbind(dim=1), strict=True):
        result[:, child] = result[:, parent] + bone
    return result


def _outwards(skeleton: Skeleton) -> list[tuple[int, int]]:
    """Bones (child, parent), the parent's own bone first."""
    depth = {joint: len(skeleton.path_to_root(joint)) for joint in skeleton.joints}
    return sorted(skeleton.bones, key=lambda bone: depth[skeleton.joints[bone[0]]])
