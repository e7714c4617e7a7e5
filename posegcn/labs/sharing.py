"""Sharing atlas: which matrix carries which message, in every variant."""

from copy import deepcopy
from typing import Any

import torch
import traitlets
from torch import Tensor

from posegcn.data.synthetic.body import rest_pose
from posegcn.graph import Graph
from posegcn.inspection import count_parameters
from posegcn.labs.lab import Lab, rounded, skeleton_data
from posegcn.labs.network_data import layer_data
from posegcn.layers import LAYERS, GraphConv, layer_options, make_layer
from posegcn.skeleton import Skeleton

# One matrix for each output channel, or none without features: no page can show these two.
VARIANTS = tuple(name for name in LAYERS if name not in ("semantic_ch", "adaptive"))


class SharingLab(Lab):
    """Every variant as an atlas: point at a message, and see which others use its matrix.

    Traits: ``layer`` (a name), ``edge`` (target and source of the chosen message).

    Args:
        skeleton: The body over which the layers are.
        channels: Channels before and behind a layer whose parameters are counted.
    """

    name = "sharing"
    layer = traitlets.Enum(VARIANTS).tag(sync=True)
    edge = traitlets.List(traitlets.Int(), minlen=2, maxlen=2).tag(sync=True)

    def __init__(self, skeleton: Skeleton, channels: int = 64):
        graph = Graph.from_skeleton(skeleton)
        self.variants = {name: make_layer(name, 1, 1, graph) for name in VARIANTS}
        layers = {name: layer_data(layer) for name, layer in self.variants.items()}
        for name, layer in layers.items():
            layer |= {
                "root": skeleton.root,
                "normalisation": layer_options(name).get("normalisation", "row"),
                "parameters": count_parameters(make_layer(name, channels, channels, graph)),
            }
        data: dict[str, Any] = {
            "skeleton": skeleton_data(skeleton),
            "places": rounded(rest_pose(skeleton)[:, [0, 2]]),
            "layers": layers,
            "channels": channels,
        }
        first = [skeleton.index("rwrist"), skeleton.index("relbow")]
        super().__init__(data, layer="dc_preagg", edge=first)

    def carriers(self) -> Tensor:
        """Number of the matrix that carries each message, -1 where there is none.  (J, J)"""
        return carriers(self.variants[self.layer])

    def sharers(self) -> list[tuple[int, int]]:
        """Messages that go through the matrix of the chosen one, as (target, source)."""
        numbers = self.carriers()
        chosen = numbers[tuple(self.edge)]
        return (
            [] if chosen < 0 else [tuple(pair) for pair in (numbers == chosen).nonzero().tolist()]
        )

    def shares(self) -> str:
        """Who sets the shares a_ij of the chosen layer: fixed, edges, or everywhere."""
        return shares(self.variants[self.layer])


@torch.no_grad()
def carriers(layer: GraphConv) -> Tensor:
    """Number of the matrix that carries each message, -1 where there is none.  (J, J)

    The layer is asked itself: all of its matrices are zero but one, and the messages that are left
    are those which that one carries.
    """
    probe = deepcopy(layer)
    matrices = probe.weight.flatten(0, -3)  # (N, in, out), the memory of the parameter
    numbers = torch.full((layer.graph.num_nodes,) * 2, -1)
    for number, matrix in enumerate(matrices):
        matrices.zero_()
        matrix.fill_(1)
        numbers[(probe.edge_matrices() != 0).flatten(2).any(dim=2)] = number
    return numbers


@torch.no_grad()
def shares(layer: GraphConv) -> str:
    """Who sets the shares a_ij of a layer: ``fixed``, or learned on the ``edges``, ``everywhere``.

    Other parameters than W, its scale and b are moved; where the messages move, shares are
    learned.
    """
    probe = deepcopy(layer)
    before = probe.edge_matrices()
    noise = torch.Generator().manual_seed(0)
    for name, values in probe.named_parameters():
        if name not in ("weight", "modulation", "bias"):
            values.add_(torch.randn(values.shape, generator=noise))
    moved = (probe.edge_matrices() != before).flatten(2).any(dim=2)
    if not moved.any():
        return "fixed"
    return "everywhere" if moved.all() else "edges"
