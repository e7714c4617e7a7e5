"""Blocks of GLA-GCN: adaptive graph convolution in space, plain convolution in time."""

import math

from torch import Tensor, nn

from posegcn.graph import Graph
from posegcn.layers.adaptive import AdaptiveGraphConv
from posegcn.layers.base import normalise
from posegcn.layers.dropout import Dropout

KERNEL = 9  # frames; the paper says 9 in one place and 3 in another, the public code has 9


class SpatialBlock(nn.Module):
    """Adaptive graph convolution over a clip, batch norm, dropout, shortcut and ReLU.

    Args:
        in_channels: Channels of a joint before the block.
        out_channels: Channels of a joint after it; where they differ, the shortcut is a linear
            map with batch norm.
        graph: The graph over the joints.
        dropout: Probability of zeroing a feature in training.
        links: See :class:`~posegcn.layers.adaptive.AdaptiveGraphConv`.

    Shape:
        - input: ``(B, T, J, in_channels)``
        - output: ``(B, T, J, out_channels)``
    """

    def __init__(
        self, in_channels: int, out_channels: int, graph: Graph, *, dropout: float, links: str
    ):
        super().__init__()
        self.conv = AdaptiveGraphConv(
            in_channels, out_channels, graph, over_frames=True, links=links, init="published"
        )
        self.norm = nn.BatchNorm1d(out_channels)
        nn.init.constant_(self.norm.weight, 1e-6)  # the block begins as its shortcut
        self.dropout = Dropout(dropout)
        self.project = None
        if in_channels != out_channels:
            self.project = nn.Linear(in_channels, out_channels)
            self.project_norm = nn.BatchNorm1d(out_channels)
            nn.init.normal_(self.project.weight, std=math.sqrt(2 / out_channels))
            nn.init.zeros_(self.project.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block.  (B, T, J, in_channels) -> (B, T, J, out_channels)"""
        y = self.dropout(normalise(self.norm, self.conv(x)))
        if self.project is not None:
            x = normalise(self.project_norm, self.project(x))
        return (y + x).relu_()


class TemporalUnit(nn.Module):
    """Convolution over time for each joint by itself, zero outside the clip, and batch norm.

    Args:
        in_channels: Channels of a joint before the unit.
        out_channels: Channels of a joint after it.
        kernel: Frames it sees, an odd number.
        stride: It steps over as many frames.

    Shape:
        - input: ``(B, T, J, in_channels)``
        - output: ``(B, (T - 1) // stride + 1, J, out_channels)``
    """

    def __init__(self, in_channels: int, out_channels: int, kernel: int = KERNEL, stride: int = 1):
        super().__init__()
        padding = (kernel // 2, 0)
        self.conv = nn.Conv2d(in_channels, out_channels, (kernel, 1), (stride, 1), padding)
        self.norm = nn.BatchNorm1d(out_channels)
        nn.init.normal_(self.conv.weight, std=math.sqrt(2 / (kernel * out_channels)))
        nn.init.zeros_(self.conv.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the unit.  (B, T, J, in_channels) -> (B, T', J, out_channels)"""
        y = self.conv(x.permute(0, 3, 1, 2))  # (B, C, T', J), in memory still channels last
        return normalise(self.norm, y.permute(0, 2, 3, 1).contiguous())


class SpatioTemporalBlock(nn.Module):
    r"""Spatial block, temporal unit, shortcut and ReLU: AGCN in the paper.

    Args:
        in_channels: Channels of a joint before the block.
        out_channels: Channels of a joint after it.
        graph: The graph over the joints.
        stride: Of the temporal unit.
        shortcut: Add the input (through a temporal unit of one frame where its shape differs).
        activation: End with a ReLU; without it, outputs can be negative.
        **options: Options of :class:`SpatialBlock`.

    Shape:
        - input: ``(B, T, J, in_channels)``
        - output: ``(B, (T - 1) // stride + 1, J, out_channels)``

    Source: Yu et al., GLA-GCN, ICCV 2023, public code.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        graph: Graph,
        *,
        stride: int = 1,
        shortcut: bool = True,
        activation: bool = True,
        **options,
    ):
        super().__init__()
        self.space = SpatialBlock(in_channels, out_channels, graph, **options)
        self.time = TemporalUnit(out_channels, out_channels, stride=stride)
        self.shortcut = None
        if shortcut:
            same = in_channels == out_channels and stride == 1
            unit = nn.Identity() if same else TemporalUnit(in_channels, out_channels, 1, stride)
            self.shortcut = unit
        self.activation = nn.ReLU() if activation else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block.  (B, T, J, in_channels) -> (B, T', J, out_channels)"""
        y = self.time(self.space(x))
        return self.activation(y if self.shortcut is None else y + self.shortcut(x))
