"""Batches: poses and windows that live on the device, gathered by index."""

from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch import Tensor, nn

from posegcn.data.clips import Clips
from posegcn.data.flips import FLIPS, flip_pose
from posegcn.data.windows import Windows
from posegcn.errors import InputError, look_up
from posegcn.prediction import context, inputs_of
from posegcn.recipes import Recipe
from posegcn.training.perturbation import KEYPOINT_NOISE, TARGET_NOISE


class PoseBatches:
    """All frames of some clips once on the device; a batch is an index gather.

    For a network of one pose an item is a pose. For a network over time it is a window around a
    target, or around ``chunk`` consecutive ones.

    Args:
        clips: Where the poses come from.
        recipe: Gives batch size, chunk, flip augmentation and noise of the targets.
        model: Network they are for: says what it takes, and the poses live on its device.
        device: Where they live instead.

    Raises:
        InputError: There is only one item, or the recipe asks for what the network or the data
            do not have.
    """

    def __init__(
        self,
        clips: Clips,
        recipe: Recipe,
        model: nn.Module,
        device: torch.device | None = None,
    ):
        device = device or next(model.parameters()).device
        clips = clips.targets_every(recipe.target_step)
        self.skeleton, self.keypoint_skeleton = clips.skeleton, clips.keypoint_skeleton
        self.context = context(model)
        self.whole_window = getattr(model, "sequence", None) is not None
        takes_clips = getattr(model, "takes_clips", False)
        self.windows = _windows(clips, recipe.chunk, takes_clips).to(device)
        self.inputs = {name: values.to(device) for name, values in inputs_of(model, clips).items()}
        self.joints = clips.joints.to(device)
        self.perturb = look_up("noise of the targets", recipe.target_noise, TARGET_NOISE)
        disturb = look_up("noise of the keypoints", recipe.keypoint_noise, KEYPOINT_NOISE)
        self.disturb = disturb(clips.keypoint_skeleton, next(model.parameters()).device)
        self.num_items = len(self.windows) * (2 if recipe.flip else 1)
        if self.num_items < 2:
            raise InputError(f"{clips.source} holds 1 pose to train on, expected two or more")
        self.batch_size = min(recipe.batch_size, self.num_items)

    def __len__(self) -> int:
        """Number of batches; a last batch of one item is left out, it has no variance."""
        full, rest = divmod(self.num_items, self.batch_size)
        return full + (rest > 1)

    def epoch(self, generator: torch.Generator) -> Iterator[tuple[Tensor, ...]]:
        """Batches, each what the network takes and then the joints, in an order that is drawn.

        With flip augmentation every item comes once as it is and once mirrored.
        """
        for items in self.order(generator):
            yield self.batch(items)

    def order(self, *generators: torch.Generator) -> tuple[Tensor, ...]:
        """Items of each batch of an epoch, on the device; of several generators, one after another.

        K generators give the batches of K networks that are trained together: (K B,).
        """
        drawn = [torch.randperm(self.num_items, generator=generator) for generator in generators]
        orders = torch.stack(drawn).to(self.joints.device)  # (K, items)
        return tuple(items.flatten() for items in orders.split(self.batch_size, 1)[: len(self)])

    def batch(self, items: Tensor) -> tuple[Tensor, ...]:
        """What the network takes of some items, then what it is to learn."""
        return self.make(*self.fetch(items))

    def fetch(self, items: Tensor) -> tuple[Tensor, ...]:
        """The part of :meth:`batch` that a captured step leaves out: here, nothing."""
        return (items,)

    def make(self, items: Tensor) -> tuple[Tensor, ...]:
        """The rest of :meth:`batch`, all on the device."""
        return self._perturbed(self.gather(items))

    def gather(self, items: Tensor) -> tuple[Tensor, ...]:
        """What the network takes of some items, then their joints; mirrored from the M-th on."""
        count = len(self.windows)
        chosen, mirrored = items % count, items >= count
        targets = self.windows.frames(chosen)
        seen = targets if self.context is None else self.windows.frames(chosen, *self.context)
        frames_of = {"keypoints": seen, "joints": seen if self.whole_window else targets}
        batch = []
        for name, values in (*self.inputs.items(), ("joints", self.joints)):
            found = values[frames_of.get(name, targets)]
            if self.context is None:
                found = found.squeeze(1)  # one pose: no axis of time
            body = self.keypoint_skeleton if name == "keypoints" else self.skeleton
            flip = partial(FLIPS.get(name, flip_pose), skeleton=body)
            batch.append(self._mirrored(found, mirrored, flip))
        return tuple(batch)

    def _perturbed(self, batch: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Keypoints, which come first, and joints, which come last, changed at random."""
        keypoints, *others, joints = batch
        return self.disturb(keypoints), *others, self.perturb(joints)

    def _mirrored(
        self, values: Tensor, mirrored: Tensor, flip: Callable[[Tensor], Tensor]
    ) -> Tensor:
        if self.num_items == len(self.windows):
            return values
        which = mirrored.view(-1, *[1] * (values.ndim - 1))
        return torch.where(which, flip(values), values)


def _windows(clips: Clips, chunk: int, takes_clips: bool) -> Windows:
    if chunk == 1:
        return Windows.of_targets(clips)
    if not takes_clips:
        raise InputError(
            f"chunks of {chunk} frames are for networks that lift whole clips, as temporal_conv"
        )
    if len(clips.targets) < clips.num_frames:
        raise InputError(f"chunks of {chunk} frames need clips in which every frame counts")
    return Windows.of_chunks(clips, chunk)
