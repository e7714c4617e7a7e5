"""GLA-GCN as its public code computes it: channels, frames, joints."""

from functools import partial

import torch
from torch import Tensor, nn

from posegcn.benchmark.textbook_blocks import batch_norm, pointwise
from posegcn.benchmark.textbook_layers import Read
from posegcn.errors import InputError
from posegcn.layers.adaptive import AdaptiveGraphConv
from posegcn.models.adaptive_blocks import SpatialBlock, SpatioTemporalBlock, TemporalUnit
from posegcn.models.gla_gcn import GLAGCN, Level, SharedHead

norm_2d = partial(batch_norm, kind=nn.BatchNorm2d)


class TextbookAdaptive(nn.Module):
    """Three graphs one after the other, each with its embeddings and its product.

    Shape:
        - input: ``(N, in, T, J)``
        - output: ``(N, out, T, J)``
    """

    def __init__(self, layer: AdaptiveGraphConv):
        super().__init__()
        self.fixed = layer.fixed.mT.clone()  # (3, J source, J target)
        self.offsets = nn.Parameter(layer.offsets.detach().mT.clone())
        parts = len(self.fixed)
        source_weights, target_weights = (
            linear.weight.detach().unflatten(0, (parts, -1))  # (3, E, in)
            for linear in (layer.sources, layer.targets)
        )
        target_biases = layer.targets.bias.detach().unflatten(0, (parts, -1))
        bias = layer.weight.new_zeros(layer.out_channels)
        biases = [bias if layer.bias is None else layer.bias.detach(), bias, bias]
        self.theta = _convolutions(source_weights, torch.zeros_like(target_biases))
        self.phi = _convolutions(target_weights, target_biases)
        self.products = _convolutions(layer.weight.detach().mT, biases)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the layer."""
        batch, channels, frames, joints = x.shape
        adjacency = self.fixed.to(x) + self.offsets
        y = None
        for part in range(len(adjacency)):
            theta = self.theta[part](x).permute(0, 3, 1, 2).contiguous().view(batch, joints, -1)
            phi = self.phi[part](x).view(batch, -1, joints)
            measured = (theta @ phi / theta.shape[-1]).softmax(dim=-2)
            mixed = x.view(batch, channels * frames, joints) @ (measured + adjacency[part])
            z = self.products[part](mixed.view(batch, channels, frames, joints))
            y = z if y is None else z + y
        return y

    def as_ours(self, read: Read) -> dict[str, Tensor]:
        """Its parameters, or something of them, by the names of our layer."""
        return {
            "offsets": read(self.offsets).mT,
            "sources.weight": torch.cat([read(conv.weight) for conv in self.theta]),
            "targets.weight": torch.cat([read(conv.weight) for conv in self.phi]),
            "targets.bias": torch.cat([read(conv.bias) for conv in self.phi]),
            "weight": torch.stack([read(c.weight)[:, :, 0, 0].T for c in self.products]),
            "bias": read(self.products[0].bias),
        }


def _convolutions(weights: Tensor, biases) -> nn.ModuleList:
    """Convolutions over one joint.  (K, out, in), K of (out,) -> K of them"""
    convolutions = nn.ModuleList()
    for weight, bias in zip(weights, biases, strict=True):
        conv = nn.Conv2d(weight.shape[1], weight.shape[0], 1)
        conv.weight = nn.Parameter(weight[:, :, None, None].clone())
        conv.bias = nn.Parameter(bias.clone())
        convolutions.append(conv)
    return convolutions


class TextbookSpatial(nn.Module):
    """Adaptive layer, batch norm, dropout, shortcut.  (N, in, T, J) -> (N, out, T, J)"""

    def __init__(self, block: SpatialBlock):
        super().__init__()
        self.conv = TextbookAdaptive(block.conv)
        self.norm = norm_2d(block.norm)
        self.dropout = nn.Dropout(block.dropout.p)
        self.project = None
        if block.project is not None:
            self.project = pointwise(block.project, nn.Conv2d)
            self.project_norm = norm_2d(block.project_norm)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block."""
        y = self.dropout(self.norm(self.conv(x)))
        shortcut = x if self.project is None else self.project_norm(self.project(x))
        return (y + shortcut).relu()


class TextbookTemporal(nn.Module):
    """Convolution over time and batch norm.  (N, in, T, J) -> (N, out, T', J)"""

    def __init__(self, unit: TemporalUnit):
        super().__init__()
        self.conv = unit.conv
        self.norm = norm_2d(unit.norm)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the unit."""
        return self.norm(self.conv(x))


class TextbookSpatioTemporal(nn.Module):
    """Both, and a shortcut.  (N, in, T, J) -> (N, out, T', J)"""

    def __init__(self, block: SpatioTemporalBlock):
        super().__init__()
        self.space, self.time = TextbookSpatial(block.space), TextbookTemporal(block.time)
        self.shortcut = block.shortcut
        if isinstance(block.shortcut, TemporalUnit):
            self.shortcut = TextbookTemporal(block.shortcut)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block."""
        y = self.time(self.space(x))
        return (y if self.shortcut is None else y + self.shortcut(x)).relu()


class TextbookGLALevel(nn.Module):
    """Two blocks beside the middle frames.  (N, C, T, J) -> (N, C, T', J)"""

    def __init__(self, level: Level):
        super().__init__()
        self.stride = level.stride
        self.first = TextbookSpatioTemporal(level.first)
        self.second = TextbookSpatioTemporal(level.second)
        self.dropout = nn.Dropout(level.dropout.p)

    def forward(self, x: Tensor) -> Tensor:
        """Shorten the window."""
        middle = x[:, :, self.stride // 2 :: self.stride]
        return middle + self.dropout(self.second(self.dropout(self.first(x))))


class TextbookGLAGCN(nn.Module):
    """The released GLA-GCN."""

    def __init__(self, model: GLAGCN):
        super().__init__()
        if model.norm is None or model.sequence is not None or len(model.sequence_blocks):
            raise InputError("only the released GLA-GCN has a textbook form: without other options")
        if not isinstance(model.head, SharedHead):
            raise InputError("only the released GLA-GCN has a textbook form: with a shared head")
        self.skeleton, self.receptive_field = model.skeleton, model.receptive_field
        self.lookahead = model.lookahead
        self.norm = batch_norm(model.norm)
        self.expand = TextbookSpatioTemporal(model.expand)
        self.levels = nn.ModuleList(map(TextbookGLALevel, model.levels))
        self.head = pointwise(model.head)

    def forward(self, keypoints: Tensor) -> Tensor:
        """Lift windows.  (N, T, J, 2) -> (N, 1, J, 3)"""
        batch, frames, joints, channels = keypoints.shape
        x = keypoints.permute(0, 2, 3, 1).contiguous().view(batch, joints * channels, frames)
        x = self.norm(x).view(batch, joints, channels, frames)
        x = self.expand(x.permute(0, 2, 3, 1).contiguous())  # (N, C, T, J)
        for level in self.levels:
            x = level(x)
        return self.head(x.mean(dim=2)).transpose(1, 2).unsqueeze(1)
