"""Momentum of batch norm over the training: running statistics that settle."""

import math
from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from posegcn.errors import look_up
from posegcn.recipes import Recipe

FIRST, LAST = 0.1, 0.001
# The public GLA-GCN program forgets the norms of its two projections.
FORGOTTEN = ("project_norm", "shortcut.norm")
MOMENTA = ("constant", "falling", "released")


def set_norm_momentum(model: nn.Module, recipe: Recipe, epochs_done: int) -> None:
    r"""Set the momentum of every batch norm for the next epoch.

    .. math:: \mu = 0.1 \, e^{-\ln(100) \, e / E}, \qquad e = \text{epochs done of } E

    Args:
        model: Network that is trained.
        recipe: ``norm_momentum`` is ``"constant"``: nothing is set; ``"falling"``; or
            ``"released"``: falling, but not in the projections of GLA-GCN.
        epochs_done: Epochs that are behind it.

    Raises:
        InputError: The recipe names another.

    Source: Pavllo et al., 3D human pose estimation in video, CVPR 2019, appendix, and public code.
    """
    momentum = falling_momentum(recipe, epochs_done)
    for _, norm in settling_norms(model, recipe):
        norm.momentum = momentum


def falling_momentum(recipe: Recipe, epochs_done: int) -> float:
    """Momentum of an epoch where it falls."""
    return FIRST * math.exp(math.log(LAST / FIRST) * epochs_done / recipe.epochs)


def settling_norms(model: nn.Module, recipe: Recipe) -> list[tuple[str, _BatchNorm]]:
    """Batch norms whose momentum falls, by name.

    Raises:
        InputError: The recipe names no rule for them.
    """
    kind = look_up("momentum of batch norm", recipe.norm_momentum, {k: k for k in MOMENTA})
    if kind == "constant":
        return []
    forgotten = FORGOTTEN if kind == "released" else ()
    return [
        (name, module)
        for name, module in model.named_modules()
        if isinstance(module, _BatchNorm) and not name.endswith(forgotten)
    ]


class SettlingStatistics:
    """Running statistics whose momentum falls, for a step that was compiled with a constant one.

    What a step adds to them is scaled to what the momentum of the epoch would have added.

    Args:
        statistics: Means and variances that the step changes.
        recipe: Number of epochs.
    """

    def __init__(self, statistics: Sequence[Tensor], recipe: Recipe):
        self.statistics = statistics
        self.recipe = recipe
        self.before = [values.clone() for values in statistics]
        self.share = statistics[0].new_ones(())  # a tensor, which a captured step reads anew

    def begin_epoch(self, epochs_done: int) -> None:
        """Set the momentum of the epoch."""
        self.share.fill_(falling_momentum(self.recipe, epochs_done) / FIRST)

    def note(self) -> None:
        """Remember them before a step."""
        for before, values in zip(self.before, self.statistics, strict=True):
            before.copy_(values)

    def correct(self) -> None:
        """Scale what the step has added."""
        for before, values in zip(self.before, self.statistics, strict=True):
            values.copy_(before.lerp(values, self.share))
