"""Single-frame networks as the field's public code computes them."""

from torch import Tensor, cat, nn

from posegcn.benchmark.textbook_blocks import BLOCKS, TextbookBlock, pointwise
from posegcn.benchmark.textbook_layers import textbook_layer
from posegcn.models.graph_hourglass import GraphStackedHourglass, SqueezeExcitation
from posegcn.models.hourglass import Hourglass
from posegcn.models.residual_gcn import ResidualGCN
from posegcn.pooling import MaxPool, Unpool


class TextbookResidualGCN(nn.Module):
    """SemGCN and Modulated GCN: a sequence of blocks, then a bare layer."""

    def __init__(self, model: ResidualGCN):
        super().__init__()
        self.skeleton = model.skeleton
        self.trunk = nn.Sequential(*(BLOCKS[type(block)](block) for block in model.trunk))
        self.head = textbook_layer(model.head)

    def forward(self, keypoints: Tensor) -> Tensor:
        """Lift keypoints.  (B, J, 2) -> (B, J, 3)"""
        return self.head(self.trunk(keypoints))


class TextbookPool(nn.Module):
    """The largest of each group, which a list of numbers gathers.  (B, J, C) -> (B, G, C)"""

    def __init__(self, pool: MaxPool):
        super().__init__()
        self.nodes = pool.nodes.tolist()

    def forward(self, x: Tensor) -> Tensor:
        """Apply the pooling."""
        return x[:, self.nodes].max(dim=2).values


class TextbookUnpool(nn.Module):
    """A coarse node for each fine one, by a list of numbers.  (B, G, C) -> (B, J, C)"""

    def __init__(self, unpool: Unpool):
        super().__init__()
        self.sources = unpool.sources.tolist()

    def forward(self, x: Tensor) -> Tensor:
        """Apply the gather."""
        return x[:, self.sources]


class TextbookHourglass(nn.Module):
    """Five blocks on three levels."""

    def __init__(self, hourglass: Hourglass):
        super().__init__()
        for name in ("down_fine", "down_middle", "bottom", "up_middle", "up_fine"):
            self.add_module(name, TextbookBlock(getattr(hourglass, name)))
        self.pool_fine = TextbookPool(hourglass.pool_fine)
        self.pool_middle = TextbookPool(hourglass.pool_middle)
        self.unpool_fine = TextbookUnpool(hourglass.unpool_fine)
        self.unpool_middle = TextbookUnpool(hourglass.unpool_middle)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block.  (B, J, C) -> (B, J, C)"""
        residual = x
        fine = self.down_fine(x)
        middle = self.down_middle(self.pool_fine(fine))
        x = self.bottom(self.pool_middle(middle))
        x = self.up_middle(self.unpool_middle(x) + middle)
        return self.up_fine(self.unpool_fine(x) + fine) + residual


class TextbookSqueezeExcitation(nn.Module):
    """A gate for each channel.  (B, C, J) -> (B, C, J)"""

    def __init__(self, gate: SqueezeExcitation):
        super().__init__()
        self.squeeze, self.excite = gate.squeeze, gate.excite

    def forward(self, x: Tensor) -> Tensor:
        """Apply the gates."""
        y = self.squeeze(x.mean(dim=2)).relu()
        return x * self.excite(y).sigmoid().unsqueeze(2)


class TextbookGraphHourglass(nn.Module):
    """Graph Stacked Hourglass: shares of the features and the head are convolutions."""

    def __init__(self, model: GraphStackedHourglass):
        super().__init__()
        self.skeleton = model.skeleton
        self.input = TextbookBlock(model.input)
        self.hourglasses = nn.ModuleList(map(TextbookHourglass, model.hourglasses))
        self.shares = nn.ModuleList(map(pointwise, model.shares))
        self.gate = TextbookSqueezeExcitation(model.gate)
        self.head = pointwise(model.head)

    def forward(self, keypoints: Tensor) -> Tensor:
        """Lift keypoints.  (B, J, 2) -> (B, J, 3)"""
        x = self.input(keypoints)
        levels = []
        for hourglass, share in zip(self.hourglasses, self.shares, strict=True):
            x = hourglass(x)
            levels.append(share(x.transpose(1, 2)))
        x = self.gate(cat(levels, dim=1))  # (B, C, J)
        return self.head(x).transpose(1, 2)
