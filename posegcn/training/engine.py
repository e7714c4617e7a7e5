"""What happens in a step: one update of the weights."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from posegcn.errors import look_up
from posegcn.recipes import Recipe
from posegcn.training.losses import training_loss
from posegcn.training.norms import set_norm_momentum
from posegcn.training.optimizers import make_optimizer
from posegcn.training.schedules import SCHEDULES


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
        self.optimizer = make_optimizer(recipe, model)

    def begin_epoch(self, epochs_done: int) -> None:
        """Training mode, and the momentum of batch norm for the epoch."""
        self.model.train()
        set_norm_momentum(self.model, self.recipe, epochs_done)

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
