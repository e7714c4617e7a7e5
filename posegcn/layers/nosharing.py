"""Graph convolution without sharing: one matrix for each edge."""

import torch
from torch import Tensor, nn

from posegcn.graph import Graph
from posegcn.layers.base import (
    ConstantGraphConv,
    SumMessages,
    add_bias,
    initialise,
    transform_each,
    weigh,
)


class NoSharingGraphConv(ConstantGraphConv):
    r"""Graph convolution in which every pair of joints has its own matrix.

    .. math:: y_i = b + \sum_j a_{ij} \, x_j W_{ij}

    Pairs without an edge have no matrix: 46 instead of 256 for a body of 16 joints.

    Args:
        in_channels: Channels of a joint before the layer.
        out_channels: Channels of a joint after it.
        graph: The graph over the joints.
        normalisation: How the adjacency is normalised, see :meth:`~posegcn.graph.Graph.adjacency`.
            ``"column"`` is what the public code computes.
        bias: Add b, shared by all joints.
        init: ``"per_matrix"`` or ``"published"``, see :func:`posegcn.layers.base.initialise`.

    Shape:
        - input: ``(..., J, in_channels)``
        - output: ``(..., J, out_channels)``

    Source: Liu et al., A comprehensive study of weight sharing in graph networks for 3D human
    pose estimation, ECCV 2020 (no-sharing). Differs from the public code of Graph Stacked
    Hourglass, which uses the adjacency transposed, so that a message is divided by the number of
    neighbours of its source, and which stores a matrix for every pair, with an edge or not.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        graph: Graph,
        *,
        normalisation: str = "row",
        bias: bool = True,
        init: str = "per_matrix",
    ):
        super().__init__(in_channels, out_channels, graph, bias)
        joints = graph.num_nodes
        targets, sources = graph.support.nonzero(as_tuple=True)
        shares = graph.adjacency(normalisation)[targets, sources]
        incidence = shares * torch.eye(joints)[:, targets]
        self.register_buffer("targets", targets, persistent=False)
        self.register_buffer("sources", sources, persistent=False)
        self.register_buffer("incidence", incidence, persistent=False)  # (J, E)
        self.weight = nn.Parameter(torch.empty(len(sources), in_channels, out_channels))
        stack = (joints, joints, in_channels, out_channels)
        initialise(self.weight, self.bias, bias_fan=in_channels, init=init, stack=stack)

    def edge_matrices(self) -> Tensor:
        """See :meth:`~posegcn.layers.base.GraphConv.edge_matrices`."""
        joints = self.graph.num_nodes
        matrices = self.weight.new_zeros(joints, joints, self.in_channels, self.out_channels)
        shares = self.incidence.sum(dim=0)[:, None, None]
        return matrices.index_put((self.targets, self.sources), shares * self.weight)

    def plan(self) -> tuple[SumMessages, tuple[Tensor, ...]]:
        """See :meth:`~posegcn.layers.base.ConstantGraphConv.plan`."""
        return sum_over_edges, (self.sources, self.incidence, self.weight)


def sum_over_edges(
    x: Tensor, bias: Tensor | None, sources: Tensor, incidence: Tensor, weight: Tensor
) -> Tensor:
    """Each edge by its matrix, then the sum.  (..., J, in), (E,), (J, E), (E, in, out)"""
    messages = transform_each(x.index_select(-2, sources), weight)  # (..., E, out)
    return add_bias(weigh(incidence, messages), bias)
