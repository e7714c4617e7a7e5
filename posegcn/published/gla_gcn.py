"""Published GLA-GCN checkpoints (bruceyo/GLA-GCN, run_s-agcn.py and run_s-agcn_HE_13.py)."""

import re
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from posegcn.errors import InputError, look_up
from posegcn.layers.links import PUBLISHED_LINKS
from posegcn.models import make_model
from posegcn.published.keys import Layout, count, shape_of
from posegcn.published.network import Network
from posegcn.skeleton import Skeleton
from posegcn.skeletons import H36M_17, HUMANEVA_15, get_skeleton

PARTS = (0, 2, 1)  # theirs in our order: itself, children, parent
FIXED_GRAPH = "the fixed graph is not stored: "
# Networks of the second HumanEva program hold a batch norm of the keypoints that never acts.
WITHOUT_NORM = "published_humaneva_13"
NOTES = {
    "tree": f"{FIXED_GRAPH}the body's tree, as since March 2022 (links 'tree')",
    "published_h36m": f"{FIXED_GRAPH}Human3.6M's, whatever the joints are",
    "published_h36m_2021": f"{FIXED_GRAPH}joint numbers one too low, as until March 2022",
    "published_humaneva_15": f"{FIXED_GRAPH}links of mixed direction",
    WITHOUT_NORM: f"{FIXED_GRAPH}right arm and left leg are cut off; the batch norm of the "
    "keypoints is stored but never acts, and is left out",
}


def fits(state: Mapping[str, Tensor]) -> bool:
    """Whether the keys are those of a GLA-GCN checkpoint."""
    return {"expand_gcn.gcn1.PA", "data_bn.weight", "fc.weight"} <= set(state)


def build(
    state: Mapping[str, Tensor],
    *,
    skeleton: str | Skeleton | None = None,
    links: str | None = None,
    strides: Sequence[int] | None = None,
) -> tuple[nn.Module, list[str]]:
    """The network of a checkpoint, and notes.

    Args:
        state: Parameters as :func:`gather` returns them.
        skeleton: Body of the checkpoint; Human3.6M of 17 or HumanEva of 15 joints where it is not
            given.
        links: Fixed graph, which is not stored: ``"tree"`` (of 17 joints, if not given),
            ``"published_humaneva_15"`` (of 15), or another name of ``PUBLISHED_LINKS``.
        strides: Of the levels; 3 each where they are not given.

    Raises:
        InputError: The number of joints or strides is not that of the checkpoint, or a parameter
            that tells the architecture has another shape.
    """
    joints = shape_of(state, "expand_gcn.gcn1.PA", 3)[-1]
    if skeleton is None:
        skeleton = HUMANEVA_15 if joints == HUMANEVA_15.num_joints else H36M_17
    skeleton = get_skeleton(skeleton)
    if skeleton.num_joints != joints:
        raise InputError(f"the checkpoint has {joints} joints, {skeleton.name!r} is another body")
    if links is None:
        links = "published_humaneva_15" if skeleton.same_body(HUMANEVA_15) else "tree"
    look_up("links", links, {"tree": (), **PUBLISHED_LINKS})
    levels = count(state, r"layers_tcngcn\.(\d+)\.") // 2
    strides = tuple(strides or [3] * levels)
    if len(strides) != levels:
        raise InputError(f"the checkpoint has {levels} levels, got strides {strides}")
    model = make_model(
        "gla_gcn",
        skeleton=skeleton,
        strides=strides,
        channels=shape_of(state, "fc.weight", 3)[1],
        links=links,
        input_norm=links != WITHOUT_NORM,
    )
    notes = [f"receptive field {model.receptive_field} frames, strides {strides}", NOTES[links]]
    return model, notes


def gather(state: Mapping[str, Tensor], options: Mapping[str, object]) -> dict[str, Tensor]:
    """The three convolutions of each graph layer as one, and what never acts left out."""
    found = dict(state)
    for key in state:
        if match := re.fullmatch(r"(|.*\.)PA", key):
            _gather_layer(found, match.group(1))
    if options.get("links") == WITHOUT_NORM:
        found = {key: value for key, value in found.items() if not key.startswith("data_bn.")}
    return found


def _gather_layer(state: dict[str, Tensor], prefix: str) -> None:
    """Replace the parameters of a layer, in place."""
    shape_of(state, f"{prefix}PA", 3)
    state[f"{prefix}PA"] = state[f"{prefix}PA"][list(PARTS)].mT
    embedding = {
        f"{name}.{kind}": torch.cat(_three(state, f"{prefix}{name}", kind))
        for name in ("conv_a", "conv_b")
        for kind in ("weight", "bias")
    }
    del embedding["conv_a.bias"]  # the softmax cancels it
    matrices = torch.stack(_three(state, f"{prefix}conv_d", "weight")).mT  # (3, in, out)
    bias = torch.stack(_three(state, f"{prefix}conv_d", "bias")).sum(dim=0)
    merged = {**embedding, "conv_d.weight": matrices, "conv_d.bias": bias}
    state.update({f"{prefix}{name}": value for name, value in merged.items()})


def _three(state: dict[str, Tensor], prefix: str, kind: str) -> list[Tensor]:
    """Take the convolutions of the three parts out of the state, as matrices, in our order."""
    keys = [f"{prefix}.{part}.{kind}" for part in PARTS]
    axes = {"weight": 4, "bias": 1}[kind]
    shapes = {shape_of(state, key, axes) for key in keys}
    if len(shapes) > 1 or {*shapes.pop()[2:]} - {1}:
        raise InputError(f"{keys[0]!r} and the other two should be 1x1 convolutions of one shape")
    values = [state.pop(key) for key in keys]
    return [value.flatten(1) if kind == "weight" else value for value in values]


def layout(model: nn.Module) -> Layout:
    """How the public program stores a GLA-GCN, once gathered."""
    levels = range(len(model.strides))
    return Layout(
        renames=(
            *((rf"^levels\.{i}\.first\.", f"layers_tcngcn.{2 * i}.") for i in levels),
            *((rf"^levels\.{i}\.second\.", f"layers_tcngcn.{2 * i + 1}.") for i in levels),
            *LAYERS,
        ),
        convolutions=((r"down\.0\.weight$", 2), (r"^fc\.weight$", 1)),
    )


LAYERS = (
    (r"^norm\.", "data_bn."),
    (r"^expand\.", "expand_gcn."),
    (r"^head\.", "fc."),
    (r"(^|\.)space\.conv\.", r"\1gcn1."),
    (r"(^|\.)space\.norm\.", r"\1gcn1.bn."),
    (r"(^|\.)space\.project\.", r"\1gcn1.down.0."),
    (r"(^|\.)space\.project_norm\.", r"\1gcn1.down.1."),
    (r"gcn1\.(weight|bias)$", r"gcn1.conv_d.\1"),
    (r"gcn1\.sources\.", "gcn1.conv_a."),
    (r"gcn1\.targets\.", "gcn1.conv_b."),
    (r"gcn1\.offsets$", "gcn1.PA"),
    (r"(^|\.)time\.conv\.", r"\1tcn1.conv."),
    (r"(^|\.)time\.norm\.", r"\1tcn1.bn."),
    (r"(^|\.)shortcut\.conv\.", r"\1residual.conv."),
    (r"(^|\.)shortcut\.norm\.", r"\1residual.bn."),
)

NETWORK = Network("GLA-GCN", fits, build, layout, gather)
