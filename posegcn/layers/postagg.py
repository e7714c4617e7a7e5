"""Post-aggregation graph convolution: one matrix for each target joint."""

import torch
from torch import Tensor

from posegcn.layers.base import SumMessages, add_bias, regroup, transform_each, weigh
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

    def plan(self) -> tuple[SumMessages, tuple[Tensor, ...]]:
        """See :meth:`~posegcn.layers.base.ConstantGraphConv.plan`."""
        mixing = self.mixing.transpose(0, 1).flatten(0, 1)  # (J K, J)
        weight = self.weight.transpose(0, 1).flatten(1, 2)  # (J, K in, out)
        return sum_at_targets, (mixing, weight)


def sum_at_targets(x: Tensor, bias: Tensor | None, mixing: Tensor, weight: Tensor) -> Tensor:
    """The sum, then each target by its matrix.  (..., J, in), (J K, J), (J, K in, out)"""
    gathered = regroup(weigh(mixing, x), x.shape[-2])  # (..., J, K in)
    return add_bias(transform_each(gathered, weight), bias)
