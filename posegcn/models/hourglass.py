"""The hourglass: a body pooled to a few nodes and expanded again."""

from torch import Tensor, nn

from posegcn.models.blocks import GraphConvBlock
from posegcn.pooling import MaxPool, Pyramid, Unpool


class Hourglass(nn.Module):
    """Five graph-convolution blocks on three levels, with skip connections on each.

    Channels grow as nodes get fewer: C on the body, 1.5 C and 2 C on the coarser levels. No
    activation after the last sum.

    Args:
        channels: Channels C before and after.
        pyramid: Graphs, pooling and unpooling of three levels.
        **options: Options of :class:`~posegcn.models.blocks.GraphConvBlock`.

    Shape:
        - input: ``(..., J, channels)``
        - output: ``(..., J, channels)``

    Source: Xu and Takano, Graph stacked hourglass networks for 3D human pose estimation,
    CVPR 2021, with the sizes of the public code. Differs from it: any pyramid.
    """

    def __init__(self, channels: int, pyramid: Pyramid, **options):
        super().__init__()
        fine, middle, coarse = pyramid.graphs
        wide, widest = 3 * channels // 2, 2 * channels
        self.down_fine = GraphConvBlock(channels, wide, fine, **options)
        self.down_middle = GraphConvBlock(wide, widest, middle, **options)
        self.bottom = GraphConvBlock(widest, widest, coarse, **options)
        self.up_middle = GraphConvBlock(widest, wide, middle, **options)
        self.up_fine = GraphConvBlock(wide, channels, fine, **options)
        self.pool_fine, self.pool_middle = map(MaxPool, pyramid.groups)
        self.unpool_fine, self.unpool_middle = map(Unpool, pyramid.sources)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block.  (..., J, channels) -> (..., J, channels)"""
        fine = self.down_fine(x)  # (..., J, 1.5 C)
        middle = self.down_middle(self.pool_fine(fine))  # (..., 8, 2 C) for 16 joints
        coarse = self.bottom(self.pool_middle(middle))  # (..., 4, 2 C)
        middle = self.up_middle(self.unpool_middle(coarse) + middle)  # (..., 8, 1.5 C)
        return self.up_fine(self.unpool_fine(middle) + fine) + x
