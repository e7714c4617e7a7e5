"""Evaluation: errors by action and by joint under a stated protocol."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from posegcn import metrics
from posegcn.data.clips import Clips
from posegcn.devices import pick_device
from posegcn.errors import look_up
from posegcn.evaluation.measures import measure
from posegcn.evaluation.protocol import card_of_training, source_card, split_of
from posegcn.evaluation.report import Report
from posegcn.evaluation.statistics.clip_table import AVERAGINGS
from posegcn.prediction import check_fits, input_names, predict_clips
from posegcn.version import __version__

Alignment = Callable[[Tensor, int], Tensor]


def _root(predicted: Tensor, root: int) -> Tensor:
    return metrics.root_relative(predicted, root)


def _root_zeroed(predicted: Tensor, root: int) -> Tensor:
    zeroed = predicted.clone()
    zeroed[..., root, :] = 0
    return zeroed


def _none(predicted: Tensor, root: int) -> Tensor:
    return predicted


# "root": the predicted root is subtracted from every joint, which is the protocol's meaning.
# "root_zeroed": the root joint alone is set to zero, which is what the public SemGCN and
# Modulated GCN programs compute on a CPU. "none": as predicted (VideoPose3D, GLA-GCN).
ALIGNMENTS: dict[str, Alignment] = {"root": _root, "root_zeroed": _root_zeroed, "none": _none}


def evaluate(
    model: nn.Module,
    clips: Clips,
    *,
    flip: bool = False,
    alignment: str = "root",
    by: str = "action",
    averaging: str = "action",
    pooling: str = "all",
    training: Mapping[str, Any] | None = None,
    batch_size: int | None = None,
    device: str = "auto",
) -> Report:
    """Errors of a model on some clips, in millimetres.

    Args:
        model: Lifting network.
        clips: Usually the test clips.
        flip: Average with the prediction of the mirrored pose.
        alignment: Name in ``ALIGNMENTS``.
        by: ``"action"``, or ``"subject"`` for one row of each subject and action.
        averaging: Which mean is the headline number, ``"action"`` or ``"frame"``; the report holds
            both, as ``mean`` and ``pooled``.
        pooling: ``"all"``, or ``"released"`` for the tables of the public programs.
        training: Card of the run or checkpoint that the model comes from, for the card of the
            report: recipe, seed, epoch, and whom it was selected on.
        batch_size: See :func:`~posegcn.prediction.predict_clips`.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.

    Raises:
        InputError: Model and clips have different skeletons, or a name is unknown.
    """
    check_fits(model, clips)
    align = look_up("alignment", alignment, ALIGNMENTS)
    look_up("averaging", averaging, AVERAGINGS)
    start = time.perf_counter()
    model = model.to(pick_device(device))
    predicted = predict_clips(model, clips, flip=flip, batch_size=batch_size)
    predicted = align(predicted, clips.skeleton.root)
    card = {
        **data_card(clips),
        "alignment": alignment,
        "flip": flip,
        "averaging": averaging if by == "action" or averaging == "frame" else f"{by} and action",
        "inputs": list(input_names(model)),
        "frames": getattr(model, "receptive_field", 1),
        "pooling": pooling,
        "device": next(model.parameters()).device.type,
        "seconds": round(time.perf_counter() - start, 2),
        **card_of_training(training or {}, {clip.subject for clip in clips}),
    }
    return measure(predicted, clips, card, by=by, pooling=pooling)


def pose_error_mm(model: nn.Module, clips: Clips) -> float:
    """P1 over all targets, root-aligned, in millimetres: the number that models are selected by."""
    predicted = _root(predict_clips(model, clips), clips.skeleton.root)
    return 1000 * metrics.mpjpe(predicted, clips.joints[clips.targets]).mean().item()


def data_card(clips: Clips) -> dict[str, Any]:
    """What was measured on, with which versions."""
    subjects = sorted({clip.subject for clip in clips})
    return {
        **source_card(clips.source),
        "data_hash": clips.fingerprint(),
        "subjects": subjects,
        "split": split_of(subjects),
        "joints": f"{clips.skeleton.num_joints}, root included",
        "posegcn": __version__,
        "torch": torch.__version__,
    }
