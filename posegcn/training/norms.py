"""Momentum of batch norm over the training: running statistics that settle."""

import math

from torch import nn
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
    kind = look_up("momentum of batch norm", recipe.norm_momentum, {k: k for k in MOMENTA})
    if kind == "constant":
        return
    momentum = FIRST * math.exp(math.log(LAST / FIRST) * epochs_done / recipe.epochs)
    for name, module in model.named_modules():
        forgotten = kind == "released" and name.endswith(FORGOTTEN)
        if isinstance(module, _BatchNorm) and not forgotten:
            module.momentum = momentum
