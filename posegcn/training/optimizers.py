"""Optimisers by name."""

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor, nn
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
            self._look_ahead(parameter, self.state[parameter])
        return loss

    def _look_ahead(self, parameter: nn.Parameter, state: dict[str, Tensor]) -> None:
        due = state["step"] % self.k == 0
        if parameter.is_cuda:  # the number of the step is there too, and is not to be read
            due = due.to(parameter)
            state["slow"].lerp_(parameter, self.alpha * due)
            parameter.lerp_(state["slow"], due)
        elif due:
            state["slow"].lerp_(parameter, self.alpha)
            parameter.copy_(state["slow"])

    def _learned(self) -> list[nn.Parameter]:
        groups = self.param_groups
        return [p for group in groups for p in group["params"] if p.grad is not None]

    def _begin(self, parameter: nn.Parameter) -> None:
        """State as RAdam makes it, and the slow weight."""
        self.state[parameter] = {
            "step": torch.zeros((), device=parameter.device),
            "exp_avg": torch.zeros_like(parameter),
            "exp_avg_sq": torch.zeros_like(parameter),
            "slow": parameter.detach().clone(),
        }


def make_optimizer(recipe: Recipe, parameters: Sequence[nn.Parameter]) -> Optimizer:
    """The optimiser of a recipe; on CUDA one that a graph can capture.

    Raises:
        InputError: No optimiser has that name.
    """
    build = look_up("optimizer", recipe.optimizer, OPTIMIZERS)
    device = parameters[0].device
    if device.type != "cuda":
        return build(recipe, parameters, lr=recipe.learning_rate)
    rate = torch.tensor(recipe.learning_rate, device=device)
    return build(recipe, parameters, lr=rate, capturable=True)


def _adam(recipe: Recipe, parameters: Sequence[nn.Parameter], **options) -> Adam:
    return Adam(parameters, amsgrad=recipe.amsgrad, fused=True, **options)


def _ranger(recipe: Recipe, parameters: Sequence[nn.Parameter], **options) -> Ranger:
    return Ranger(parameters, **options)


OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {"adam": _adam, "ranger": _ranger}
