"""Folding: what a network computes again and again, once it has learned, is computed once."""

from copy import deepcopy

import torch
from torch import Tensor, nn

from posegcn.layers.base import ConstantGraphConv, GraphConv
from posegcn.layers.nonlocal_block import EmbeddedGaussianNonLocal, GroupedNonLocal
from posegcn.models import linear, temporal_conv
from posegcn.models.adaptive_blocks import SpatialBlock, TemporalUnit
from posegcn.models.blocks import GraphConvBlock

# Attributes of a block that are a layer and the batch norm behind it.
NORM_BEHIND = {
    GraphConvBlock: {"conv": "norm"},
    GroupedNonLocal: {"output": "norm"},
    EmbeddedGaussianNonLocal: {"output": "norm"},
    SpatialBlock: {"conv": "norm", "project": "project_norm"},
    TemporalUnit: {"conv": "norm"},
    linear.LinearBlock: {"linear": "norm"},
    temporal_conv.TemporalConv: {"expand": "expand_norm"},
    temporal_conv.Level: {
        "over_time": "over_time_norm",
        "over_channels": "over_channels_norm",
    },
}


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
    for layer, norm in NORM_BEHIND.get(type(module), {}).items():
        if isinstance(getattr(module, norm, None), nn.BatchNorm1d):
            _take_in(getattr(module, layer), getattr(module, norm))
            setattr(module, norm, nn.Identity())
    match module:
        case GraphConvBlock(conv=ConstantGraphConv()):
            return FoldedGraphConv(module.conv, activation=True)
        case ConstantGraphConv():
            return FoldedGraphConv(module, activation=False)
        case nn.Dropout():
            return nn.Identity()
    for name, child in module.named_children():
        setattr(module, name, _folded(child))
    return module


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
