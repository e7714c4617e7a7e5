"""Pre-aggregation graph convolution: one matrix for each source joint."""

import torch
from torch import Tensor

from posegcn.layers.base import SumMessages, add_bias, regroup, transform_each, weigh
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

    def plan(self) -> tuple[SumMessages, tuple[Tensor, ...]]:
        """See :meth:`~posegcn.layers.base.ConstantGraphConv.plan`."""
        mixing = self.mixing.permute(1, 2, 0).flatten(1)  # (J, J K)
        weight = self.weight.permute(1, 2, 0, 3).flatten(2)  # (J, in, K out)
        return sum_from_sources, (mixing, weight)


def sum_from_sources(x: Tensor, bias: Tensor | None, mixing: Tensor, weight: Tensor) -> Tensor:
    """Each source by its matrix, then the sum.  (..., J, in), (J, J K), (J, in, K out)"""
    messages = transform_each(x, weight)  # (..., J, K out)
    return add_bias(weigh(mixing, regroup(messages, mixing.shape[1])), bias)
