"""Semantic graph convolution: the weights of the edges are learned."""

import torch
from torch import Tensor, nn

from posegcn.graph import Graph
from posegcn.layers.base import (
    ConstantGraphConv,
    SumMessages,
    add_bias,
    initialise,
    plan_products,
    weigh,
)


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
        apart, loops = targets != sources, torch.eye(graph.num_nodes)
        constants = {
            "targets": targets,
            "sources": sources,
            # The logit of each pair; what takes pairs without an edge out of the softmax.
            "logit_of": (graph.support.flatten().cumsum(dim=0) - 1).clamp(min=0),
            "blocked": torch.zeros_like(loops).masked_fill(~graph.support, -torch.inf),
            "parts": torch.stack([loops, 1 - loops], dim=1),  # (J, 2, J)
            # Edges between two joints: their pairs, who speaks, who hears.
            "pairs": (targets * graph.num_nodes + sources)[apart],
            "speakers": sources[apart],
            "incidence": loops[:, targets[apart]],
        }
        for constant, values in constants.items():
            self.register_buffer(constant, values, persistent=False)
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
        if not self.channelwise:
            return plan_products(self._parts()[0], self.weight)
        mixing = self.mixing()
        own = mixing.diagonal(dim1=-2, dim2=-1).mT  # (J, out)
        edges = mixing.flatten(1).index_select(1, self.pairs).mT  # (E, out)
        weight = self.weight.transpose(0, 1).flatten(1)  # (in, 2 out)
        return sum_by_channel, (own, edges, self.speakers, self.incidence, weight)

    def _parts(self) -> Tensor:
        """Loops and edges apart.  (1 or out_channels, J, 2, J)"""
        return self.mixing()[:, :, None] * self.parts


def sum_by_channel(
    x: Tensor,
    bias: Tensor | None,
    own: Tensor,
    edges: Tensor,
    speakers: Tensor,
    incidence: Tensor,
    weight: Tensor,
) -> Tensor:
    """One product; every channel weighs the joint itself and its edges with its own numbers.

    (..., J, in), (out,), (J, out), (E, out), (E,), (J, E), (in, 2 out) -> (..., J, out)
    """
    message_to_itself, message = (x @ weight).chunk(2, dim=-1)
    heard = weigh(incidence, message.index_select(-2, speakers) * edges)
    return add_bias(message_to_itself * own + heard, bias)
