"""Prediction: from what a network takes to joints, pose by pose or over whole clips."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from posegcn.data.clips import Clip, Clips
from posegcn.data.flips import FLIPS, flip_pose
from posegcn.data.windows import Windows
from posegcn.devices import multiplying
from posegcn.errors import InputError
from posegcn.folding import fold
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
    if clips.skeleton.joints != model.skeleton.joints:
        raise InputError(
            f"the model lifts skeleton {model.skeleton.name!r}, the clips have "
            f"{clips.skeleton.name!r}"
        )
    seen = keypoint_skeleton(model)
    if seen.joints != clips.keypoint_skeleton.joints:
        raise InputError(
            f"the model takes keypoints of {seen.name!r}, the clips have "
            f"{clips.keypoint_skeleton.name!r}"
        )
    if getattr(model, "num_outputs", clips.skeleton.num_joints) != clips.skeleton.num_joints:
        raise InputError("the model predicts the path of the root, the clips are for joints")


def keypoint_skeleton(model: nn.Module) -> Skeleton:
    """Body of the keypoints that a network takes; usually that of its joints."""
    return getattr(model, "keypoint_skeleton", model.skeleton)


def keypoint_shape(model: nn.Module) -> tuple[int, ...]:
    """Shape of the keypoints of one item: a pose or a window.  (J, 2) or (T, J, 2)"""
    pose = keypoint_skeleton(model).num_joints, 2
    return pose if context(model) is None else (model.receptive_field, *pose)


def predict(
    model: nn.Module, *inputs: Tensor, flip: bool = False, batch_size: int | None = None
) -> Tensor:
    """Joints for any number of items, in evaluation mode, on the CPU.  (N, J, 2) -> (N, J, 3)

    Networks over time take windows or clips, ``(N, T, J, 2)``, and give ``(N, T', J, 3)``.

    Args:
        model: Lifting network; it stays as it is, a folded copy predicts.
        *inputs: What the network takes, usually normalised image coordinates alone.
        flip: Average with the mirrored prediction of the mirrored inputs.
        batch_size: Items at a time; as many as are fastest where it is not given.

    Raises:
        InputError: The network takes another number of inputs.
    """
    names = input_names(model)
    if len(inputs) != len(names):
        raise InputError(
            f"{type(model).__name__} takes {', '.join(names)}, got {len(inputs)} inputs"
        )
    return _predict(fold(model), inputs, flip, batch_size or _fastest(model))


def predict_clips(
    model: nn.Module, clips: Clips, *, flip: bool = False, batch_size: int | None = None
) -> Tensor:
    """Joints for every target frame of some clips.  -> (M, J, 3)

    A network over time sees each target in its window; beyond the ends of a clip, the first or
    the last frame stands again. Where it can take whole clips, the work is shared between frames.

    Args:
        model: Lifting network; it stays as it is, a folded copy predicts.
        clips: What to lift.
        flip: Average with the mirrored prediction of the mirrored inputs.
        batch_size: Poses at a time, as many as are fastest where it is not given; of windows, as
            many as have 8 times as many frames.
    """
    model, around, size = fold(model), context(model), batch_size or _fastest(model)
    if around is None:
        inputs = tuple(values[clips.targets] for values in inputs_of(model, clips).values())
        return _predict(model, inputs, flip, size)
    if getattr(model, "takes_clips", False):
        joints = torch.cat([_whole_clip(model, clip, around, flip) for clip in clips])
        return joints[clips.targets]
    windows = Windows.of_targets(clips)
    batches = []
    num_windows = max(1, 8 * size // model.receptive_field)
    for items in torch.arange(len(windows)).split(num_windows):
        keypoints = clips.keypoints[windows.frames(items, *around)]  # (B, T, J, 2)
        batches.append(_predict(model, (keypoints,), flip, num_windows)[:, 0])
    return torch.cat(batches)


def _whole_clip(model: nn.Module, clip: Clip, around: tuple[int, int], flip: bool) -> Tensor:
    """Joints for all frames of a clip at once.  -> (T, J, 3)"""
    before, after = around
    frames = torch.arange(-before, len(clip) + after).clamp(0, len(clip) - 1)
    return _predict(model, (clip.keypoints[frames][None],), flip, batch_size=1)[0]


@torch.no_grad()
def _predict(model: nn.Module, inputs: Sequence[Tensor], flip: bool, batch_size: int) -> Tensor:
    """Joints as a folded network gives them."""
    device = next(model.parameters()).device
    flips, seen = [FLIPS[name] for name in input_names(model)], keypoint_skeleton(model)
    batches = []
    with multiplying(device):
        for batch in zip(*(values.split(batch_size) for values in inputs), strict=True):
            batch = [values.to(device) for values in batch]
            joints = model(*batch)
            if flip:
                turned = (turn(v, seen) for turn, v in zip(flips, batch, strict=True))
                joints = (joints + flip_pose(model(*turned), model.skeleton)) / 2
            batches.append(joints)
    return torch.cat(batches).cpu()


def _fastest(model: nn.Module) -> int:
    """Poses whose features stay in the cache of a CPU, or that keep a GPU busy."""
    return 128 if next(model.parameters()).device.type == "cpu" else 8192
