"""Measures: predicted joints against true ones, row by row."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import chain
from typing import Any

import torch
from torch import Tensor

from posegcn import metrics
from posegcn.data.clips import Clip, Clips
from posegcn.errors import look_up
from posegcn.evaluation.report import Report
from posegcn.evaluation.statistics.recordings import recording_numbers
from posegcn.skeleton import Skeleton
from posegcn.skeletons import MPI_INF_3DHP_17

Measure = Callable[[Tensor, Tensor], Tensor]
Errors = dict[str, list[Tensor]]  # of a clip, by measure


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
DECIMALS = 4  # in the rows of clips: a tenth of a micrometre is more than anybody measures


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
    numbers = recording_numbers(clips)
    names, errors, frames, of_clips = [*measures, *MOTION], defaultdict(list), Counter(), []
    for index, places in enumerate(_places(clips)):
        if index not in counted or not len(places):
            continue
        row, targets = row_of(clips[index]), clips.targets[places]
        found = _errors(predicted[places], truth[places], measures)
        found |= _motion_errors(predicted[places], truth[places], targets, released)
        frames[row] += len(places)
        errors[row].append(found)
        facts = _facts(clips[index], numbers[index], clips.root[targets])
        of_clips.append(facts | _rounded(_means([found], names)))
    rows = {row: _means(errors[row], names) for row in sorted(errors)}
    pooled = _means(chain.from_iterable(errors.values()), names)
    by_joint = 1000 * metrics.joint_error(predicted, truth).mean(dim=0)
    joints = dict(zip(clips.skeleton.joints, by_joint.tolist(), strict=True))
    return Report(card, {row: frames[row] for row in rows}, rows, pooled, joints, of_clips)


def _errors(predicted: Tensor, truth: Tensor, measures: Mapping[str, Measure]) -> Errors:
    return {name: [error(predicted, truth)] for name, error in measures.items()}


def _motion_errors(predicted: Tensor, truth: Tensor, frames: Tensor, released: bool) -> Errors:
    """Errors of each run of consecutive frames; as released, their mean once for each frame."""
    ends = (frames.diff() != 1).nonzero().flatten() + 1
    found = defaultdict(list)
    for run in zip(predicted.tensor_split(ends), truth.tensor_split(ends), strict=True):
        for name, values in _errors(*run, MOTION).items():
            weighed = released and len(values[0])
            found[name].append(values[0].mean().expand(len(run[0])) if weighed else values[0])
    return found


def _facts(clip: Clip, recording: int, root: Tensor) -> dict[str, Any]:
    """The part of the row of a clip that does not depend on the prediction."""
    return {
        "subject": clip.subject,
        "action": clip.action,
        "camera": clip.camera,
        "recording": recording,
        "poses": len(root),
        "distance_m": round(root.norm(dim=-1).mean().item(), DECIMALS),
    }


def _rounded(errors: Mapping[str, float]) -> dict[str, float]:
    return {name: round(error, DECIMALS) for name, error in errors.items()}


def _places(clips: Clips) -> list[Tensor]:
    """Where the targets of each clip are among all targets."""
    counts = clips.target_clips.bincount(minlength=len(clips)).tolist()
    return list(torch.arange(len(clips.targets)).split(counts))


def _last_recordings(clips: Clips) -> set[int]:
    """The last clip of each subject, action and camera."""
    last = {(clip.subject, clip.action, clip.camera): i for i, clip in enumerate(clips)}
    return set(last.values())


def _means(errors: Iterable[Errors], names: Iterable[str]) -> dict[str, float]:
    """Mean of each measure; NaN of what there is nothing of."""
    found = list(errors)
    return {
        name: torch.cat([values for row in found for values in row[name]]).double().mean().item()
        for name in names
    }
