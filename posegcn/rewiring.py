"""The weights of a trained network on another graph."""

from collections.abc import Callable
from copy import deepcopy

import torch
from torch import Tensor, nn

from posegcn.errors import InputError
from posegcn.graph import PARTITIONS, Graph
from posegcn.layers import GraphConv
from posegcn.layers.modulated import ModulatedGraphConv
from posegcn.layers.nosharing import NoSharingGraphConv
from posegcn.layers.partitioned import PartitionedGraphConv
from posegcn.layers.semantic import SemanticGraphConv


@torch.no_grad()
def rewire(
    model: nn.Module, graph: Graph, normalisation: str | None = None, *, learned: bool = False
) -> nn.Module:
    """A copy of a network whose joints talk along other edges, with the same weights.

    Nothing is trained: it shows what the graph did for the network.

    Args:
        model: A network or a layer with graph convolutions over the joints of ``graph``.
        graph: Who talks to whom from now on.
        normalisation: See :meth:`~posegcn.graph.Graph.adjacency`; ``None`` takes the usual one of
            each layer. Layers that learn the weights of their edges have none.
        learned: Keep what modulated layers have learned beside the fixed adjacency.

    Raises:
        InputError: A layer has no matrix for a new edge, cannot be rewired, or is over other
            joints.
    """
    copy = deepcopy(model)
    for layer in [part for part in copy.modules() if isinstance(part, GraphConv)]:
        if layer.graph.num_nodes != graph.num_nodes:
            raise InputError(
                f"expected a graph of {layer.graph.num_nodes} joints as the network has, "
                f"got {graph.num_nodes}"
            )
        rule = next((rule for kind, rule in RULES.items() if isinstance(layer, kind)), None)
        if rule is None:
            raise InputError(f"{type(layer).__name__} cannot be put on another graph")
        rule(layer, graph, normalisation, learned)
        layer.graph = graph
    return copy


def _partitioned(
    layer: PartitionedGraphConv, graph: Graph, normalisation: str | None, learned: bool
) -> None:
    kind = next(kind for kind, parts in PARTITIONS.items() if parts == len(layer.mixing))
    layer.mixing = graph.partition(kind, normalisation or "row").to(layer.mixing)


def _modulated(
    layer: ModulatedGraphConv, graph: Graph, normalisation: str | None, learned: bool
) -> None:
    layer.adjacency = graph.adjacency(normalisation or "loops_after").to(layer.adjacency)
    if not learned:
        layer.offsets.zero_()


def _semantic(
    layer: SemanticGraphConv, graph: Graph, normalisation: str | None, learned: bool
) -> None:
    other = SemanticGraphConv(
        layer.in_channels, layer.out_channels, graph, channelwise=layer.channelwise
    )
    logits, known = _by_pair(layer.logits.T, layer), layer.graph.support
    both = graph.support & known
    table = torch.ones(*known.shape, len(layer.logits)).to(logits)  # new edges begin at 1
    table[both] = logits[both]
    layer.logits = nn.Parameter(table[graph.support].T)
    for name, values in other.named_buffers():
        setattr(layer, name, values.to(layer.blocked.device))


def _nosharing(
    layer: NoSharingGraphConv, graph: Graph, normalisation: str | None, learned: bool
) -> None:
    new = graph.support & ~layer.graph.support
    if new.any():
        raise InputError(
            f"{type(layer).__name__} has one matrix for each edge, and none for "
            f"{int(new.sum()) // 2} new edges: take edges away only"
        )
    other = NoSharingGraphConv(
        layer.in_channels, layer.out_channels, graph, normalisation=normalisation or "row"
    )
    layer.weight = nn.Parameter(_by_pair(layer.weight, layer)[graph.support])
    for name, values in other.named_buffers():
        setattr(layer, name, values.to(layer.incidence.device))


def _by_pair(values: Tensor, layer: GraphConv) -> Tensor:
    """One row for each edge as a table over pairs.  (E, ...) -> (J, J, ...)"""
    table = values.new_zeros(*layer.graph.support.shape, *values.shape[1:])
    table[layer.graph.support] = values
    return table


Rule = Callable[[GraphConv, Graph, str | None, bool], None]
RULES: dict[type[GraphConv], Rule] = {
    PartitionedGraphConv: _partitioned,
    ModulatedGraphConv: _modulated,
    SemanticGraphConv: _semantic,
    NoSharingGraphConv: _nosharing,
}
