"""Semantic graph convolution: the weights of the edges are learned."""

import torch
from torch import Tensor, nn

from posegcn.graph import Graph
from posegcn.layers.base import ConstantGraphConv, SumMessages, add_bias, initialise, plan_products


class SemanticGraphConv(ConstantGraphConv):
    r"""Graph convolution whose adjacency is a learned softmax over each joint's neighbourhood.

    .. math::
        y_i = b + Z_{ii} \, x_i W_0 + \sum_{j \ne i} Z_{ij} \, x_j W_1,
        \qquad Z_{ij} = \operatorname{softmax}_j(e_{ij})

    over the joint itself and its neighbours. With ``channelwise`` there is one Z for each output
    channel.

    Args:
        in_channels: Channels of a joint before the layer.
        out_channels: Channels of a joint after it.
        graph: The graph over the joints; only its edges matter, no normalisation.
        channelwise: One set of edge logits for each output channel instead of one for all.
        bias: Add b, shared by all joints.
        init: ``"per_matrix"`` or ``"published"``, see :func:`posegcn.layers.base.initialise`.

    Shape:
        - input: ``(..., J, in_channels)``
        - output: ``(..., J, out_channels)``

    Source: Zhao et al., Semantic graph convolutional networks for 3D human pose regression,
    CVPR 2019, equation (2); channelwise: equation (3); self and neighbours apart: equation (9)
    of its supplement. Differs from it: nothing.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        graph: Graph,
        *,
        channelwise: bool = False,
        bias: bool = True,
        init: str = "per_matrix",
    ):
        super().__init__(in_channels, out_channels, graph, bias)
        self.channelwise = channelwise
        self.weight = nn.Parameter(torch.empty(2, in_channels, out_channels))
        num_logits = int(graph.support.sum())
        self.logits = nn.Parameter(torch.ones(out_channels if channelwise else 1, num_logits))
        # One logit for each edge, in row-major order of the support.
        targets, sources = graph.support.nonzero(as_tuple=True)
        self.register_buffer("targets", targets, persistent=False)
        self.register_buffer("sources", sources, persistent=False)
        # The logit of each pair, and what takes the pairs without an edge out of the softmax.
        logit_of = (graph.support.flatten().cumsum(dim=0) - 1).clamp(min=0)
        blocked = torch.zeros(graph.support.shape).masked_fill(~graph.support, -torch.inf)
        self.register_buffer("logit_of", logit_of, persistent=False)
        self.register_buffer("blocked", blocked, persistent=False)
        loops = torch.eye(graph.num_nodes)
        self.register_buffer("parts", torch.stack([loops, 1 - loops], dim=1), persistent=False)
        bias_fan = in_channels if channelwise else out_channels
        initialise(self.weight, self.bias, bias_fan=bias_fan, init=init)

    def mixing(self) -> Tensor:
        """The learned adjacency, rows sum to one.  (1 or out_channels, J, J)"""
        scores = self.logits.index_select(1, self.logit_of).view(-1, *self.blocked.shape)
        return (scores + self.blocked).softmax(dim=-1)

    def edge_matrices(self) -> Tensor:
        """See :meth:`~posegcn.layers.base.GraphConv.edge_matrices`."""
        parts = self._parts().expand(self.out_channels, -1, -1, -1)
        return torch.einsum("cikj,knc->ijnc", parts, self.weight)

    def plan(self) -> tuple[SumMessages, tuple[Tensor, ...]]:
        """See :meth:`~posegcn.layers.base.ConstantGraphConv.plan`."""
        parts = self._parts()
        if not self.channelwise:
            return plan_products(parts[0], self.weight)
        weight = self.weight.transpose(0, 1).flatten(1)  # (in, 2 out)
        return sum_by_channel, (parts.permute(1, 2, 3, 0), weight)

    def _parts(self) -> Tensor:
        """Loops and edges apart.  (1 or out_channels, J, 2, J)"""
        return self.mixing()[:, :, None] * self.parts


def sum_by_channel(x: Tensor, bias: Tensor | None, mixing: Tensor, weight: Tensor) -> Tensor:
    """One product, then a sum for each channel.  (..., J, in), (J, 2, J, out), (in, 2 out)"""
    messages = (x @ weight).unflatten(-1, (2, -1))  # (..., J, 2, out)
    return add_bias(torch.einsum("ikjc,...jkc->...ic", mixing, messages), bias)
