"""Evaluation: errors by action and by joint under a stated protocol."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from posegcn import metrics
from posegcn.data.clips import Clips
from posegcn.data.flips import FLIPS, flip_pose
from posegcn.devices import pick_device
from posegcn.errors import InputError, look_up
from posegcn.report import Report
from posegcn.version import __version__

MEASURES = {
    "P1": metrics.mpjpe,
    "P2": metrics.p_mpjpe,
    "P3": metrics.n_mpjpe,
    "MPJVE": metrics.mpjve,
}

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


@contextmanager
def evaluation_mode(module: nn.Module) -> Iterator[None]:
    """Evaluation mode for a while; afterwards every part is in the mode it was in."""
    were_training = {part: part.training for part in module.modules()}
    module.eval()
    try:
        yield
    finally:
        for part, training in were_training.items():
            part.training = training


def input_names(model: nn.Module) -> tuple[str, ...]:
    """What a network takes, in its order: keypoints, and whatever it says besides."""
    return getattr(model, "inputs", ("keypoints",))


def inputs_of(model: nn.Module, clips: Clips) -> dict[str, Tensor]:
    """What a network takes of some clips, by name."""
    return {name: getattr(clips, name) for name in input_names(model)}


@torch.no_grad()
def predict(
    model: nn.Module, *inputs: Tensor, flip: bool = False, batch_size: int = 1024
) -> Tensor:
    """Joints for any number of poses, in evaluation mode, on the CPU.  (N, J, 2) -> (N, J, 3)

    Args:
        model: Lifting network; its mode is restored afterwards.
        *inputs: What the network takes, usually normalised image coordinates alone.
        flip: Average with the mirrored prediction of the mirrored inputs.
        batch_size: Poses at a time.

    Raises:
        InputError: The network takes another number of inputs.
    """
    names = input_names(model)
    if len(inputs) != len(names):
        raise InputError(
            f"{type(model).__name__} takes {', '.join(names)}, got {len(inputs)} inputs"
        )
    device = next(model.parameters()).device
    flips = [FLIPS[name] for name in names]
    batches = []
    with evaluation_mode(model):
        for batch in zip(*(values.split(batch_size) for values in inputs), strict=True):
            batch = [values.to(device) for values in batch]
            joints = model(*batch)
            if flip:
                turned = (turn(v, model.skeleton) for turn, v in zip(flips, batch, strict=True))
                joints = (joints + flip_pose(model(*turned), model.skeleton)) / 2
            batches.append(joints.cpu())
    return torch.cat(batches)


def evaluate(
    model: nn.Module,
    clips: Clips,
    *,
    flip: bool = False,
    alignment: str = "root",
    batch_size: int = 1024,
    device: str = "auto",
) -> Report:
    """Errors of a model on some clips, in millimetres.

    Args:
        model: Lifting network.
        clips: Usually the test clips.
        flip: Average with the prediction of the mirrored pose.
        alignment: Name in ``ALIGNMENTS``.
        batch_size: Poses at a time.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.

    Raises:
        InputError: Model and clips have different skeletons, or a name is unknown.
    """
    if clips.skeleton.joints != model.skeleton.joints:
        raise InputError(
            f"the model lifts skeleton {model.skeleton.name!r}, "
            f"the clips have {clips.skeleton.name!r}"
        )
    align = look_up("alignment", alignment, ALIGNMENTS)
    start = time.perf_counter()
    model = model.to(pick_device(device))
    inputs = inputs_of(model, clips)
    predicted = predict(model, *inputs.values(), flip=flip, batch_size=batch_size)
    predicted = align(predicted, clips.skeleton.root)
    card = {
        **data_card(clips),
        "alignment": alignment,
        "flip": flip,
        "inputs": list(inputs),
        "device": next(model.parameters()).device.type,
        "seconds": round(time.perf_counter() - start, 2),
    }
    return measure(predicted, clips, card)


def pose_error_mm(model: nn.Module, clips: Clips) -> float:
    """P1 over all poses, root-aligned, in millimetres: the number that models are selected by."""
    predicted = predict(model, *inputs_of(model, clips).values())
    predicted = _root(predicted, clips.skeleton.root)
    return 1000 * metrics.mpjpe(predicted, clips.joints).mean().item()


def data_card(clips: Clips) -> dict[str, Any]:
    """What was measured on, with which versions."""
    return {
        "data": clips.source,
        "data_hash": clips.fingerprint(),
        "subjects": sorted({clip.subject for clip in clips}),
        "joints": f"{clips.skeleton.num_joints}, root included",
        "posegcn": __version__,
        "torch": torch.__version__,
    }


def measure(predicted: Tensor, clips: Clips, card: Mapping[str, Any]) -> Report:
    """Errors of predicted joints against those of the clips.

    Args:
        predicted: Aligned joints in metres, one for each frame of the clips.  (N, J, 3)
        clips: The truth.
        card: How the prediction was made.
    """
    errors = {action: defaultdict(list) for action in clips.actions}
    frames = Counter()
    lengths = [len(clip) for clip in clips]
    for clip, joints in zip(clips, predicted.split(lengths), strict=True):
        frames[clip.action] += len(clip)
        for name, measure_errors in MEASURES.items():
            errors[clip.action][name].append(measure_errors(joints, clip.joints))
    actions = {
        action: {name: _mean_mm(values) for name, values in by_measure.items()}
        for action, by_measure in errors.items()
    }
    pooled = {
        name: _mean_mm([value for by_measure in errors.values() for value in by_measure[name]])
        for name in MEASURES
    }
    by_joint = 1000 * metrics.joint_error(predicted, clips.joints).mean(dim=0)
    joints = dict(zip(clips.skeleton.joints, by_joint.tolist(), strict=True))
    return Report(card, dict(frames), actions, pooled, joints)


def _mean_mm(errors: list[Tensor]) -> float:
    return 1000 * torch.cat(errors).double().mean().item()
