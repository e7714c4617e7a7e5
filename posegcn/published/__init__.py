"""Published checkpoints: read with their architecture off keys and shapes, and written back."""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from posegcn.errors import InputError
from posegcn.published import gla_gcn, graph_hourglass, linear, residual_gcn, temporal_conv
from posegcn.published.keys import load_state
from posegcn.published.network import Network
from posegcn.published.reading import clean_state, read_published
from posegcn.published.refinement import NOTE, is_refinement, join
from posegcn.published.writing import published_state, save_published

NETWORKS = (
    *residual_gcn.NETWORKS,
    graph_hourglass.NETWORK,
    linear.NETWORK,
    gla_gcn.NETWORK,
    temporal_conv.NETWORK,
)

Checkpoint = str | Path | Mapping[str, Tensor]

__all__ = ["load_published", "published_state", "save_published"]


def load_published(
    checkpoint: Checkpoint, *, refinement: Checkpoint | None = None, **options
) -> tuple[nn.Module, list[str]]:
    """A published checkpoint as one of our models, in evaluation mode, and notes about it.

    Args:
        checkpoint: File of the public code, in the old or the zip format of ``torch.save``, or a
            mapping from its parameter names to tensors.
        refinement: For Modulated GCN with detected keypoints, the file of its pose refinement.
        **options: What keys and shapes do not tell: ``skeleton``; for Graph Stacked Hourglass
            ``layer`` and ``pyramid``; for GLA-GCN ``links`` and ``strides``; for VideoPose3D
            ``keypoint_skeleton`` and ``causal``.

    Raises:
        InputError: The file is damaged or holds more than tensors, its keys are of no known
            network, a key does not fit exactly, or an option says nothing about the network.
    """
    state, extras, origin = _read(checkpoint)
    network = _network(state, origin)
    known = inspect.signature(network.build).parameters
    for option in options:
        if option not in known:
            raise InputError(f"{option!r} says nothing about a {network.name} checkpoint")
    state = network.prepare(state, options)
    model, notes = network.build(state, **options)
    load_state(model, network.layout(model), state, origin)
    notes = [f"published {network.name} checkpoint", *notes]
    if refinement is not None:
        refining, _, name = _read(refinement)
        model = join(model, refining, name)
        notes.append(NOTE)
    notes += [f"stored beside the weights: {_shown(key)} = {_shown(extras[key])}" for key in extras]
    return model.eval(), notes


def _shown(value: Any) -> str:
    """A stored name or value on one line, without what a terminal would act on."""
    text = str(value)
    return text if text.isprintable() and len(text) <= 80 else repr(text[:80])


def _read(checkpoint: Checkpoint) -> tuple[dict[str, Tensor], dict[str, Any], str]:
    """Parameters, what is stored beside them, and how a message calls their origin."""
    if isinstance(checkpoint, Mapping):
        return clean_state(checkpoint, "the mapping"), {}, "the mapping"
    return *read_published(checkpoint), str(checkpoint)


def _network(state: Mapping[str, Tensor], origin: str) -> Network:
    for network in NETWORKS:
        if network.fits(state):
            return network
    if is_refinement(state):
        raise InputError(
            f"{origin} is a pose refinement alone; read the lifter it belongs to and name this "
            "file as its refinement"
        )
    raise InputError(
        f"{origin} is of no network known here ({', '.join(n.name for n in NETWORKS)}); "
        f"its keys begin with {', '.join(map(repr, list(state)[:3]))}"
    )
