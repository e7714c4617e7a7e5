"""Graph convolutions as the field's public code computes them: one product after the other.

Joints before channels, ``(B, J, C)``; the adjacency is a plain tensor that every call moves to the
device and masks anew. Each takes its parameters from one of our layers and gives what that gives.
"""

from collections.abc import Callable
from functools import reduce
from operator import add

import torch
from torch import Tensor, nn

from posegcn.errors import look_up
from posegcn.layers import GraphConv
from posegcn.layers.modulated import ModulatedGraphConv
from posegcn.layers.nosharing import NoSharingGraphConv
from posegcn.layers.partitioned import PartitionedGraphConv
from posegcn.layers.postagg import PostAggGraphConv
from posegcn.layers.preagg import PreAggGraphConv
from posegcn.layers.semantic import SemanticGraphConv
from posegcn.layers.vanilla import VanillaGraphConv

Read = Callable[[Tensor], Tensor]  # what is wanted of a parameter: its values, its gradient


class TextbookConv(nn.Module):
    """What all of them have: matrices, and a bias added at the end.

    Args:
        layer: One of ours, whose parameters it takes.
    """

    def __init__(self, layer: GraphConv):
        super().__init__()
        self.weight = layer.weight
        self.bias = layer.bias

    def sums(self, x: Tensor) -> Tensor:
        """The sum over sources, without bias.  (B, J, in) -> (B, J, out)"""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """Apply the layer.  (B, J, in) -> (B, J, out)"""
        y = self.sums(x)
        return y if self.bias is None else y + self.bias.view(1, 1, -1)


class TextbookSemantic(TextbookConv):
    """Edge logits written into a matrix of -9e15, softmax, two products.

    They are written through a mask, as in the public code; torch.compile cannot differentiate
    that, and so that it has its chance, it is given the numbers of rows and columns instead.
    """

    def __init__(self, layer: SemanticGraphConv):
        super().__init__(layer)
        self.logits = layer.logits
        self.mask = layer.graph.support.clone()
        self.edges = self.mask.nonzero(as_tuple=True)
        self.channelwise = layer.channelwise

    def sums(self, x: Tensor) -> Tensor:
        """See :class:`TextbookConv`."""
        mask = self.mask.to(x.device)
        edges = (mask,)
        if torch.compiler.is_compiling():
            edges = tuple(numbers.to(x.device) for numbers in self.edges)
        loops = torch.eye(len(mask)).to(x)
        h0, h1 = x @ self.weight[0], x @ self.weight[1]
        if not self.channelwise:
            scores = -9e15 * torch.ones(mask.shape).to(x)
            scores[edges] = self.logits
            mixing = scores.softmax(dim=1)
            return (mixing * loops) @ h0 + (mixing * (1 - loops)) @ h1
        scores = -9e15 * torch.ones(len(self.logits), *mask.shape).to(x)
        scores[:, *edges] = self.logits
        mixing = scores.softmax(dim=2)  # (C, J, J)
        h0, h1 = (h.unsqueeze(1).transpose(1, 3) for h in (h0, h1))  # (B, C, J, 1)
        y = (mixing * loops) @ h0 + (mixing * (1 - loops)) @ h1
        return y.transpose(1, 3).squeeze(1)


class TextbookModulated(TextbookConv):
    """Learned and fixed adjacency, symmetrised, two modulated products."""

    def __init__(self, layer: ModulatedGraphConv):
        super().__init__(layer)
        self.modulation, self.offsets = layer.modulation, layer.offsets
        self.adjacency = layer.adjacency.clone()

    def sums(self, x: Tensor) -> Tensor:
        """See :class:`TextbookConv`."""
        h0, h1 = x @ self.weight[0], x @ self.weight[1]
        mixing = self.adjacency.to(x) + self.offsets
        mixing = (mixing.T + mixing) / 2
        loops = torch.eye(len(mixing)).to(x)
        own = (mixing * loops) @ (self.modulation * h0)
        return own + (mixing * (1 - loops)) @ (self.modulation * h1)


