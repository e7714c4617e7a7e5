"""Measures: predicted joints against true ones, row by row."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor

from posegcn import metrics
from posegcn.data.clips import Clip, Clips
from posegcn.errors import look_up
from posegcn.report import Report
from posegcn.skeleton import Skeleton
from posegcn.skeletons import MPI_INF_3DHP_17

Measure = Callable[[Tensor, Tensor], Tensor]


def _mm(metric: Measure) -> Measure:
    return lambda predicted, target: 1000 * metric(predicted, target)


# Errors of a pose, and errors of a run of consecutive frames.
MEASURES = {"P1": _mm(metrics.mpjpe), "P2": _mm(metrics.p_mpjpe), "P3": _mm(metrics.n_mpjpe)}
MOTION = {"MPJVE": _mm(metrics.mpjve), "ACC": _mm(metrics.acceleration_error)}


def measures_of(skeleton: Skeleton) -> dict[str, Measure]:
    """Measures of a pose by name; MPI-INF-3DHP has two more, in per cent."""
    if not skeleton.same_body(MPI_INF_3DHP_17):
        return MEASURES
    shares = {"PCK": metrics.pck, "AUC": metrics.auc}
    return MEASURES | {name: partial(share, joints=skeleton) for name, share in shares.items()}


# What a row of the report is.
ROWS: dict[str, Callable[[Clip], str]] = {
    "action": lambda clip: clip.action,
    "subject": lambda clip: f"{clip.subject} {clip.action}",
}
# "all": every frame counts once. "released": velocities weigh as many as their clip has frames
# (VideoPose3D), and by subject only the last recording of an action counts (GLA-GCN).
POOLINGS = ("all", "released")


def measure(
    predicted: Tensor,
    clips: Clips,
    card: Mapping[str, Any],
    *,
    by: str = "action",
    pooling: str = "all",
) -> Report:
    """Errors of predicted joints against those of the clips.

    Args:
        predicted: Aligned joints in metres, one for each target of the clips.  (M, J, 3)
        clips: The truth.
        card: How the prediction was made.
        by: See :func:`posegcn.evaluation.evaluate`.
        pooling: See :func:`posegcn.evaluation.evaluate`.

    Raises:
        InputError: A name is unknown.
    """
    row_of = look_up("rows", by, ROWS)
    released = look_up("pooling", pooling, {name: name == "released" for name in POOLINGS})
    measures = measures_of(clips.skeleton)
    truth = clips.joints[clips.targets]
    counted = _last_recordings(clips) if released and by == "subject" else set(range(len(clips)))
    errors, frames = defaultdict(lambda: defaultdict(list)), Counter()
    for index, places in enumerate(_places(clips)):
        if index not in counted or not len(places):
            continue
        row = row_of(clips[index])
        frames[row] += len(places)
        for name, error in measures.items():
            errors[row][name].append(error(predicted[places], truth[places]))
        for run in _consecutive(clips.targets[places], places):
            for name, error in MOTION.items():
                values = error(predicted[run], truth[run])
                if released and len(values):
                    values = values.mean().expand(len(run))
                errors[row][name].append(values)
    names = [*measures, *MOTION]
    rows = {row: _means([errors[row]], names) for row in sorted(errors)}
    pooled = _means(errors.values(), names)
    by_joint = 1000 * metrics.joint_error(predicted, truth).mean(dim=0)
    joints = dict(zip(clips.skeleton.joints, by_joint.tolist(), strict=True))
    return Report(card, {row: frames[row] for row in rows}, rows, pooled, joints)


def _places(clips: Clips) -> list[Tensor]:
    """Where the targets of each clip are among all targets."""
    counts = clips.target_clips.bincount(minlength=len(clips)).tolist()
    return list(torch.arange(len(clips.targets)).split(counts))


def _consecutive(frames: Tensor, places: Tensor) -> tuple[Tensor, ...]:
    """Places whose frames follow one another, run by run."""
    ends = (frames.diff() != 1).nonzero().flatten() + 1
    return places.tensor_split(ends)


def _last_recordings(clips: Clips) -> set[int]:
    """The last clip of each subject, action and camera."""
    last = {(clip.subject, clip.action, clip.camera): i for i, clip in enumerate(clips)}
    return set(last.values())


def _means(errors: Iterable[Mapping[str, list[Tensor]]], names: Iterable[str]) -> dict[str, float]:
    """Mean of each measure; NaN of what there is nothing of."""
    found = list(errors)
    return {
        name: torch.cat([values for row in found for values in row[name]]).double().mean().item()
        for name in names
    }
