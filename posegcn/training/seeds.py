"""Many seeds at once: networks of one architecture, trained side by side in the same products."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from posegcn.recipes import Recipe
from posegcn.training.engine import Trainer


class StackedTrainer(Trainer):
    """K networks whose parameters are stacked, so that they share every kernel of a step.

    Each gets its own batches and its own gradient, clipped by itself; nothing passes from one to
    another. Without dropout they are what K trainings one by one would give, to rounding; with it,
    they draw other zeros than those.

    Args:
        models: The networks. Their parameters and statistics are views of the stack, until
            :meth:`finish`.
        recipe: Of all of them.
        num_steps: Steps of the whole training.
        precision: See :func:`posegcn.training.precision.computing`.

    Source: the stacking is that of ``torch.func``.
    """

    def __init__(
        self, models: Sequence[nn.Module], recipe: Recipe, num_steps: int, precision: str = "fp32"
    ):
        self.networks = models
        super().__init__(models[0], recipe, num_steps, precision)

    @property
    def models(self) -> Sequence[nn.Module]:
        """The networks that are trained side by side."""
        return self.networks

    def loss(self, *batch: Tensor) -> Tensor:
        """The loss of each network.  (K B, ...) and more -> (K,)"""
        rows = (values.unflatten(0, (len(self.models), -1)) for values in batch)
        return vmap(self._loss_of_one, randomness="different")(self.stack, self.buffers, *rows)

    def finish(self) -> None:
        """Give every network tensors of its own again."""
        super().finish()
        for model in self.models:
            for _, value in _tensors(model):
                value.data = value.data.clone()

    def _loss_of_one(
        self, parameters: dict[str, Tensor], buffers: dict[str, Tensor], *batch: Tensor
    ) -> Tensor:
        *inputs, joints = batch
        predicted = functional_call(self.model, (parameters, buffers), tuple(inputs))
        return self.difference(predicted, joints, self.model.skeleton)

    def _stacked(self, name: str) -> Tensor:
        return self.stack[name] if name in self.stack else self.buffers[name]

    def _parameters(self) -> list[nn.Parameter]:
        self.stack, self.buffers = stack_module_state(list(self.models))
        for index, model in enumerate(self.models):
            for name, value in _tensors(model):
                value.data = self._stacked(name).data[index]
        return list(self.stack.values())

    def _buffer(self, name: str) -> Tensor:
        return self.buffers[name]

    def _clip(self, largest: float) -> None:
        gradients = [value.grad for value in self.parameters if value.grad is not None]
        norms = torch.stack([gradient.flatten(1).norm(dim=1) for gradient in gradients])
        share = (largest / (norms.norm(dim=0) + 1e-6)).clamp(max=1)  # (K,), as torch has it
        for gradient in gradients:
            gradient *= share.view(-1, *[1] * (gradient.ndim - 1))

    def _weights(self) -> Mapping[str, Any]:
        return {str(index): model.state_dict() for index, model in enumerate(self.models)}

    def _load_weights(self, weights: Mapping[str, Any]) -> None:
        for index, model in enumerate(self.models):
            model.load_state_dict(weights[str(index)])


def _tensors(model: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Parameters and buffers by name."""
    yield from model.named_parameters()
    yield from model.named_buffers()
