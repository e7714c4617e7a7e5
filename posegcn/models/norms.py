"""Which layers have a batch norm right behind them, and which biases it takes away."""

from torch import nn

from posegcn.layers import LAYERS
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

# Layers whose weights scale what they give, and whose bias is added to it.
AFFINE = {
    *(getattr(build, "func", build) for build in LAYERS.values()),  # some are partial
    *(nn.Linear, nn.Conv1d, nn.Conv2d),
}

# Layers whose bias a softmax takes away, or hands on whole to a layer with a batch norm behind it.
SOFTMAX_BEHIND = {EmbeddedGaussianNonLocal: ("phi", "value")}


def cancelled_biases(model: nn.Module) -> list[nn.Parameter]:
    """Biases that have no effect in training: batch norm or a softmax takes them away.

    Their gradient is rounding. An optimiser that divides a gradient by its own size makes whole
    steps of it, and running means, which lag behind, carry them into predictions.

    Args:
        model: A network; subclasses of its blocks and layers may use a bias otherwise, and theirs
            are not named.
    """
    biases = []
    for block in model.modules():
        names = [
            name
            for name, norm in NORM_BEHIND.get(type(block), {}).items()
            if isinstance(getattr(block, norm, None), nn.BatchNorm1d)
        ]
        for name in (*names, *SOFTMAX_BEHIND.get(type(block), ())):
            layer = getattr(block, name)
            if type(layer) in AFFINE and layer.bias is not None:
                biases.append(layer.bias)
    return biases
