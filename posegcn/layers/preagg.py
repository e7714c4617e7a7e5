"""Pre-aggregation graph convolution: one matrix for each source joint."""

import torch
from torch import Tensor

from posegcn.layers.base import mix
from posegcn.layers.partitioned import PartitionedGraphConv


class PreAggGraphConv(PartitionedGraphConv):
    r"""Graph convolution in which joint j has its own matrix, whoever listens to it.

    .. math:: y_i = b + \sum_k \sum_j a^k_{ij} \, x_j W_{kj}

    Every joint is transformed before the neighbours are summed, hence the name. Arguments and
    shapes are those of :class:`~posegcn.layers.partitioned.PartitionedGraphConv`.

    Source: Liu et al., A comprehensive study of weight sharing in graph networks for 3D human
    pose estimation, ECCV 2020 (pre-aggregation). Differs from it: nothing.
    """

    per_joint = True

    def edge_matrices(self) -> Tensor:
        """See :meth:`~posegcn.layers.base.GraphConv.edge_matrices`."""
        return torch.einsum("kij,kjno->ijno", self.mixing, self.weight)

    def combine(self, x: Tensor) -> Tensor:
        """See :meth:`~posegcn.layers.base.GraphConv.combine`."""
        messages = torch.einsum("...jn,kjno->...jko", x, self.weight)
        return mix(messages, self.mixing)
