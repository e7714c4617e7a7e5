"""Networks as data: what a page needs to compute the same without Python."""

from base64 import b64encode
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn

from posegcn.baselines import LinearMap
from posegcn.errors import InputError
from posegcn.graph import PARTITIONS
from posegcn.layers import GraphConv
from posegcn.layers.modulated import ModulatedGraphConv
from posegcn.layers.nosharing import NoSharingGraphConv
from posegcn.layers.partitioned import PartitionedGraphConv
from posegcn.layers.postagg import PostAggGraphConv
from posegcn.layers.preagg import PreAggGraphConv
from posegcn.layers.semantic import SemanticGraphConv
from posegcn.layers.vanilla import VanillaGraphConv
from posegcn.models.blocks import GraphConvBlock
from posegcn.models.residual_gcn import ResidualGCN

Data = dict[str, Any]

# Which matrix carries a message: see matrixIndex in js/network.js.
SHARING = {
    VanillaGraphConv: "all",
    PreAggGraphConv: "source",
    PostAggGraphConv: "target",
    NoSharingGraphConv: "pair",
    ModulatedGraphConv: "all",
    SemanticGraphConv: "all",
}


def array_data(values: Tensor) -> Data:
    """Numbers as text: single precision, or two bytes each where nothing is lost."""
    values = values.detach().cpu().float().contiguous()
    short = {"float16": values.half(), "int16": values.clamp(-(2**15), 2**15 - 1).short()}
    exact = (kind for kind, stored in short.items() if torch.equal(stored.float(), values))
    kind = next(exact, "float32")
    stored = short.get(kind, values)
    return {
        "shape": list(values.shape),
        "kind": kind,
        "bytes": b64encode(stored.numpy().tobytes()).decode(),
    }


@torch.no_grad()
def half(model: nn.Module) -> nn.Module:
    """A copy whose weights are numbers of half precision, so that a page keeps two bytes of each.

    Their type stays: Python computes with what the page has. What batch norms have measured is
    not rounded, because a page keeps scale and shift of them, which are few.
    """
    copy = deepcopy(model)
    for values in copy.parameters():
        values.copy_(values.half())
    return copy


def network_data(model: nn.Module) -> Data:
    """A network for js/network.js.

    Args:
        model: A residual GCN without non-local blocks, whose joints are those of its keypoints, or
            a linear map.

    Raises:
        InputError: It is another network.
    """
    common = {"joints": model.skeleton.num_joints, "root": model.skeleton.root}
    if isinstance(model, LinearMap):
        return {"kind": "linear", **common, "weight": array_data(model.weights)}
    if not isinstance(model, ResidualGCN) or model.entry is not None:
        raise InputError(f"a page cannot compute {type(model).__name__}, only residual networks")
    entry, *blocks = model.trunk
    if not all(hasattr(block, "second") for block in blocks):
        raise InputError("a page cannot compute non-local blocks; build the network without")
    modulated = isinstance(model.head, ModulatedGraphConv)
    return {
        "kind": "residual_gcn",
        **common,
        "normalisation": "loops_after" if modulated else "row",
        "edges": [list(edge) for edge in model.head.graph.edges],
        "entry": _block(entry),
        "blocks": [[_block(block.first), _block(block.second)] for block in blocks],
        "head": layer_data(model.head),
    }


def _block(block: GraphConvBlock) -> Data:
    """Layer and batch norm, the latter as scale and shift."""
    return {"layer": layer_data(block.conv), **norm_data(block.norm)}


def norm_data(norm: nn.BatchNorm1d) -> Data:
    """What batch norm does in evaluation mode: scale and shift of each channel."""
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()
    shift = norm.bias - norm.running_mean * scale
    return {"scale": array_data(scale), "shift": array_data(shift)}


def layer_data(layer: GraphConv) -> Data:
    """A graph convolution for ``convolve`` in js/network.js.

    Raises:
        InputError: A page cannot compute it.
    """
    sharing = SHARING.get(type(layer))
    if sharing is None or getattr(layer, "channelwise", False):
        raise InputError(f"a page cannot compute {type(layer).__name__}")
    data = {
        "sharing": sharing,
        "joints": layer.graph.num_nodes,
        "partition": _partition(layer),
        "weight": array_data(layer.weight),
        "bias": array_data(layer.bias),
    }
    if isinstance(layer, ModulatedGraphConv):
        data |= {"modulation": array_data(layer.modulation), "offsets": array_data(layer.offsets)}
    if isinstance(layer, SemanticGraphConv):
        data["logits"] = array_data(layer.logits[0])
    if isinstance(layer, (SemanticGraphConv, NoSharingGraphConv)):
        data["edgeIndex"] = edge_index(layer.graph.support)
    return data


def _partition(layer: GraphConv) -> str:
    """How its adjacency is cut; layers that learn their edges tell themselves from others."""
    if isinstance(layer, NoSharingGraphConv):
        return "uniform"
    if isinstance(layer, PartitionedGraphConv):
        return next(kind for kind, parts in PARTITIONS.items() if parts == len(layer.mixing))
    return "self"


def edge_index(support: Tensor) -> list[list[int]]:
    """Number of each edge in row-major order of the support, -1 where there is none.  (J, J)"""
    numbers = support.flatten().cumsum(dim=0).view_as(support) - 1
    return torch.where(support, numbers, -1).tolist()
