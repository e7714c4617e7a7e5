"""GLA-GCN as data: what a page needs to lift windows without Python."""

from copy import deepcopy
from itertools import accumulate
from operator import floordiv

import torch
from torch import Tensor, nn

from posegcn.errors import InputError
from posegcn.folding import fold
from posegcn.labs.fixed_point import fixed, fixed_data
from posegcn.labs.network_data import Data, norm_data
from posegcn.models.adaptive_blocks import SpatialBlock, SpatioTemporalBlock, TemporalUnit
from posegcn.models.gla_gcn import GLAGCN, SharedHead


@torch.no_grad()
def page_network(model: GLAGCN) -> GLAGCN:
    """The network that a page can hold: batch norms taken in, weights of twelve bits.

    Raises:
        InputError: It has parts that a page does not compute.
    """
    if not isinstance(model, GLAGCN):
        raise InputError(f"expected a GLA-GCN, got {type(model).__name__}")
    graphs = [block.space.conv for block in blocks_of(model)]
    tree = graphs[0].graph.partition("spatial", "each_part")
    if not all(torch.equal(conv.fixed.cpu(), tree) for conv in graphs):
        raise InputError("a page computes graphs of the tree of the body, these are others")
    if not isinstance(model.head, SharedHead) or len(model.sequence_blocks):
        raise InputError("a page computes one head for all joints and no sequence blocks")
    if model.norm is None:
        raise InputError("a page expects batch norm of the keypoints")
    rounded = deepcopy(fold(model)).cpu()
    for values in rounded.parameters():
        values.copy_(fixed(values))
    return rounded


def blocks_of(model: GLAGCN) -> list[SpatioTemporalBlock]:
    """Its blocks in the order in which features pass through them."""
    levels = [(level.first, level.second) for level in model.levels]
    return [model.expand, *(block for level in levels for block in level)]


def frames_of(model: GLAGCN) -> list[int]:
    """Frames that come into each of its blocks: the same for both of a level."""
    counts = accumulate(model.strides[:-1], floordiv, initial=model.receptive_field)
    return [model.receptive_field, *(count for count in counts for _ in range(2))]


def gla_gcn_data(model: GLAGCN) -> Data:
    """The network for js/gla_gcn.js.

    Args:
        model: From :func:`page_network`.
    """
    return {
        "joints": model.skeleton.num_joints,
        "root": model.skeleton.root,
        "edges": [list(bone) for bone in model.skeleton.bones],
        "strides": list(model.strides),
        **norm_data(model.norm),
        "blocks": [
            _block(block, frames)
            for block, frames in zip(blocks_of(model), frames_of(model), strict=True)
        ],
        "head": _linear(model.head),
    }


def _block(block: SpatioTemporalBlock, frames: int) -> Data:
    data = {"space": _space(block.space), "time": _time(block.time, frames), "shortcut": "none"}
    if isinstance(block.shortcut, TemporalUnit):
        data["shortcut"] = _time(block.shortcut, frames)
    elif block.shortcut is not None:
        data["shortcut"] = "same"
    return data


def _space(block: SpatialBlock) -> Data:
    conv = block.conv
    data = {
        "weight": fixed_data(conv.weight),
        "bias": fixed_data(conv.bias),
        "offsets": fixed_data(conv.offsets),
        "sources": fixed_data(conv.sources.weight.mT),  # (in, K E)
        "targets": _linear(conv.targets),
    }
    if block.project is not None:
        data["project"] = _linear(block.project)
    return data


def _time(unit: TemporalUnit, frames: int) -> Data:
    """A convolution over time, as one matrix for each frame that it sees.  (T, in, out)

    Matrices that only ever meet the zeros outside the window are left out.
    """
    weight: Tensor = unit.conv.weight[..., 0].permute(2, 1, 0)
    idle = max(0, len(weight) // 2 - (frames - 1))
    return {
        "weight": fixed_data(weight[idle : len(weight) - idle]),
        "bias": fixed_data(unit.conv.bias),
        "stride": unit.conv.stride[0],
    }


def _linear(layer: nn.Linear) -> Data:
    return {"weight": fixed_data(layer.weight.mT), "bias": fixed_data(layer.bias)}
