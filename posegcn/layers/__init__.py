"""Graph convolutions by the names the field knows."""

import inspect
from functools import partial
from typing import Any

from posegcn.errors import look_up
from posegcn.graph import Graph
from posegcn.layers.adaptive import AdaptiveGraphConv
from posegcn.layers.base import GraphConv
from posegcn.layers.modulated import ModulatedGraphConv
from posegcn.layers.nosharing import NoSharingGraphConv
from posegcn.layers.postagg import PostAggGraphConv
from posegcn.layers.preagg import PreAggGraphConv
from posegcn.layers.semantic import SemanticGraphConv
from posegcn.layers.vanilla import VanillaGraphConv

LAYERS = {
    "vanilla": VanillaGraphConv,
    "dc_vanilla": partial(VanillaGraphConv, partition="self"),
    "preagg": PreAggGraphConv,
    "dc_preagg": partial(PreAggGraphConv, partition="self"),
    "postagg": PostAggGraphConv,
    "dc_postagg": partial(PostAggGraphConv, partition="self"),
    "convst": partial(VanillaGraphConv, partition="spatial"),
    "nosharing": NoSharingGraphConv,
    "modulated": ModulatedGraphConv,
    "semantic": SemanticGraphConv,
    "semantic_ch": partial(SemanticGraphConv, channelwise=True),
    "adaptive": AdaptiveGraphConv,
}


def list_layers() -> list[str]:
    """Names that :func:`make_layer` knows."""
    return list(LAYERS)


def layer_options(name: str) -> dict[str, Any]:
    """Options of a layer with their defaults.

    Raises:
        InputError: No layer has that name.
    """
    parameters = inspect.signature(look_up("layer", name, LAYERS)).parameters.values()
    return {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}


def make_layer(
    name: str, in_channels: int, out_channels: int, graph: Graph, **options
) -> GraphConv:
    """The graph convolution called ``name``.

    Args:
        name: See :func:`list_layers`.
        in_channels: Channels of a joint before the layer.
        out_channels: Channels of a joint after it.
        graph: The graph over the joints.
        **options: Options of the layer's class.

    Raises:
        InputError: No layer has that name.
    """
    return look_up("layer", name, LAYERS)(in_channels, out_channels, graph, **options)
