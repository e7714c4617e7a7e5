"""What happens in a step: poses that live on the device, and one update of the weights."""

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from posegcn.data.clips import Clips
from posegcn.data.flips import FLIPS, flip_pose
from posegcn.errors import InputError, look_up
from posegcn.evaluation import inputs_of
from posegcn.recipes import Recipe
from posegcn.training.losses import training_loss
from posegcn.training.schedules import SCHEDULES


class PoseBatches:
    """All poses of some clips on the device; a batch is an index gather.

    Args:
        clips: Where the poses come from.
        recipe: Gives batch size and flip augmentation.
        model: Network they are for: says what it takes, and the poses live on its device.

    Raises:
        InputError: There is only one pose.
    """

    def __init__(self, clips: Clips, recipe: Recipe, model: nn.Module):
        device = next(model.parameters()).device
        self.skeleton = clips.skeleton
        self.inputs = {name: values.to(device) for name, values in inputs_of(model, clips).items()}
        self.joints = clips.joints.to(device)
        self.num_items = clips.num_frames * (2 if recipe.flip else 1)
        if self.num_items < 2:
            raise InputError(f"{clips.source} holds 1 pose to train on, expected two or more")
        self.batch_size = min(recipe.batch_size, self.num_items)

    def __len__(self) -> int:
        """Number of batches; a last batch of one pose is left out, it has no variance."""
        full, rest = divmod(self.num_items, self.batch_size)
        return full + (rest > 1)

    def epoch(self, generator: torch.Generator) -> Iterator[tuple[Tensor, ...]]:
        """Batches, each what the network takes and then the joints, in an order that is drawn.

        With flip augmentation every pose comes once as it is and once mirrored.
        """
        order = torch.randperm(self.num_items, generator=generator).to(self.joints.device)
        for items in order.split(self.batch_size)[: len(self)]:
            yield self._gather(items)

    def _gather(self, items: Tensor) -> tuple[Tensor, ...]:
        num_poses = len(self.joints)
        poses, mirrored = items % num_poses, items >= num_poses
        tensors = [(FLIPS[name], values) for name, values in self.inputs.items()]
        batch = []
        for flip, values in (*tensors, (flip_pose, self.joints)):
            chosen = values[poses]
            if self.num_items > num_poses:
                which = mirrored.view(-1, *[1] * (chosen.ndim - 1))
                chosen = torch.where(which, flip(chosen, self.skeleton), chosen)
            batch.append(chosen)
        return tuple(batch)


class Trainer:
    """A model, its optimiser and the number of the step.

    Args:
        model: Network to train, on its device.
        recipe: Loss, learning rate, schedule and clipping.
        num_steps: Steps of the whole training.
    """

    def __init__(self, model: nn.Module, recipe: Recipe, num_steps: int):
        self.model = model
        self.recipe = recipe
        self.num_steps = num_steps
        self.num_done = 0
        self.loss = training_loss(recipe)
        self.schedule = look_up("schedule", recipe.schedule, SCHEDULES)
        self.optimizer = torch.optim.Adam(
            model.parameters(), recipe.learning_rate, amsgrad=recipe.amsgrad, fused=True
        )

    def learning_rate(self, step: int) -> float:
        """Learning rate of a step, counted from 1."""
        return self.schedule(self.recipe, step, self.num_steps)

    def step(self, *batch: Tensor) -> Tensor:
        """One update; the loss before it, detached, on the device.

        Args:
            batch: What the network takes, then the joints: usually (B, J, 2) and (B, J, 3).
        """
        *inputs, joints = batch
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate(self.num_done + 1)
        loss = self.loss(self.model(*inputs), joints, self.model.skeleton)
        self.optimizer.zero_grad()
        loss.backward()
        if self.recipe.clip_norm:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.clip_norm)
        self.optimizer.step()
        self.num_done += 1
        return loss.detach()

    def state(self) -> dict[str, Any]:
        """All that is needed to go on as if nothing had happened."""
        cuda = torch.cuda.is_available()
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "num_done": self.num_done,
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state_all() if cuda else [],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continue from what :meth:`state` returned."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.num_done = state["num_done"]
        torch.set_rng_state(state["random"])
        if torch.cuda.is_available() and state["random_cuda"]:
            torch.cuda.set_rng_state_all(state["random_cuda"])
