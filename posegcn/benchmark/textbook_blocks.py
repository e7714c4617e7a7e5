"""Blocks of the single-frame networks as the field's public code computes them."""

from torch import Tensor, cat, nn

from posegcn.benchmark.textbook_layers import textbook_layer
from posegcn.layers.nonlocal_block import EmbeddedGaussianNonLocal, GroupedNonLocal
from posegcn.models.blocks import GraphConvBlock, ResidualBlock


def batch_norm(norm: nn.Module, kind: type[nn.Module] = nn.BatchNorm1d) -> nn.Module:
    """Batch norm of another kind with the parameters and statistics of ``norm``."""
    twin = kind(norm.num_features, norm.eps, norm.momentum)
    twin.weight, twin.bias = norm.weight, norm.bias
    for name in ("running_mean", "running_var", "num_batches_tracked"):
        setattr(twin, name, getattr(norm, name).clone())
    return twin


def pointwise(linear: nn.Linear, kind: type[nn.Module] = nn.Conv1d) -> nn.Module:
    """A linear map as a convolution over one joint, with the same numbers."""
    conv = kind(linear.in_features, linear.out_features, 1, bias=linear.bias is not None)
    conv.weight = nn.Parameter(linear.weight.detach().view(conv.weight.shape).clone())
    conv.bias = linear.bias
    return conv


class TextbookBlock(nn.Module):
    """Graph convolution; batch norm on channels before joints; ReLU, and dropout between two."""

    def __init__(self, block: GraphConvBlock):
        super().__init__()
        self.conv = textbook_layer(block.conv)
        self.norm = batch_norm(block.norm)
        self.dropout = nn.Dropout(block.dropout.p)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block.  (B, J, in) -> (B, J, out)"""
        x = self.conv(x).transpose(1, 2)
        x = self.norm(x).transpose(1, 2)
        if self.dropout.p:
            x = self.dropout(x.relu())
        return x.relu()


class TextbookResidual(nn.Module):
    """Two blocks and a skip connection."""

    def __init__(self, block: ResidualBlock):
        super().__init__()
        self.first = TextbookBlock(block.first)
        self.second = TextbookBlock(block.second)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block.  (B, J, C) -> (B, J, C)"""
        residual = x
        return residual + self.second(self.first(x))


class TextbookGroupedNonLocal(nn.Module):
    """Every pair of a joint and a pooled group side by side, and a convolution over the pairs."""

    def __init__(self, block: GroupedNonLocal):
        super().__init__()
        groups = block.pool.nodes.tolist()
        self.order = [joint for group in groups for joint in group]
        self.restored = sorted(range(len(self.order)), key=self.order.__getitem__)
        self.pool = nn.MaxPool1d(len(groups[0]))
        self.value, self.theta, self.phi, self.output = map(
            pointwise, (block.value, block.theta, block.phi, block.output)
        )
        self.project = pointwise(block.project, nn.Conv2d)
        self.norm = batch_norm(block.norm)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block.  (B, J, C) -> (B, J, C)"""
        x = x[:, self.order].transpose(1, 2)  # (B, C, J)
        value = self.pool(self.value(x)).transpose(1, 2)  # (B, G, C/2)
        theta = self.theta(x).unsqueeze(3)  # (B, C/2, J, 1)
        phi = self.pool(self.phi(x)).unsqueeze(2)  # (B, C/2, 1, G)
        joints, groups = theta.shape[2], phi.shape[3]
        pairs = (theta.expand(-1, -1, -1, groups), phi.expand(-1, -1, joints, -1))
        scores = self.project(cat(pairs, dim=1)).relu().view(-1, joints, groups)
        y = (scores / groups) @ value
        y = self.norm(self.output(y.transpose(1, 2).contiguous())) + x
        return y.transpose(1, 2)[:, self.restored]


class TextbookEmbeddedNonLocal(nn.Module):
    """Softmax attention by convolutions over one joint, on (B, C, 1, J)."""

    def __init__(self, block: EmbeddedGaussianNonLocal):
        super().__init__()
        self.value, self.theta, self.phi, self.output = (
            pointwise(linear, nn.Conv2d)
            for linear in (block.value, block.theta, block.phi, block.output)
        )
        self.norm = batch_norm(block.norm, nn.BatchNorm2d)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block.  (B, J, C) -> (B, J, C)"""
        x = x.transpose(1, 2).unsqueeze(2)  # (B, C, 1, J)
        value, theta, phi = (part(x).flatten(2) for part in (self.value, self.theta, self.phi))
        attention = (theta.transpose(1, 2) @ phi).softmax(dim=-1)  # (B, J, J)
        y = (attention @ value.transpose(1, 2)).transpose(1, 2).contiguous()
        y = self.norm(self.output(y.unsqueeze(2))) + x
        return y.squeeze(2).transpose(1, 2)


BLOCKS: dict[type[nn.Module], type[nn.Module]] = {
    GraphConvBlock: TextbookBlock,
    ResidualBlock: TextbookResidual,
    GroupedNonLocal: TextbookGroupedNonLocal,
    EmbeddedGaussianNonLocal: TextbookEmbeddedNonLocal,
}
