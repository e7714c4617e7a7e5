"""Blocks that the graph networks are built of."""

from torch import Tensor, nn

from posegcn.errors import InputError
from posegcn.graph import Graph
from posegcn.layers import make_layer
from posegcn.layers.base import normalise
from posegcn.layers.dropout import Dropout


class GraphConvBlock(nn.Module):
    """Graph convolution, batch norm, ReLU and dropout.

    Statistics are taken over batch and joints, one mean for each channel.

    Args:
        in_channels: Channels of a joint before the block.
        out_channels: Channels of a joint after it.
        graph: The graph over the joints.
        layer: Name of the graph convolution.
        dropout: Probability of zeroing a feature in training.
        **options: Options of the layer.

    Shape:
        - input: ``(..., J, in_channels)``
        - output: ``(..., J, out_channels)``
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        graph: Graph,
        *,
        layer: str,
        dropout: float = 0.0,
        **options,
    ):
        super().__init__()
        self.conv = make_layer(layer, in_channels, out_channels, graph, **options)
        self.norm = nn.BatchNorm1d(out_channels)
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block.  (..., J, in_channels) -> (..., J, out_channels)"""
        return self.dropout(normalise(self.norm, self.conv(x)).relu_())


class ResidualBlock(nn.Module):
    """Two graph-convolution blocks and a skip connection; no activation after the sum.

    Args:
        channels: Channels of a joint before, between and after.
        graph: The graph over the joints.
        **options: Options of :class:`GraphConvBlock`.

    Shape:
        - input: ``(..., J, channels)``
        - output: ``(..., J, channels)``

    Source: Zhao et al., Semantic graph convolutional networks, CVPR 2019, public code.
    """

    def __init__(self, channels: int, graph: Graph, **options):
        super().__init__()
        self.first = GraphConvBlock(channels, channels, graph, **options)
        self.second = GraphConvBlock(channels, channels, graph, **options)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block.  (..., J, channels) -> (..., J, channels)"""
        return x + self.second(self.first(x))


def check_keypoints(model: nn.Module, keypoints: Tensor) -> None:
    """Refuse poses of another body.

    Raises:
        InputError: They are.
    """
    joints = getattr(model, "keypoint_skeleton", model.skeleton).num_joints
    if keypoints.shape[-2:] != (joints, 2):
        raise InputError(
            f"{type(model).__name__} expects (B, {joints}, 2), got {tuple(keypoints.shape)}"
        )
