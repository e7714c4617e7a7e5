"""Optimisers by name."""

from collections.abc import Callable, Iterable

import torch
from torch import nn
from torch.optim import Adam, Optimizer, RAdam

from posegcn.errors import look_up
from posegcn.recipes import Recipe


class Ranger(RAdam):
    r"""RAdam, and Lookahead around it: slow weights that follow the fast ones.

    .. math:: s \leftarrow s + \alpha (p - s), \quad p \leftarrow s
        \qquad \text{after every } k \text{ steps}

    Args:
        params: Parameters to update.
        lr: Learning rate.
        alpha: How far the slow weights go.
        k: Steps between two of theirs.
        **options: Those of RAdam.

    Source: Liu et al., On the variance of the adaptive learning rate and beyond, ICLR 2020;
    Zhang et al., Lookahead optimizer: k steps forward, 1 step back, NeurIPS 2019; the numbers are
    those of the public code of GLA-GCN.
    """

    def __init__(
        self,
        params: Iterable[nn.Parameter],
        lr: float = 1e-3,
        *,
        alpha: float = 0.5,
        k: int = 6,
        betas: tuple[float, float] = (0.95, 0.999),
        eps: float = 1e-5,
        **options,
    ):
        super().__init__(params, lr, betas, eps, **options)
        self.alpha, self.k = alpha, k

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """One step of RAdam, and every ``k``-th one of the slow weights."""
        for parameter in self._learned():
            if "slow" not in self.state[parameter]:
                self._begin(parameter)
        loss = super().step(closure)
        for parameter in self._learned():
            state = self.state[parameter]
            if int(state["step"]) % self.k == 0:
                state["slow"].lerp_(parameter, self.alpha)
                parameter.copy_(state["slow"])
        return loss

    def _learned(self) -> list[nn.Parameter]:
        groups = self.param_groups
        return [p for group in groups for p in group["params"] if p.grad is not None]

    def _begin(self, parameter: nn.Parameter) -> None:
        """State as RAdam makes it, and the slow weight."""
        self.state[parameter] = {
            "step": torch.zeros(()),
            "exp_avg": torch.zeros_like(parameter),
            "exp_avg_sq": torch.zeros_like(parameter),
            "slow": parameter.detach().clone(),
        }


def make_optimizer(recipe: Recipe, model: nn.Module) -> Optimizer:
    """The optimiser of a recipe.

    Raises:
        InputError: No optimiser has that name.
    """
    return look_up("optimizer", recipe.optimizer, OPTIMIZERS)(recipe, model)


def _adam(recipe: Recipe, model: nn.Module) -> Adam:
    return Adam(model.parameters(), recipe.learning_rate, amsgrad=recipe.amsgrad, fused=True)


def _ranger(recipe: Recipe, model: nn.Module) -> Ranger:
    return Ranger(model.parameters(), recipe.learning_rate)


OPTIMIZERS: dict[str, Callable[[Recipe, nn.Module], Optimizer]] = {
    "adam": _adam,
    "ranger": _ranger,
}
