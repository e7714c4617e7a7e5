"""The contract of every graph convolution, and the product that most of them share."""

import math
from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from posegcn.errors import InputError, look_up
from posegcn.graph import Graph


class GraphConv(nn.Module, ABC):
    r"""Base of all graph convolutions: joint i sums the messages of joints j.

    .. math:: y_i = b + \sum_j a_{ij} \, x_j W_{ij}

    A variant says who talks (the adjacency a) and what is shared (the matrices W).

    Args:
        in_channels: Channels of a joint before the layer.
        out_channels: Channels of a joint after it.
        graph: The graph over the joints.
        bias: Add b, shared by all joints.

    Shape:
        - input: ``(..., J, in_channels)``
        - output: ``(..., J, out_channels)``

    Raises:
        InputError: The input has another number of joints or channels.
    """

    def __init__(self, in_channels: int, out_channels: int, graph: Graph, bias: bool = True):
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.graph = graph
        self.bias = nn.Parameter(torch.empty(out_channels)) if bias else None

    @abstractmethod
    def edge_matrices(self) -> Tensor:
        """What carries joint j to joint i, :math:`a_{ij} W_{ij}`.  (J, J, in, out)"""

    @abstractmethod
    def combine(self, x: Tensor) -> Tensor:
        """The sum over j, without bias.  (..., J, in) -> (..., J, out)"""

    def forward(self, x: Tensor) -> Tensor:
        """Apply the layer.  (..., J, in_channels) -> (..., J, out_channels)"""
        if x.shape[-2:] != (self.graph.num_nodes, self.in_channels):
            raise InputError(
                f"{type(self).__name__} expects (..., {self.graph.num_nodes}, {self.in_channels}), "
                f"got {tuple(x.shape)}"
            )
        y = self.combine(x)
        return y if self.bias is None else y + self.bias

    def extra_repr(self) -> str:
        """Sizes, for ``print(layer)``."""
        return f"{self.in_channels}, {self.out_channels}, joints={self.graph.num_nodes}"


def mix_and_transform(x: Tensor, mixing: Tensor, weight: Tensor) -> Tensor:
    r"""Sum over K parts of the adjacency, each with one matrix.

    .. math:: y_i = \sum_k \sum_j a^k_{ij} \, x_j W_k

    The K products are one product of K-fold width, and joints are mixed on the side that has
    fewer channels.

    Shape:
        - x: ``(..., J, in)``
        - mixing: ``(K, J, J)``
        - weight: ``(K, in, out)``
        - output: ``(..., J, out)``
    """
    parts, channels, out_channels = weight.shape
    if channels <= out_channels:
        return gather(x, mixing).flatten(-2) @ weight.flatten(0, 1)
    wide = x @ weight.transpose(0, 1).reshape(channels, -1)  # (..., J, K out)
    return mix(wide.unflatten(-1, (parts, out_channels)), mixing)


def mix(messages: Tensor, mixing: Tensor) -> Tensor:
    r"""Sum of messages over sources and K parts.

    .. math:: y_i = \sum_k \sum_j a^k_{ij} \, m^k_j

    Shape:
        - messages: ``(..., J, K, out)``
        - mixing: ``(K, J, J)``
        - output: ``(..., J, out)``
    """
    return mixing.permute(1, 2, 0).flatten(1) @ messages.flatten(-3, -2)


def gather(x: Tensor, mixing: Tensor) -> Tensor:
    r"""What arrives at each target, part by part.

    .. math:: h^k_i = \sum_j a^k_{ij} \, x_j

    Shape:
        - x: ``(..., J, in)``
        - mixing: ``(K, J, J)``
        - output: ``(..., J, K, in)``
    """
    parts, joints, _ = mixing.shape
    wide = mixing.transpose(0, 1).reshape(joints * parts, joints) @ x  # (..., J K, in)
    return wide.unflatten(-2, (joints, parts))


def normalise(norm: nn.BatchNorm1d, x: Tensor) -> Tensor:
    """Batch norm of the channels, with statistics over all other axes.  (..., C) -> (..., C)"""
    return norm(x.flatten(0, -2)).view_as(x)


def initialise(
    weight: Tensor,
    bias: Tensor | None,
    bias_fan: int,
    init: str,
    stack: tuple[int, ...] | None = None,
) -> None:
    r"""Xavier-uniform weights with gain :math:`\sqrt 2` and uniform bias, in place.

    Args:
        weight: ``(..., in, out)``, one matrix for each leading index.
        bias: ``(out,)``, drawn from :math:`\pm 1 / \sqrt{bias\_fan}`.
        bias_fan: Number under the root.
        init: ``"per_matrix"``: each matrix by its own fans,
            :math:`\pm \sqrt 2 \sqrt{6 / (in + out)}`. ``"published"``: as the public code of all
            variants, which takes the stack for one weight tensor and reads its first two axes as
            fans, so that wide layers start eight times smaller, and those with a joint axis more.
        stack: Shape of the tensor in the public code, where it stores the matrices otherwise.

    Raises:
        InputError: ``init`` is neither.

    Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural
    networks, AISTATS 2010 (the normalised initialisation).
    """
    fans = look_up("initialisation", init, INITIALISATIONS)(stack or tuple(weight.shape))
    bound = GAIN * math.sqrt(6 / fans)
    nn.init.uniform_(weight, -bound, bound)
    if bias is not None:
        bound = 1 / math.sqrt(bias_fan)
        nn.init.uniform_(bias, -bound, bound)


def _fans_per_matrix(shape: tuple[int, ...]) -> int:
    return sum(shape[-2:])


def _fans_published(shape: tuple[int, ...]) -> int:
    return sum(shape[:2]) * math.prod(shape[2:])


GAIN = 1.414
INITIALISATIONS = {"per_matrix": _fans_per_matrix, "published": _fans_published}
