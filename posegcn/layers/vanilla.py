"""Vanilla, decoupled and convolution-style: one matrix for each part of the adjacency."""

import torch
from torch import Tensor

from posegcn.layers.base import SumMessages, plan_products
from posegcn.layers.partitioned import PartitionedGraphConv


class VanillaGraphConv(PartitionedGraphConv):
    r"""Graph convolution in which all pairs of joints of one part share their weights.

    .. math:: y_i = b + \sum_k \sum_j a^k_{ij} \, x_j W_k

    Arguments and shapes are those of
    :class:`~posegcn.layers.partitioned.PartitionedGraphConv`. One part is the layer of Kipf and
    Welling, two are decoupled vanilla, three are convolution-style.

    Source: Kipf and Welling, Semi-supervised classification with graph convolutional networks,
    ICLR 2017; decoupling and convolution-style: Liu et al., A comprehensive study of weight
    sharing in graph networks for 3D human pose estimation, ECCV 2020. Differs from them: rows of
    the adjacency sum to one, as in the public code of Graph Stacked Hourglass; Kipf and Welling
    normalise symmetrically. That code tells directions by joint number (``"index"``).
    """

    def edge_matrices(self) -> Tensor:
        """See :meth:`~posegcn.layers.base.GraphConv.edge_matrices`."""
        return torch.einsum("kij,kno->ijno", self.mixing, self.weight)

    def plan(self) -> tuple[SumMessages, tuple[Tensor, ...]]:
        """See :meth:`~posegcn.layers.base.ConstantGraphConv.plan`."""
        return plan_products(self.mixing.transpose(0, 1), self.weight)
