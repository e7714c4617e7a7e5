"""Folding: what a network computes again and again, once it has learned, is computed once."""

from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from posegcn.layers import GraphConv
from posegcn.layers.base import ConstantGraphConv
from posegcn.models.blocks import GraphConvBlock
from posegcn.models.norms import AFFINE, NORM_BEHIND


@torch.no_grad()
def fold(model: nn.Module) -> nn.Module:
    """A copy in evaluation mode that computes the same with fewer operations.

    Every batch norm is taken in by the layer before it, dropout is gone, and adjacencies and
    matrices that depend on the parameters alone are constants. Inputs, outputs and attributes are
    those of the model, which stays as it is; the copy does not learn. What is folded already is
    given back.

    Args:
        model: A lifting network, a block or a layer, in any mode.
    """
    if getattr(model, "is_folded", False):
        return model
    folded = _folded(deepcopy(model)).requires_grad_(False).eval()
    folded.is_folded = True
    return folded


class FoldedGraphConv(nn.Module):
    """A graph convolution whose parameters are what it computes from those of a layer.

    Args:
        layer: The layer.
        activation: End with a ReLU.

    Shape:
        - input: ``(..., J, in_channels)``
        - output: ``(..., J, out_channels)``
    """

    def __init__(self, layer: ConstantGraphConv, *, activation: bool):
        super().__init__()
        self.activation = activation
        self.sum_messages, constants = layer.plan()
        self.register_parameter("bias", layer.bias)
        for number, values in enumerate(constants):  # in the order of arguments
            self.register_parameter(f"constant{number}", nn.Parameter(values, requires_grad=False))

    def forward(self, x: Tensor) -> Tensor:
        """Apply the layer.  (..., J, in_channels) -> (..., J, out_channels)"""
        y = self.sum_messages(x, *self._parameters.values())
        return y.relu_() if self.activation else y


def _folded(module: nn.Module) -> nn.Module:
    """The module without norms and dropout, or what stands for it."""
    _settle(module)
    if _is_watched(module):
        return module
    for name, norm_name in NORM_BEHIND.get(type(module), {}).items():
        layer, norm = getattr(module, name), getattr(module, norm_name, None)
        if isinstance(norm, nn.BatchNorm1d) and _is_known(layer) and not _is_watched(norm):
            _take_in(layer, norm)
            setattr(module, norm_name, nn.Identity())
    if _is_plain(module):
        return FoldedGraphConv(module.conv, activation=True)
    if isinstance(module, ConstantGraphConv):
        return FoldedGraphConv(module, activation=False) if _is_known(module) else module
    if isinstance(module, nn.Dropout):
        return nn.Identity()
    for name, child in module.named_children():
        setattr(module, name, _folded(child))
    return module


def _settle(module: nn.Module) -> None:
    """Make plain parameters of those that are computed from others.

    ``remove_parametrizations`` would change the class, which the copy shares with the model.
    """
    if not parametrize.is_parametrized(module):
        return
    values = {name: getattr(module, name).clone() for name in module.parametrizations}
    module.__class__ = parametrize.type_before_parametrizations(module)
    del module.parametrizations
    for name, value in values.items():
        module.register_parameter(name, nn.Parameter(value))


def _is_plain(module: nn.Module) -> bool:
    """Whether it is a graph convolution that ends with a ReLU, and nothing else."""
    return (
        type(module) is GraphConvBlock
        and isinstance(module.norm, nn.Identity)
        and isinstance(module.conv, ConstantGraphConv)
        and not _is_watched(module.norm)
    )


def _is_watched(module: nn.Module) -> bool:
    """Whether hooks want to see what goes in or comes out."""
    return bool(module._forward_hooks or module._forward_pre_hooks)


def _is_known(layer: nn.Module) -> bool:
    """Whether what it computes is known: not where a subclass may compute something else."""
    _settle(layer)
    return type(layer) in AFFINE and not _is_watched(layer)


def _take_in(layer: nn.Module, norm: nn.BatchNorm1d) -> None:
    r"""Rescale and shift what a layer gives as the norm behind it does.

    .. math:: \gamma \frac{x W + b - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta
        = x (W s) + (b - \mu) s + \beta, \qquad s = \frac{\gamma}{\sqrt{\sigma^2 + \epsilon}}
    """
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()
    bias = 0 if layer.bias is None else layer.bias
    layer.bias = nn.Parameter((bias - norm.running_mean) * scale + norm.bias)
    if isinstance(layer, GraphConv):  # output channels last
        layer.weight.mul_(scale)
    else:  # output channels first
        layer.weight.mul_(scale.view(-1, *[1] * (layer.weight.ndim - 1)))
