"""Vanilla, decoupled and convolution-style: one matrix for each part of the adjacency."""

import torch
from torch import Tensor, nn

from posegcn.graph import Graph
from posegcn.layers.base import GraphConv, initialise, mix_and_transform


class VanillaGraphConv(GraphConv):
    r"""Graph convolution in which all pairs of joints of one part share their weights.

    .. math:: y_i = b + \sum_k \sum_j a^k_{ij} \, x_j W_k

    Args:
        in_channels: Channels of a joint before the layer.
        out_channels: Channels of a joint after it.
        graph: The graph over the joints.
        partition: ``"uniform"``: one part, the layer of Kipf and Welling. ``"self"``: a joint
            treats itself differently from its neighbours (decoupled self-connections).
            ``"spatial"``: three parts, it also tells joints farther from the root from joints
            nearer to it (convolution-style). ``"index"``: three parts by joint number.
        normalisation: How the adjacency is normalised, see :meth:`~posegcn.graph.Graph.adjacency`.
        bias: Add b, shared by all joints.
        init: ``"per_matrix"`` or ``"published"``, see :func:`posegcn.layers.base.initialise`.

    Shape:
        - input: ``(..., J, in_channels)``
        - output: ``(..., J, out_channels)``

    Source: Kipf and Welling, Semi-supervised classification with graph convolutional networks,
    ICLR 2017; decoupling and convolution-style: Liu et al., A comprehensive study of weight
    sharing in graph networks for 3D human pose estimation, ECCV 2020. Differs from them: rows of
    the adjacency sum to one, as in the public code of Graph Stacked Hourglass; Kipf and Welling
    normalise symmetrically. That code tells directions by joint number (``"index"``).
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        graph: Graph,
        *,
        partition: str = "uniform",
        normalisation: str = "row",
        bias: bool = True,
        init: str = "per_matrix",
    ):
        super().__init__(in_channels, out_channels, graph, bias)
        mixing = graph.partition(partition, normalisation)
        self.register_buffer("mixing", mixing, persistent=False)
        self.weight = nn.Parameter(torch.empty(len(mixing), in_channels, out_channels))
        initialise(self.weight, self.bias, bias_fan=out_channels, init=init)

    def edge_matrices(self) -> Tensor:
        """See :meth:`~posegcn.layers.base.GraphConv.edge_matrices`."""
        return torch.einsum("kij,kno->ijno", self.mixing, self.weight)

    def combine(self, x: Tensor) -> Tensor:
        """See :meth:`~posegcn.layers.base.GraphConv.combine`."""
        return mix_and_transform(x, self.mixing, self.weight)
