"""Errors between predicted and true joints: torch, batched, in the unit of the input.

Every function returns one value for each pose (or joint, or step in time). Averaging is left to
the caller, because frame averages and action averages are different published numbers.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from posegcn.errors import InputError
from posegcn.rotation import best_rotation
from posegcn.skeleton import Skeleton

# The joints that MPI-INF-3DHP is measured on, by group: 14 of its 17.
PCK_GROUPS = {
    "head": ("head_top",),
    "neck": ("neck",),
    "shoulder": ("rshoulder", "lshoulder"),
    "elbow": ("relbow", "lelbow"),
    "wrist": ("rwrist", "lwrist"),
    "hip": ("rhip", "lhip"),
    "knee": ("rknee", "lknee"),
    "ankle": ("rfoot", "lfoot"),
}


def root_relative(joints: Tensor, root: int = 0) -> Tensor:
    """Joints seen from the root joint.  (..., J, 3) -> (..., J, 3)"""
    return joints - joints[..., root : root + 1, :]


def joint_error(predicted: Tensor, target: Tensor) -> Tensor:
    """Distance of each joint.  (..., J, 3) -> (..., J)

    Raises:
        InputError: The shapes differ.
    """
    if predicted.shape != target.shape:
        raise InputError(
            f"predicted and target must have one shape, got {tuple(predicted.shape)} "
            f"and {tuple(target.shape)}"
        )
    return (predicted - target).norm(dim=-1)


def mpjpe(predicted: Tensor, target: Tensor) -> Tensor:
    """Mean per-joint position error: protocol 1 (P1).  (..., J, 3) -> (...)

    Source: Ionescu et al., Human3.6M, TPAMI 2014, where it is called MPJPE.
    """
    return joint_error(predicted, target).mean(dim=-1)


def n_mpjpe(predicted: Tensor, target: Tensor) -> Tensor:
    r"""MPJPE after the best scale: protocol 3 (P3).  (..., J, 3) -> (...)

    .. math:: s = \frac{\sum \hat y \cdot y}{\sum \hat y \cdot \hat y}

    Source: Rhodin et al., Unsupervised geometry-aware representation for 3D human pose
    estimation, ECCV 2018.
    """
    scale = (predicted * target).sum(dim=(-2, -1)) / _squared_size(predicted)
    return mpjpe(scale[..., None, None] * predicted, target)


def p_mpjpe(predicted: Tensor, target: Tensor) -> Tensor:
    """MPJPE after the best similarity transform: protocol 2 (P2).  (..., J, 3) -> (...)

    Rotation without reflection, scale and translation, found for each pose by itself.
    """
    return mpjpe(procrustes(predicted, target), target)


def procrustes(predicted: Tensor, target: Tensor) -> Tensor:
    """Predicted joints brought onto the target by a similarity.  (..., J, 3) -> (..., J, 3)

    Source: Umeyama, Least-squares estimation of transformation parameters between two point
    patterns, TPAMI 1991, equations (40) to (42).
    """
    centre_p, centre_t = predicted.mean(dim=-2, keepdim=True), target.mean(dim=-2, keepdim=True)
    centred_p, centred_t = predicted - centre_p, target - centre_t
    correlation = centred_t.mT @ centred_p
    rotation = best_rotation(correlation)
    scale = (rotation * correlation).sum(dim=(-2, -1)) / _squared_size(centred_p)
    return centred_p @ (scale[..., None, None] * rotation).mT + centre_t


def _squared_size(joints: Tensor) -> Tensor:
    """Sum of squares, kept off zero so that a pose collapsed to a point stays finite."""
    return (joints * joints).sum(dim=(-2, -1)).clamp(min=torch.finfo(joints.dtype).tiny)


def mpjve(predicted: Tensor, target: Tensor) -> Tensor:
    """Mean per-joint velocity error, per frame.  (..., T, J, 3) -> (..., T - 1)

    Source: Pavllo et al., 3D human pose estimation in video, CVPR 2019.
    """
    return mpjpe(predicted.diff(dim=-3), target.diff(dim=-3))


def acceleration_error(predicted: Tensor, target: Tensor) -> Tensor:
    """Mean per-joint error of the second difference.  (..., T, J, 3) -> (..., T - 2)

    Source: Kanazawa et al., Learning 3D human dynamics from video, CVPR 2019.
    """
    return mpjpe(predicted.diff(n=2, dim=-3), target.diff(n=2, dim=-3))


def pck(
    predicted: Tensor, target: Tensor, joints: Skeleton | Sequence[int], threshold: float = 0.15
) -> Tensor:
    """Share of joints nearer than ``threshold``, in per cent: 3D-PCK.  (..., J, 3) -> (...)

    Args:
        predicted: Metres, root-relative, as is the target.
        target: True joints.
        joints: Those that count: a skeleton stands for those of :func:`pck_groups`.
        threshold: Metres; a joint that far away is wrong.

    Source: Mehta et al., Monocular 3D human pose estimation in the wild using improved CNN
    supervision, 3DV 2017.
    """
    return _share_below(_counted_errors(predicted, target, joints), threshold)


def auc(predicted: Tensor, target: Tensor, joints: Skeleton | Sequence[int]) -> Tensor:
    """Mean of :func:`pck` over 31 thresholds 0, 5, ..., 150 mm.  (..., J, 3) -> (...)

    Source: as :func:`pck`; the thresholds are those of the data set's evaluation code.
    """
    errors = _counted_errors(predicted, target, joints)
    return torch.stack([_share_below(errors, 5 * step / 1000) for step in range(31)]).mean(dim=0)


def pck_groups(skeleton: Skeleton) -> dict[str, tuple[int, ...]]:
    """Indices of the joints that MPI-INF-3DHP is measured on, by group.

    ``{group: pck(predicted, target, joints) for group, joints in pck_groups(skeleton).items()}``
    is the data set's table.

    Raises:
        InputError: The skeleton lacks one of those joints; give :func:`pck` a list instead.
    """
    return {group: tuple(map(skeleton.index, names)) for group, names in PCK_GROUPS.items()}


def _counted_errors(predicted: Tensor, target: Tensor, joints: Skeleton | Sequence[int]) -> Tensor:
    if isinstance(joints, Skeleton):
        joints = [joint for group in pck_groups(joints).values() for joint in group]
    return joint_error(predicted, target)[..., list(joints)]


def _share_below(errors: Tensor, threshold: float) -> Tensor:
    return 100 * (errors < threshold).to(errors.dtype).mean(dim=-1)


def bone_lengths(joints: Tensor, skeleton: Skeleton) -> Tensor:
    """Length of each bone, in the order of ``skeleton.bones``.  (..., J, 3) -> (..., J - 1)"""
    children, parents = zip(*skeleton.bones, strict=True)
    return (joints[..., children, :] - joints[..., parents, :]).norm(dim=-1)


def bone_length_error(predicted: Tensor, target: Tensor, skeleton: Skeleton) -> Tensor:
    """Mean absolute error of the bone lengths.  (..., J, 3) -> (...)"""
    difference = bone_lengths(predicted, skeleton) - bone_lengths(target, skeleton)
    return difference.abs().mean(dim=-1)


def symmetry_error(predicted: Tensor, skeleton: Skeleton) -> Tensor:
    """Mean absolute difference of mirrored bones.  (..., J, 3) -> (...)"""
    lengths = bone_lengths(predicted, skeleton)
    bone_of = {child: index for index, (child, _) in enumerate(skeleton.bones)}
    left = [bone_of[joint] for joint in skeleton.left]
    right = [bone_of[skeleton.mirror[joint]] for joint in skeleton.left]
    return (lengths[..., left] - lengths[..., right]).abs().mean(dim=-1)
