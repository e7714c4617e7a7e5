"""What is changed at random in each batch: keypoints as detectors err, targets as in GLA-GCN."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from posegcn.data.noise import DetectorNoise
from posegcn.skeleton import Skeleton

ANGLES = (-5.0, 0.0, 5.0)  # degrees
SCALES = (0.95, 1.0, 1.05)


def turn_and_scale(joints: Tensor, degrees: Tensor, scales: Tensor) -> Tensor:
    """Targets turned about the optical axis and scaled across it, along a line over the frames.

    Depth is left alone, and so are the keypoints: the network is told to lift the same picture to
    another pose.

    Shape:
        - joints: ``(B, T, J, 3)``
        - degrees: ``(B, 2)``, at the first frame and at the last; of one frame, the first counts
        - scales: ``(B, 2)``, likewise
        - output: ``(B, T, J, 3)``

    Source: Yu et al., GLA-GCN, ICCV 2023, public code, where it is always on; the paper does not
    mention it.
    """
    frames = joints.shape[1]
    along = torch.linspace(0, 1, frames, device=joints.device, dtype=joints.dtype)
    angle, scale = (
        (ends[:, :1] + (ends[:, 1:] - ends[:, :1]) * along)[..., None]  # (B, T, 1)
        for ends in (degrees * (math.pi / 180), scales)
    )
    x, y, depth = joints.unbind(dim=-1)
    across = (angle.cos() * x - angle.sin() * y, angle.sin() * x + angle.cos() * y)
    return torch.stack([scale * across[0], scale * across[1], depth], dim=-1)


def released(joints: Tensor) -> Tensor:
    """Each target with an angle and a scale that are drawn.  (B, T, J, 3) -> (B, T, J, 3)

    They are drawn where the joints are, from the generator of that device.
    """
    degrees, scales = (
        middle + step * torch.randint(-1, 2, (len(joints), 2), device=joints.device)
        for middle, step in ((0, ANGLES[-1]), (1, SCALES[-1] - 1))
    )
    return turn_and_scale(joints, degrees.to(joints), scales.to(joints))


def none(joints: Tensor) -> Tensor:
    """The targets as they are."""
    return joints


TARGET_NOISE: dict[str, Callable[[Tensor], Tensor]] = {
    "none": none,
    "released": released,
}

# For a body and a device: what turns the keypoints of a batch into others.  (B, ..., J, 2)
KeypointNoise = Callable[[Tensor], Tensor]


def detector(skeleton: Skeleton, device: torch.device) -> KeypointNoise:
    """The errors of :class:`~posegcn.data.noise.DetectorNoise`, drawn anew in every batch.

    Raises:
        InputError: There are no statistics for the body.
    """
    noise = DetectorNoise(skeleton, seed=None, device=device)
    return lambda keypoints: noise(keypoints.flatten(0, -3)).view_as(keypoints)


def exact(skeleton: Skeleton, device: torch.device) -> KeypointNoise:
    """The keypoints as they are."""
    return lambda keypoints: keypoints


KEYPOINT_NOISE: dict[str, Callable[[Skeleton, torch.device], KeypointNoise]] = {
    "none": exact,
    "detector": detector,
}
