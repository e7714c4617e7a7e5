"""Post-aggregation graph convolution: one matrix for each target joint."""

import torch
from torch import Tensor

from posegcn.layers.base import gather
from posegcn.layers.partitioned import PartitionedGraphConv


class PostAggGraphConv(PartitionedGraphConv):
    r"""Graph convolution in which joint i has its own matrix, whomever it listens to.

    .. math:: y_i = b + \sum_k \Big( \sum_j a^k_{ij} \, x_j \Big) W_{ki}

    The neighbours are summed first and transformed afterwards, hence the name. Arguments and
    shapes are those of :class:`~posegcn.layers.partitioned.PartitionedGraphConv`.

    Source: Liu et al., A comprehensive study of weight sharing in graph networks for 3D human
    pose estimation, ECCV 2020 (post-aggregation). Differs from it: nothing. The public code of
    Graph Stacked Hourglass raises without decoupling; there is no published behaviour to keep.
    """

    per_joint = True

    def edge_matrices(self) -> Tensor:
        """See :meth:`~posegcn.layers.base.GraphConv.edge_matrices`."""
        return torch.einsum("kij,kino->ijno", self.mixing, self.weight)

    def combine(self, x: Tensor) -> Tensor:
        """See :meth:`~posegcn.layers.base.GraphConv.combine`."""
        return torch.einsum("...ikn,kino->...io", gather(x, self.mixing), self.weight)
