"""Data sources behind one interface: a short text names them, clips come out."""

from collections.abc import Callable
from typing import Any, NamedTuple

from posegcn.data.clips import Clip, Clips
from posegcn.data.cmu import cmu_clips
from posegcn.data.flips import flip_pose
from posegcn.data.h36m import h36m_clips
from posegcn.data.humaneva import humaneva_clips
from posegcn.data.mpi_inf_3dhp import mpi_inf_3dhp_clips
from posegcn.data.noise import DetectorNoise
from posegcn.data.synthetic import synthetic_clips
from posegcn.data.video_noise import VideoNoise
from posegcn.errors import InputError, look_up
from posegcn.skeleton import Skeleton
from posegcn.skeletons import H36M_16, get_skeleton


class Source(NamedTuple):
    """A kind of data source.

    Args:
        form: How its text reads.
        summary: What the data are.
        num_parts: Fewest and most parts that follow the first colon.
        open: Opens it, given the text, those parts, a skeleton and a seed.
    """

    form: str
    summary: str
    num_parts: tuple[int, int]
    open: Callable[[str, list[str], Skeleton, int], Clips]


def _synthetic(source: str, parts: list[str], skeleton: Skeleton, seed: int) -> Clips:
    return synthetic_clips(source, skeleton, **_keypoints(parts), seed=seed)


def _cmu(source: str, parts: list[str], skeleton: Skeleton, seed: int) -> Clips:
    return cmu_clips(source, parts[0], skeleton, **_keypoints(parts[1:]), seed=seed)


def _h36m(source: str, parts: list[str], skeleton: Skeleton, seed: int) -> Clips:
    return h36m_clips(source, parts[0], parts[1], skeleton)


def _humaneva(source: str, parts: list[str], skeleton: Skeleton, seed: int) -> Clips:
    every_action = bool(parts[2:]) and look_up("choice of actions", parts[2], {"all": True})
    return humaneva_clips(source, parts[0], parts[1], skeleton, every_action=every_action)


def _mpi_inf_3dhp(source: str, parts: list[str], skeleton: Skeleton, seed: int) -> Clips:
    return mpi_inf_3dhp_clips(source, parts[0], skeleton)


def _keypoints(parts: list[str]) -> dict[str, Any]:
    """What a detector looks for, and how it errs."""
    noises = {"exact": None, "noisy": DetectorNoise, "video": VideoNoise}
    kinds = {name: {"noise": noise} for name, noise in noises.items()}
    kinds |= {f"coco_{name}": {"noise": noise, "coco": True} for name, noise in noises.items()}
    return look_up("kind of keypoints", *(parts or ["exact"]), kinds)


SOURCES = {
    "synthetic": Source(
        "synthetic[:KIND]",
        "procedural motion, embedded, made in seconds; KIND is noisy, video, coco_exact, ...",
        (0, 1),
        _synthetic,
    ),
    "cmu": Source(
        "cmu:DIR[:KIND]",
        "CMU motion capture, cmu_train.npz and cmu_test.npz",
        (1, 2),
        _cmu,
    ),
    "h36m": Source(
        "h36m:DIR:KEYPOINTS",
        "Human3.6M; KEYPOINTS is gt, cpn_ft_h36m_dbb, detectron_ft_h36m, sh_ft_h36m, ...",
        (2, 2),
        _h36m,
    ),
    "humaneva": Source(
        "humaneva:DIR:KEYPOINTS[:all]",
        "HumanEva-I, Walking, Jog and Box or all; KEYPOINTS is gt or detectron_pt_coco",
        (2, 3),
        _humaneva,
    ),
    "3dhp": Source(
        "3dhp:DIR",
        "MPI-INF-3DHP, data_train_3dhp.npz and data_test_3dhp.npz",
        (1, 1),
        _mpi_inf_3dhp,
    ),
}


def open_source(source: str, skeleton: str | Skeleton = H36M_16, seed: int = 0) -> Clips:
    """Open a data source.

    Args:
        source: ``"synthetic"``, ``"cmu:DIR"``, ``"h36m:DIR:KEYPOINTS"``,
            ``"humaneva:DIR:KEYPOINTS"``, ``"3dhp:DIR"``; ``":noisy"`` after the first two emulates
            a detector instead of giving exact keypoints, ``":video"`` one whose errors last over
            the frames of a recording, as those on video do; ``":coco_exact"``, ``":coco_noisy"``
            and ``":coco_video"`` give keypoints of COCO for the same joints.
        skeleton: Body wanted for keypoints and joints, or the name of a preset.
        seed: Seed of what is random in the source: motion, cameras, detector noise.

    Raises:
        InputError: The source is unknown or incomplete, or its files are.
    """
    kind, *parts = source.split(":")
    chosen = look_up("data source", kind, SOURCES)
    fewest, most = chosen.num_parts
    if not fewest <= len(parts) <= most or not all(parts):
        raise InputError(f"a {kind} source reads {chosen.form}, got {source!r}")
    return chosen.open(source, parts, get_skeleton(skeleton), seed)


__all__ = ["SOURCES", "Clip", "Clips", "Source", "flip_pose", "open_source"]
