"""Robustness: the error of networks as their keypoints, or the cameras, get worse."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from posegcn import metrics
from posegcn.data.clips import Clips
from posegcn.devices import pick_device
from posegcn.errors import InputError
from posegcn.evaluation.statistics.bootstrap import resampled_averages
from posegcn.evaluation.statistics.recordings import recording_numbers
from posegcn.prediction import check_fits, predict_clips
from posegcn.robustness.corruption import CORRUPTIONS, corrupt, corruption_text

RESAMPLES = 1000
QUANTILES = (0.025, 0.975)


@dataclass(frozen=True)
class Point:
    """The error of a network at one strength, in millimetres.

    Args:
        strength: Of the corruption.
        P1: Mean over all poses and seeds.
        low: Lower end of the 95 % interval, by bootstrap over recordings.
        high: Its upper end.
        by_seed: P1 for each seed; one value where nothing is drawn.
    """

    strength: float
    P1: float
    low: float
    high: float
    by_seed: tuple[float, ...]


@dataclass(frozen=True)
class Sweep:
    """Errors of networks over the strengths of a corruption.

    Args:
        name: Corruption.
        unit: Of its strength.
        data: What was corrupted.
        data_hash: Hash of it, before.
        seeds: Those of the corruption.
        models: A curve of each network, by its name.
    """

    name: str
    unit: str
    data: str
    data_hash: str
    seeds: tuple[int, ...]
    models: Mapping[str, tuple[Point, ...]]

    def to_dict(self) -> dict[str, Any]:
        """Everything, as plain values; ``posegcn.viz.robustness_curves`` draws it."""
        return {**asdict(self), "interval": "95 %, bootstrap over recordings"}


def sweep(
    models: nn.Module | Mapping[str, nn.Module],
    clips: Clips,
    name: str,
    strengths: Sequence[float],
    *,
    seeds: Sequence[int] = (0, 1, 2),
    device: str = "auto",
) -> Sweep:
    """P1 of networks on clips that are corrupted more and more, root-aligned.

    All networks see the same corrupted keypoints. The interval says how much the error depends on
    the recordings, not how much it does on the draws of the corruption: see ``by_seed`` for that.

    Args:
        models: A network, or several by name.
        clips: Usually the test clips.
        name: Name in ``posegcn.robustness.corruption.CORRUPTIONS``.
        strengths: In the unit of the corruption.
        seeds: What is random is drawn anew for each.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.

    Raises:
        InputError: A name is unknown, a strength is out of range, nothing is asked for, or a
            network has another skeleton than the clips.
    """
    if isinstance(models, nn.Module):
        models = {type(models).__name__: models}
    strengths, seeds = [float(strength) for strength in strengths], tuple(seeds)
    if not (models and strengths and seeds):
        raise InputError("a sweep needs at least one network, one strength and one seed")
    for strength in strengths:
        corruption_text(name, strength)
    for model in models.values():
        check_fits(model, clips)
        model.to(pick_device(device))
    chosen = CORRUPTIONS[name]
    drawn = seeds if chosen.is_random else seeds[:1]
    curves = {key: [] for key in models}
    for strength in strengths:
        errors = {key: [] for key in models}
        for seed in drawn:
            corrupted = corrupt(clips, name, strength, seed=seed)
            for key, model in models.items():
                errors[key].append(_errors_by_clip(model, corrupted))
        for key, found in errors.items():
            curves[key].append(_point(strength, torch.stack(found), clips))
    curves = {key: tuple(points) for key, points in curves.items()}
    source, digest = clips.source, clips.fingerprint()
    return Sweep(name, chosen.unit, source, digest, drawn, curves)


def _errors_by_clip(model: nn.Module, clips: Clips) -> Tensor:
    """Mean P1 of the poses of each clip, in millimetres; NaN where none counts.  -> (C,)"""
    predicted = metrics.root_relative(predict_clips(model, clips), clips.skeleton.root)
    errors = 1000 * metrics.mpjpe(predicted, clips.joints[clips.targets]).double()
    sums = errors.new_zeros(len(clips)).index_add(0, clips.target_clips, errors)
    return sums / _poses(clips)


def _poses(clips: Clips) -> Tensor:
    """Number of poses of each clip.  (C,)"""
    return clips.target_clips.bincount(minlength=len(clips))


def _point(strength: float, errors: Tensor, clips: Clips) -> Point:
    """Mean, interval and means by seed, from the errors of each clip.  (S, C)"""
    poses = _poses(clips)
    counted = poses > 0
    errors, poses = errors[:, counted], poses[counted]
    by_seed = (errors @ poses.double()) / poses.sum()
    averages = resampled_averages(
        errors.mean(dim=0).numpy(),
        poses.numpy(),
        np.array(recording_numbers(clips))[counted.numpy()],
        np.zeros(len(poses)),
        resamples=RESAMPLES,
        seed=0,
    )
    low, high = np.quantile(averages, QUANTILES).tolist()
    return Point(strength, by_seed.mean().item(), low, high, tuple(by_seed.tolist()))
