"""What the layers on a fixed, partitioned adjacency have in common."""

import torch
from torch import nn

from posegcn.graph import Graph
from posegcn.layers.base import ConstantGraphConv, initialise


class PartitionedGraphConv(ConstantGraphConv):
    """Graph convolution whose adjacency is fixed and cut into K parts with their own matrices.

    Args:
        in_channels: Channels of a joint before the layer.
        out_channels: Channels of a joint after it.
        graph: The graph over the joints.
        partition: ``"uniform"``: one part. ``"self"``: a joint treats itself differently from its
            neighbours (decoupled self-connections). ``"spatial"``: it also tells joints farther
            from the root from joints nearer to it (convolution-style). ``"index"``: as that, but
            by joint number.
        normalisation: How the adjacency is normalised, see :meth:`~posegcn.graph.Graph.adjacency`.
        bias: Add b, shared by all joints.
        init: ``"per_matrix"`` or ``"published"``, see :func:`posegcn.layers.base.initialise`.

    Shape:
        - input: ``(..., J, in_channels)``
        - output: ``(..., J, out_channels)``
    """

    per_joint = False  # whether each joint has its own K matrices

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
        stack = (len(mixing), graph.num_nodes) if self.per_joint else (len(mixing),)
        self.weight = nn.Parameter(torch.empty(*stack, in_channels, out_channels))
        bias_fan = in_channels if self.per_joint else out_channels
        initialise(self.weight, self.bias, bias_fan=bias_fan, init=init)
