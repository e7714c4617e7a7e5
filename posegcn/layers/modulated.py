"""Modulated graph convolution: rescaled weights, and edges learned between all joints."""

import torch
from torch import Tensor, nn

from posegcn.errors import look_up
from posegcn.graph import Graph
from posegcn.layers.base import ConstantGraphConv, SumMessages, initialise, weigh


class ModulatedGraphConv(ConstantGraphConv):
    r"""Graph convolution with one modulation vector for each joint and a learned adjacency.

    .. math::
        y_i = b + Q_{ii} \, m_i \odot (x_i W_0) + \sum_{j \ne i} Q_{ij} \, m_j \odot (x_j W_1),
        \qquad Q = \tfrac12 \big( (A + O) + (A + O)^\top \big)

    The offsets O add edges between any two joints. m rescales what a joint sends, which is
    pre-aggregation at the price of a vector instead of a matrix.

    Args:
        in_channels: Channels of a joint before the layer.
        out_channels: Channels of a joint after it.
        graph: The graph over the joints.
        normalisation: How the fixed part A is normalised, see
            :meth:`~posegcn.graph.Graph.adjacency`.
        modulation_init: ``"ones"``: start unmodulated (16-joint public code). ``"xavier"``: start
            from random vectors (17-joint public code).
        bias: Add b, shared by all joints.
        init: ``"per_matrix"`` or ``"published"``, see :func:`posegcn.layers.base.initialise`.

    Shape:
        - input: ``(..., J, in_channels)``
        - output: ``(..., J, out_channels)``

    Source: Zou and Tang, Modulated graph convolutional network for 3D human pose estimation,
    ICCV 2021, with the details of its public code, which symmetrises fixed and learned part
    together. Differs from that: nothing.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        graph: Graph,
        *,
        normalisation: str = "loops_after",
        modulation_init: str = "ones",
        bias: bool = True,
        init: str = "per_matrix",
    ):
        super().__init__(in_channels, out_channels, graph, bias)
        joints = graph.num_nodes
        loops = torch.eye(joints)
        self.register_buffer("adjacency", graph.adjacency(normalisation), persistent=False)
        self.register_buffer("parts", torch.stack([loops, 1 - loops]), persistent=False)
        self.weight = nn.Parameter(torch.empty(2, in_channels, out_channels))
        self.modulation = nn.Parameter(torch.empty(joints, out_channels))
        self.offsets = nn.Parameter(torch.full((joints, joints), FIRST_OFFSET))
        look_up("initialisation of the modulation", modulation_init, MODULATIONS)(self.modulation)
        initialise(self.weight, self.bias, bias_fan=out_channels, init=init)

    def mixing(self) -> Tensor:
        """The symmetric adjacency Q, fixed and learned part together.  (J, J)"""
        adjacency = self.adjacency + self.offsets
        return (adjacency + adjacency.T) / 2

    def edge_matrices(self) -> Tensor:
        """See :meth:`~posegcn.layers.base.GraphConv.edge_matrices`."""
        parts = self.parts * self.mixing()
        return torch.einsum("kij,jo,kno->ijno", parts, self.modulation, self.weight)

    def plan(self) -> tuple[SumMessages, tuple[Tensor, ...]]:
        """See :meth:`~posegcn.layers.base.ConstantGraphConv.plan`."""
        mixing = self.mixing()
        own = mixing.diagonal()[:, None] * self.modulation  # (J, out)
        weight = self.weight.transpose(0, 1).flatten(1)  # (in, 2 out)
        return sum_modulated, (own, mixing * self.parts[1], self.modulation, weight)


def sum_modulated(
    x: Tensor, bias: Tensor | None, own: Tensor, mixing: Tensor, modulation: Tensor, weight: Tensor
) -> Tensor:
    """One product; what a joint tells itself, and what it hears from others.

    (..., J, in), (out,), (J, out), (J, J), (J, out), (in, 2 out) -> (..., J, out)
    """
    message_to_itself, message = (x @ weight).chunk(2, dim=-1)
    heard = weigh(mixing, message * modulation)
    if bias is None:
        return heard + message_to_itself * own
    return heard + torch.addcmul(bias, message_to_itself, own)


def _xavier(modulation: Tensor) -> None:
    nn.init.xavier_uniform_(modulation, 1.414)


FIRST_OFFSET = 1e-6
MODULATIONS = {"ones": nn.init.ones_, "xavier": _xavier}
