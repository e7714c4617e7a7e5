"""What happens in a step: one update of the weights."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from posegcn.errors import look_up
from posegcn.models.norms import cancelled_biases
from posegcn.recipes import Recipe
from posegcn.training.losses import training_loss
from posegcn.training.norms import SettlingStatistics, set_norm_momentum, settling_norms
from posegcn.training.optimizers import make_optimizer
from posegcn.training.precision import computing, way_back
from posegcn.training.schedules import SCHEDULES

LEARNED_BIASES = {name: name for name in ("needed", "all")}


class Trainer:
    """A model, its optimiser and the number of the step.

    Args:
        model: Network to train, on its device.
        recipe: Loss, learning rate, schedule and clipping.
        num_steps: Steps of the whole training.
        precision: See :func:`posegcn.training.precision.computing`.
    """

    def __init__(self, model: nn.Module, recipe: Recipe, num_steps: int, precision: str = "fp32"):
        self.model = model
        self.recipe = recipe
        self.num_steps = num_steps
        self.precision = precision
        self.num_done = 0
        self.difference = training_loss(recipe)
        self.schedule = look_up("schedule", recipe.schedule, SCHEDULES)
        self.resting = self._rest()
        self.parameters = [values for values in self._parameters() if values.requires_grad]
        self.device = self.parameters[0].device
        self.optimizer = make_optimizer(recipe, self.parameters)
        self.settling: SettlingStatistics | None = None

    def fuse(self) -> None:
        """Compile what happens up to the loss, and with it its gradient."""
        self.loss = torch.compile(self.loss, dynamic=False)
        if norms := settling_norms(self.model, self.recipe):
            kinds = ("running_mean", "running_var")
            statistics = [self._buffer(f"{name}.{kind}") for name, _ in norms for kind in kinds]
            self.settling = SettlingStatistics(statistics, self.recipe)

    @property
    def models(self) -> Sequence[nn.Module]:
        """The networks that are trained side by side, usually one."""
        return [self.model]

    def begin_epoch(self, epochs_done: int) -> None:
        """Training mode, and the momentum of batch norm for the epoch."""
        self.model.train()
        if self.settling is None:
            set_norm_momentum(self.model, self.recipe, epochs_done)
        else:
            self.settling.begin_epoch(epochs_done)

    def learning_rate(self, step: int) -> float:
        """Learning rate of a step, counted from 1."""
        return self.schedule(self.recipe, step, self.num_steps)

    def step(self, *batch: Tensor) -> Tensor:
        """One update; the loss before it, detached, on the device.

        Args:
            batch: What the network takes, then the joints: usually (B, J, 2) and (B, J, 3).
        """
        self.count_step()
        return self.update(*batch)

    def count_step(self) -> None:
        """Go to the next step and its learning rate; what a captured step leaves to Python."""
        self.num_done += 1
        rate = self.learning_rate(self.num_done)
        for group in self.optimizer.param_groups:
            if isinstance(group["lr"], Tensor):  # where a CUDA graph finds it
                group["lr"].fill_(rate)
            else:
                group["lr"] = rate

    def update(self, *batch: Tensor) -> Tensor:
        """Forward, backward, clipping and optimiser: all that happens on the device."""
        self.optimizer.zero_grad()
        if self.settling is not None:
            self.settling.note()
        with computing(self.precision, self.device):
            loss = self.loss(*batch)
        with way_back(self.precision, self.device):
            loss.sum().backward()
        if self.settling is not None:
            self.settling.correct()
        if self.recipe.clip_norm:
            self._clip(self.recipe.clip_norm)
        self.optimizer.step()
        return loss.detach()

    def loss(self, *batch: Tensor) -> Tensor:
        """What is minimised."""
        *inputs, joints = batch
        return self.difference(self.model(*inputs), joints, self.model.skeleton)

    def finish(self) -> None:
        """Leave the networks to whoever has them."""
        for bias in self.resting:
            bias.requires_grad_(True)

    def _rest(self) -> list[nn.Parameter]:
        """Biases that need not learn, and from now on do not."""
        if look_up("choice of biases", self.recipe.learned_biases, LEARNED_BIASES) == "all":
            return []
        biases = [bias for model in self.models for bias in cancelled_biases(model)]
        resting = [bias for bias in biases if bias.requires_grad]
        for bias in resting:
            bias.requires_grad_(False)
        return resting

    def _parameters(self) -> list[nn.Parameter]:
        return list(self.model.parameters())

    def _buffer(self, name: str) -> Tensor:
        return self.model.get_buffer(name)

    def _clip(self, largest: float) -> None:
        nn.utils.clip_grad_norm_(self.parameters, largest)

    def _weights(self) -> Mapping[str, Any]:
        return self.model.state_dict()

    def _load_weights(self, weights: Mapping[str, Any]) -> None:
        self.model.load_state_dict(weights)

    def state(self) -> dict[str, Any]:
        """All that is needed to go on as if nothing had happened."""
        cuda = torch.cuda.is_available()
        return {
            "model": self._weights(),
            "optimizer": self.optimizer.state_dict(),
            "num_done": self.num_done,
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state_all() if cuda else [],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continue from what :meth:`state` returned, on any device."""
        self._load_weights(state["model"])
        options = self.optimizer.state_dict()["param_groups"]  # those of this device
        self.optimizer.load_state_dict({**state["optimizer"], "param_groups": options})
        self.num_done = state["num_done"]
        torch.set_rng_state(state["random"])
        if torch.cuda.is_available() and state["random_cuda"]:
            torch.cuda.set_rng_state_all(state["random_cuda"])
