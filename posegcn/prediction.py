"""Prediction: from what a network takes to joints, pose by pose or over whole clips."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from posegcn.data.clips import Clip, Clips
from posegcn.data.flips import FLIPS, flip_pose
from posegcn.data.windows import Windows
from posegcn.errors import InputError
from posegcn.skeleton import Skeleton


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


def context(model: nn.Module) -> tuple[int, int] | None:
    """Frames that a network over time sees before and after its target; none for one pose."""
    if not hasattr(model, "receptive_field"):
        return None
    return model.receptive_field - 1 - model.lookahead, model.lookahead


def check_takes_keypoints(model: nn.Module) -> None:
    """Refuse a network that takes more than keypoints.

    Raises:
        InputError: It does.
    """
    if (names := input_names(model)) != ("keypoints",):
        raise InputError(
            f"{type(model).__name__} takes {', '.join(names)}, expected a network that takes "
            "keypoints alone; give its lifter"
        )


def check_fits(model: nn.Module, clips: Clips) -> None:
    """Refuse clips that a network does not lift.

    Raises:
        InputError: They have another body, or the network predicts something else than joints.
    """
    name = clips.skeleton.name
    if clips.skeleton.joints != model.skeleton.joints:
        raise InputError(
            f"the model lifts skeleton {model.skeleton.name!r}, the clips have {name!r}"
        )
    seen = keypoint_skeleton(model)
    if seen.joints != model.skeleton.joints:
        raise InputError(f"the model takes keypoints of {seen.name!r}, the clips have {name!r}")
    if getattr(model, "num_outputs", clips.skeleton.num_joints) != clips.skeleton.num_joints:
        raise InputError("the model predicts the path of the root, the clips are for joints")


def keypoint_skeleton(model: nn.Module) -> Skeleton:
    """Body of the keypoints that a network takes; usually that of its joints."""
    return getattr(model, "keypoint_skeleton", model.skeleton)


@torch.no_grad()
def predict(
    model: nn.Module, *inputs: Tensor, flip: bool = False, batch_size: int = 1024
) -> Tensor:
    """Joints for any number of items, in evaluation mode, on the CPU.  (N, J, 2) -> (N, J, 3)

    Networks over time take windows or clips, ``(N, T, J, 2)``, and give ``(N, T', J, 3)``.

    Args:
        model: Lifting network; its mode is restored afterwards.
        *inputs: What the network takes, usually normalised image coordinates alone.
        flip: Average with the mirrored prediction of the mirrored inputs.
        batch_size: Items at a time.

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
                seen = keypoint_skeleton(model)
                turned = (turn(v, seen) for turn, v in zip(flips, batch, strict=True))
                joints = (joints + flip_pose(model(*turned), model.skeleton)) / 2
            batches.append(joints.cpu())
    return torch.cat(batches)


def predict_clips(
    model: nn.Module, clips: Clips, *, flip: bool = False, batch_size: int = 1024
) -> Tensor:
    """Joints for every target frame of some clips.  -> (M, J, 3)

    A network over time sees each target in its window; beyond the ends of a clip, the first or
    the last frame stands again. Where it can take whole clips, the work is shared between frames.

    Args:
        model: Lifting network.
        clips: What to lift.
        flip: Average with the mirrored prediction of the mirrored inputs.
        batch_size: Poses at a time; of windows, as many as have 16 times as many frames.
    """
    around = context(model)
    if around is None:
        inputs = (values[clips.targets] for values in inputs_of(model, clips).values())
        return predict(model, *inputs, flip=flip, batch_size=batch_size)
    if getattr(model, "takes_clips", False):
        joints = torch.cat([_whole_clip(model, clip, around, flip) for clip in clips])
        return joints[clips.targets]
    windows = Windows.of_targets(clips)
    batches = []
    num_windows = max(1, 16 * batch_size // model.receptive_field)
    for items in torch.arange(len(windows)).split(num_windows):
        keypoints = clips.keypoints[windows.frames(items, *around)]  # (B, T, J, 2)
        batches.append(predict(model, keypoints, flip=flip, batch_size=num_windows)[:, 0])
    return torch.cat(batches)


def _whole_clip(model: nn.Module, clip: Clip, around: tuple[int, int], flip: bool) -> Tensor:
    """Joints for all frames of a clip at once.  -> (T, J, 3)"""
    before, after = around
    frames = torch.arange(-before, len(clip) + after).clamp(0, len(clip) - 1)
    return predict(model, clip.keypoints[frames][None], flip=flip)[0]
