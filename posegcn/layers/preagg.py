"""Pre-aggregation graph convolution: one matrix for each source joint."""

import torch
from torch import Tensor, nn

from posegcn.graph import Graph
from posegcn.layers.base import GraphConv, initialise, mix


class PreAggGraphConv(GraphConv):
    r"""Graph convolution in which joint j has its own matrix, whoever listens to it.

    .. math:: y_i = b + \sum_k \sum_j a^k_{ij} \, x_j W_{kj}

    Every joint is transformed before the neighbours are summed, hence the name.

    Args:
        in_channels: Channels of a joint before the layer.
        out_channels: Channels of a joint after it.
        graph: The graph over the joints.
        partition: ``"uniform"``: one matrix for each joint. ``"self"``: two, one for what it tells
            itself (decoupled self-connections).
        normalisation: How the adjacency is normalised, see :meth:`~posegcn.graph.Graph.adjacency`.
        bias: Add b, shared by all joints.
        init: ``"per_matrix"`` or ``"published"``, see :func:`posegcn.layers.base.initialise`.

    Shape:
        - input: ``(..., J, in_channels)``
        - output: ``(..., J, out_channels)``

    Source: Liu et al., A comprehensive study of weight sharing in graph networks for 3D human
    pose estimation, ECCV 2020 (pre-aggregation). Differs from it: nothing.
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
        self.weight = nn.Parameter(
            torch.empty(len(mixing), graph.num_nodes, in_channels, out_channels)
        )
        initialise(self.weight, self.bias, bias_fan=in_channels, init=init)

    def edge_matrices(self) -> Tensor:
        """See :meth:`~posegcn.layers.base.GraphConv.edge_matrices`."""
        return torch.einsum("kij,kjno->ijno", self.mixing, self.weight)

    def combine(self, x: Tensor) -> Tensor:
        """See :meth:`~posegcn.layers.base.GraphConv.combine`."""
        messages = torch.einsum("...jn,kjno->...jko", x, self.weight)
        return mix(messages, self.mixing)
