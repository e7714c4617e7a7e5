"""Adaptive graph convolution: the graph is measured on the data."""

import math

import torch
from torch import Tensor, nn

from posegcn.graph import Graph
from posegcn.layers.base import GraphConv, initialise, plan_products
from posegcn.layers.links import directed_parts


class AdaptiveGraphConv(GraphConv):
    r"""Graph convolution whose adjacency is fixed, learned and measured, one sum in each part.

    .. math::
        y_i = b + \sum_k \sum_j (A^k_{ij} + B^k_{ij} + C^k_{ij}) \, x_j W_k,
        \qquad C^k_{ij} = \operatorname{softmax}_j
        \Big( \frac{1}{E\,T} \sum_t x_{tj} \Theta_k \cdot (x_{ti} \Phi_k + \phi_k) \Big)

    over K = 3 parts (the joint itself, joints farther from the root, joints nearer to it). A is
    fixed, B is learned and begins near zero, C comes out of the features.

    Args:
        in_channels: Channels of a joint before the layer.
        out_channels: Channels of a joint after it.
        graph: The graph over the joints.
        over_frames: Measure one C for a whole clip, over the T frames of the axis before the
            joints, instead of one for each pose (T = 1).
        links: ``"tree"``: parts by the tree of the body. Other names are those of the public
            code, see ``posegcn.layers.links.PUBLISHED_LINKS``.
        bias: Add b, shared by all joints.
        init: Of W: ``"per_matrix"``, see :func:`posegcn.layers.base.initialise`, or
            ``"published"``: normal, of variance :math:`2 / (K \cdot in \cdot out)`.

    Shape:
        - input: ``(..., J, in_channels)``, or ``(..., T, J, in_channels)`` over frames
        - output: the same with ``out_channels``

    Source: Yu et al., GLA-GCN: Global-local adaptive graph convolutional network for 3D human
    pose estimation from monocular video, ICCV 2023, and its public code; the layer is that of Shi
    et al., Two-stream adaptive graph convolutional networks, CVPR 2019. Differs from them: the
    source embedding has no bias, which the softmax would cancel; the three biases of the public
    code are one sum.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        graph: Graph,
        *,
        over_frames: bool = False,
        links: str = "tree",
        bias: bool = True,
        init: str = "per_matrix",
    ):
        super().__init__(in_channels, out_channels, graph, bias)
        self.over_frames = over_frames
        self.register_buffer("fixed", directed_parts(links, graph), persistent=False)
        parts = len(self.fixed)
        width = out_channels // 4 or 3
        self.sources = nn.Linear(in_channels, parts * width, bias=False)
        self.targets = nn.Linear(in_channels, parts * width)
        self.offsets = nn.Parameter(torch.full_like(self.fixed, 1e-6))
        self.weight = nn.Parameter(torch.empty(parts, in_channels, out_channels))
        for embedding in (self.sources, self.targets):
            nn.init.normal_(embedding.weight, std=math.sqrt(2 / width))
        nn.init.zeros_(self.targets.bias)
        initialise(self.weight, self.bias, bias_fan=out_channels, init=init)
        if init == "published":
            nn.init.normal_(self.weight, std=math.sqrt(2 / self.weight.numel()))
            if bias:
                nn.init.zeros_(self.bias)

    def measured(self, x: Tensor) -> Tensor:
        """The part of the adjacency that comes out of the features, rows sum to one.

        (..., T, J, in) -> (..., K, J, J) over frames, else (..., J, in) -> (..., K, J, J)
        """
        clip = x if self.over_frames else x.unsqueeze(-3)  # (..., T, J, in)
        shape = (len(self.fixed), -1)
        sources = self.sources(clip).unflatten(-1, shape)  # (..., T, J, K, E)
        targets = self.targets(clip).unflatten(-1, shape)
        scores = torch.einsum("...tike,...tjke->...kij", targets, sources)
        return (scores / (sources.shape[-1] * clip.shape[-3])).softmax(dim=-1)

    def adjacency(self, x: Tensor) -> Tensor:
        """Fixed, learned and measured together, shapes as in :meth:`measured`."""
        return self.fixed + self.offsets + self.measured(x)

    def edge_matrices(self, x: Tensor) -> Tensor:
        """What carries joint j to joint i when the features are x.  -> (..., J, J, in, out)"""
        return torch.einsum("...kij,kno->...ijno", self.adjacency(x), self.weight)

    def combine(self, x: Tensor, bias: Tensor | None = None) -> Tensor:
        """See :meth:`~posegcn.layers.base.GraphConv.combine`."""
        mixing = self.adjacency(x).transpose(-3, -2)  # (..., J, K, J)
        if self.over_frames:
            mixing = mixing.unsqueeze(-4)  # the same for all frames
        sum_messages, operands = plan_products(mixing, self.weight)
        return sum_messages(x, bias, *operands)
