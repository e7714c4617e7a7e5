"""The contract of every graph convolution, and the product that most of them share."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

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
    def combine(self, x: Tensor, bias: Tensor | None = None) -> Tensor:
        """The sum over j, and the bias where there is one.  (..., J, in) -> (..., J, out)"""

    def forward(self, x: Tensor) -> Tensor:
        """Apply the layer.  (..., J, in_channels) -> (..., J, out_channels)"""
        if x.shape[-2:] != (self.graph.num_nodes, self.in_channels):
            raise InputError(
                f"{type(self).__name__} expects (..., {self.graph.num_nodes}, {self.in_channels}), "
                f"got {tuple(x.shape)}"
            )
        return self.combine(x, self.bias)

    def extra_repr(self) -> str:
        """Sizes, for ``print(layer)``."""
        return f"{self.in_channels}, {self.out_channels}, joints={self.graph.num_nodes}"


SumMessages = Callable[..., Tensor]


class ConstantGraphConv(GraphConv):
    """Graph convolution whose adjacency and matrices are the same for every pose.

    They depend on the parameters alone: a network that no longer learns computes them once.
    """

    @abstractmethod
    def plan(self) -> tuple[SumMessages, tuple[Tensor, ...]]:
        """The function that sums the messages, and what it takes after features and bias."""

    def combine(self, x: Tensor, bias: Tensor | None = None) -> Tensor:
        """See :meth:`GraphConv.combine`."""
        sum_messages, constants = self.plan()
        return sum_messages(x, bias, *constants)


def plan_products(mixing: Tensor, weight: Tensor) -> tuple[SumMessages, tuple[Tensor, Tensor]]:
    r"""How to sum over K parts of the adjacency, each with one matrix.

    .. math:: y_i = b + \sum_k \sum_j a^k_{ij} \, x_j W_k

    The K products are one product of K-fold width, and joints are mixed on the side that has
    fewer channels.

    Shape:
        - mixing: ``(..., J, K, J)``, the parts of a target beside one another
        - weight: ``(K, in, out)``
    """
    _, channels, out_channels = weight.shape
    if channels <= out_channels:
        return gather_and_transform, (mixing.flatten(-3, -2), weight.flatten(0, 1).mT)
    wide = weight.transpose(0, 1).flatten(1)
    return transform_and_mix, (mixing.transpose(-2, -1).flatten(-2), wide)


def gather_and_transform(x: Tensor, bias: Tensor | None, mixing: Tensor, weight: Tensor) -> Tensor:
    """Parts side by side, then one product.  (..., J, in), (J K, J), (out, K in)"""
    gathered = regroup(weigh(mixing, x), x.shape[-2])  # (..., J, K in)
    return functional.linear(gathered, weight, bias)


def transform_and_mix(x: Tensor, bias: Tensor | None, mixing: Tensor, weight: Tensor) -> Tensor:
    """One product, then the sum over parts.  (..., J, in), (J, J K), (in, K out)"""
    messages = regroup(x @ weight, mixing.shape[-1])  # (..., J K, out)
    return add_bias(weigh(mixing, messages), bias)


def weigh(mixing: Tensor, messages: Tensor) -> Tensor:
    """Weighted sums of messages, ``mixing @ messages``.  (..., I, J), (..., J, C) -> (..., I, C)

    Weights that are learned are spread over the poses first: many small products write the result
    in the order in which it is read next, one large product would not.
    """
    if mixing.requires_grad:
        mixing = mixing.expand(*messages.shape[:-2], -1, -1)
    return mixing @ messages


def transform_each(x: Tensor, weight: Tensor) -> Tensor:
    """Every joint, or edge, by its own matrix.  (..., J, in), (J, in, out) -> (..., J, out)"""
    poses = x.reshape(-1, *x.shape[-2:]).transpose(0, 1)  # (J, N, in)
    return torch.bmm(poses, weight).transpose(0, 1).reshape(*x.shape[:-1], weight.shape[-1])


def regroup(x: Tensor, rows: int) -> Tensor:
    """Parts beside one another or below one another.  (..., J, K C) <-> (..., J K, C)"""
    *leading, before, channels = x.shape
    return x.reshape(*leading, rows, before * channels // rows)


def add_bias(y: Tensor, bias: Tensor | None) -> Tensor:
    """The sum, or ``y`` where there is no bias."""
    return y if bias is None else y + bias


def normalise(norm: nn.Module, x: Tensor) -> Tensor:
    """Batch norm of the channels, with statistics over all other axes.  (..., C) -> (..., C)"""
    if isinstance(norm, nn.Identity):
        return x
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