class TextbookPartitioned(TextbookConv):
    """One product for each part of a fixed adjacency, masked in every call."""

    def __init__(self, layer: PartitionedGraphConv):
        super().__init__(layer)
        parts = layer.mixing
        self.adjacency = parts.sum(dim=0)
        self.directions = [(part != 0).to(part) for part in parts[1:]] if len(parts) > 2 else []

    def mixings(self, x: Tensor) -> list[Tensor]:
        """The adjacency of each part.  K of (J, J)"""
        adjacency = self.adjacency.to(x)
        if len(self.weight) == 1:
            return [adjacency]
        loops = torch.eye(len(adjacency)).to(x)
        others = [mask.to(x) for mask in self.directions] or [1 - loops]
        return [adjacency * mask for mask in (loops, *others)]

    def part(self, x: Tensor, mixing: Tensor, weight: Tensor) -> Tensor:
        """One product and one sum over the sources."""
        return mixing @ (x @ weight)

    def sums(self, x: Tensor) -> Tensor:
        """See :class:`TextbookConv`."""
        pairs = zip(self.mixings(x), self.weight, strict=True)
        return reduce(add, (self.part(x, mixing, weight) for mixing, weight in pairs))


class TextbookPreAgg(TextbookPartitioned):
    """One matrix for each source."""

    def part(self, x: Tensor, mixing: Tensor, weight: Tensor) -> Tensor:
        """See :class:`TextbookPartitioned`."""
        return mixing @ torch.einsum("bjn,jnm->bjm", x, weight)


class TextbookPostAgg(TextbookPartitioned):
    """One matrix for each target."""

    def part(self, x: Tensor, mixing: Tensor, weight: Tensor) -> Tensor:
        """See :class:`TextbookPartitioned`."""
        return torch.einsum("bin,inm->bim", mixing @ x, weight)


class TextbookNoSharing(TextbookConv):
    """A matrix for every pair of joints, with an edge or not, and one product over all pairs."""

    def __init__(self, layer: NoSharingGraphConv):
        super().__init__(layer)
        joints = layer.graph.num_nodes
        targets, sources = layer.graph.support.nonzero(as_tuple=True)
        self.edges = sources, targets
        adjacency = layer.incidence.new_zeros(joints, joints)
        adjacency[self.edges] = layer.incidence.sum(dim=0)
        self.adjacency = adjacency
        weight = layer.weight.new_zeros(joints, joints, *layer.weight.shape[1:])
        weight[self.edges] = layer.weight.detach()
        self.weight = nn.Parameter(weight)  # (J source, J target, in, out)

    def sums(self, x: Tensor) -> Tensor:
        """See :class:`TextbookConv`."""
        return torch.einsum("ji,bjn,jinm->bim", self.adjacency.to(x), x, self.weight)

    def as_ours(self, read: Read) -> dict[str, Tensor]:
        """Its parameters, or something of them, by the names of our layer."""
        bias = {} if self.bias is None else {"bias": read(self.bias)}
        return {"weight": read(self.weight)[self.edges], **bias}


TEXTBOOK: dict[type[GraphConv], type[TextbookConv]] = {
    SemanticGraphConv: TextbookSemantic,
    ModulatedGraphConv: TextbookModulated,
    VanillaGraphConv: TextbookPartitioned,
    PreAggGraphConv: TextbookPreAgg,
    PostAggGraphConv: TextbookPostAgg,
    NoSharingGraphConv: TextbookNoSharing,
}


def textbook_layer(layer: GraphConv) -> TextbookConv:
    """The textbook form of one of our layers, with its very parameters.

    Raises:
        InputError: There is none.
    """
    by_name = {ours.__name__: textbook for ours, textbook in TEXTBOOK.items()}
    return look_up("layer with a textbook form", type(layer).__name__, by_name)(layer)
