"""Breakdown: where the error is, by joint, action, subject, depth and self-occlusion."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from posegcn import metrics
from posegcn.data.clips import Clip, Clips
from posegcn.errors import InputError, look_up
from posegcn.evaluation.self_occlusion import hidden_joints

DEPTH_BIN_M = 1
QUANTILES = {"median": 0.5, "90 %": 0.9, "95 %": 0.95}

Labels = tuple[list[str], Tensor]  # names, and the index of that of each joint of each pose (M, J)


class Part(NamedTuple):
    """The error of a part of all joints.

    Args:
        P1: Mean distance of the joints in millimetres.
        joints: How many joints, over all poses.
        poses: Poses that have at least one of them.
    """

    P1: float
    joints: int
    poses: int


class Histogram(NamedTuple):
    """How often which error occurs.

    Args:
        edges_mm: Edges of the bins in millimetres; the last bin has no upper edge.  (K,)
        joints: Joints in each bin, the root included.  (K,)
        poses: Poses in each bin, by their P1.  (K,)
        joint_quantiles: Errors of joints in millimetres: median, 90 %, 95 %.
        pose_quantiles: P1 of poses in millimetres, likewise.
    """

    edges_mm: list[float]
    joints: list[int]
    poses: list[int]
    joint_quantiles: dict[str, float]
    pose_quantiles: dict[str, float]


def breakdown(predicted: Tensor, clips: Clips, *, by: str) -> dict[str, Part]:
    """P1 of each part; the mean of all parts, weighted by their joints, is P1 over all poses.

    Args:
        predicted: Aligned joints in metres, one for each target of the clips.  (M, J, 3)
        clips: The truth.
        by: ``"joint"``; ``"action"``; ``"subject"``; ``"depth"``: distance of the root from the
            camera, in bins of a metre; or ``"occlusion"``: whether the body itself hides the
            joint, as :func:`posegcn.evaluation.self_occlusion.hidden_joints` estimates. The root
            counts as a joint in every part: where poses are aligned at it, with an error of zero.

    Raises:
        InputError: The name is unknown, the shapes differ, or a root is not before the camera.
    """
    names, labels = look_up("part", by, PARTS)(clips)
    errors = 1000 * metrics.joint_error(predicted, clips.joints[clips.targets]).double()
    parts = {}
    for index, name in enumerate(names):
        if (chosen := labels == index).any():
            mean = errors[chosen].mean().item()
            parts[name] = Part(mean, int(chosen.sum()), int(chosen.any(dim=1).sum()))
    return parts


def error_histogram(
    predicted: Tensor, clips: Clips, *, bin_mm: float = 10, last_mm: float = 300
) -> Histogram:
    """Counts of joints and of poses by their error, with quantiles.

    Args:
        predicted: Aligned joints in metres, one for each target of the clips.  (M, J, 3)
        clips: The truth.
        bin_mm: Width of a bin.
        last_mm: Where the last bin begins, which holds all larger errors.

    Raises:
        InputError: The shapes differ, or there is no bin below the last.
    """
    if not 0 < bin_mm <= last_mm:
        raise InputError(f"expected bins of more than 0 and at most {last_mm} mm, got {bin_mm}")
    errors = 1000 * metrics.joint_error(predicted, clips.joints[clips.targets]).double()
    edges = np.arange(0, last_mm + bin_mm / 2, bin_mm)
    of_joints, of_poses = errors.flatten().numpy(), errors.mean(dim=1).numpy()
    return Histogram(
        edges.tolist(),
        *(_counts(values, edges) for values in (of_joints, of_poses)),
        *(_quantiles(values) for values in (of_joints, of_poses)),
    )


def _counts(values: np.ndarray, edges: np.ndarray) -> list[int]:
    return np.histogram(values, [*edges, np.inf])[0].tolist()


def _quantiles(values: np.ndarray) -> dict[str, float]:
    return {name: float(np.quantile(values, share)) for name, share in QUANTILES.items()}


def _by_joint(clips: Clips) -> Labels:
    numbers = torch.arange(clips.skeleton.num_joints)
    return list(clips.skeleton.joints), numbers.expand(len(clips.targets), -1)


def _by_clip(name_of: Callable[[Clip], str]) -> Callable[[Clips], Labels]:
    def labels(clips: Clips) -> Labels:
        names = sorted(set(map(name_of, clips)))
        of_clips = torch.tensor([names.index(name_of(clip)) for clip in clips])
        return names, _for_all_joints(of_clips[clips.target_clips], clips)

    return labels


def _by_depth(clips: Clips) -> Labels:
    bins = (_roots(clips).norm(dim=-1) / DEPTH_BIN_M).long()
    names = [
        f"{DEPTH_BIN_M * low} to {DEPTH_BIN_M * (low + 1)} m" for low in range(int(bins.max()) + 1)
    ]
    return names, _for_all_joints(bins, clips)


def _by_occlusion(clips: Clips) -> Labels:
    joints = clips.joints[clips.targets] + _roots(clips)[:, None]
    return ["visible", "hidden"], hidden_joints(joints, clips.skeleton).long()


def _roots(clips: Clips) -> Tensor:
    """Root of each target in the camera frame.  (M, 3)"""
    roots = clips.root[clips.targets]
    if not (roots[:, 2] > 0).all():
        raise InputError(
            f"{clips.source}: a root is not before the camera, which parts by depth and by "
            "occlusion need; choose another part"
        )
    return roots


def _for_all_joints(labels: Tensor, clips: Clips) -> Tensor:
    return labels[:, None].expand(-1, clips.skeleton.num_joints)


PARTS: dict[str, Callable[[Clips], Labels]] = {
    "joint": _by_joint,
    "action": _by_clip(lambda clip: clip.action),
    "subject": _by_clip(lambda clip: clip.subject),
    "depth": _by_depth,
    "occlusion": _by_occlusion,
}
