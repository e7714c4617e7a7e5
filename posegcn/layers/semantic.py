"""Semantic graph convolution: the weights of the edges are learned."""

import torch
from torch import Tensor, nn

from posegcn.graph import Graph
from posegcn.layers.base import GraphConv, initialise, mix_and_transform


class SemanticGraphConv(GraphConv):
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
        edges = graph.support.flatten().nonzero().flatten()
        self.register_buffer("edges", edges, persistent=False)
        self.register_buffer("loops", torch.eye(graph.num_nodes), persistent=False)
        bias_fan = in_channels if channelwise else out_channels
        initialise(self.weight, self.bias, bias_fan=bias_fan, init=init)

    def mixing(self) -> Tensor:
        """The learned adjacency, rows sum to one.  (1 or out_channels, J, J)"""
        nothing = self.logits.new_full((len(self.logits), self.loops.numel()), -torch.inf)
        scores = nothing.index_copy(1, self.edges, self.logits)
        return scores.unflatten(1, self.loops.shape).softmax(dim=-1)

    def edge_matrices(self) -> Tensor:
        """See :meth:`~posegcn.layers.base.GraphConv.edge_matrices`."""
        parts = torch.stack(self._decoupled()).expand(2, self.out_channels, -1, -1)
        return torch.einsum("kcij,knc->ijnc", parts, self.weight)

    def combine(self, x: Tensor) -> Tensor:
        """See :meth:`~posegcn.layers.base.GraphConv.combine`."""
        own, rest = self._decoupled()
        if not self.channelwise:
            return mix_and_transform(x, torch.cat([own, rest]), self.weight)
        own_message, rest_message = x @ self.weight[0], x @ self.weight[1]  # (..., J, out)
        diagonal = own.diagonal(dim1=-2, dim2=-1).mT  # (J, out)
        return diagonal * own_message + torch.einsum("cij,...jc->...ic", rest, rest_message)

    def _decoupled(self) -> tuple[Tensor, Tensor]:
        mixing = self.mixing()
        own = mixing * self.loops
        return own, mixing - own
