"""Published SemGCN checkpoints (garyzhao/SemGCN, main_gcn.py)."""

from collections.abc import Mapping

from torch import Tensor, nn

from posegcn.errors import InputError
from posegcn.graph import Graph
from posegcn.models import make_model
from posegcn.published.keys import KeyTable, count, shape_of
from posegcn.skeleton import Skeleton
from posegcn.skeletons import H36M_16, H36M_17, get_skeleton

KEYS = (
    (r"^gconv_output\.", "head."),
    (r"\.nonlocal\.g\.0\.", ".value."),
    (r"\.nonlocal\.phi\.0\.", ".phi."),
    (r"\.nonlocal\.concat_project\.0\.", ".project."),
    (r"\.nonlocal\.W\.0\.", ".output."),
    (r"\.nonlocal\.W\.1\.", ".norm."),
    (r"\.nonlocal\.", "."),
    (r"\.gconv1\.", ".first."),
    (r"\.gconv2\.", ".second."),
    (r"\.gconv\.", ".conv."),
    (r"\.bn\.", ".norm."),
    (r"\.W$", ".weight"),
    (r"\.e$", ".logits"),
)


def is_semgcn(state: Mapping[str, Tensor]) -> bool:
    """Whether the keys are those of a SemGCN checkpoint."""
    return {"gconv_input.0.gconv.e", "gconv_output.W", "gconv_output.e"} <= set(state)


def semgcn_architecture(
    state: Mapping[str, Tensor], skeleton: str | Skeleton | None = None
) -> tuple[nn.Module, KeyTable, list[str]]:
    """The network of a checkpoint, its key table, and notes.

    Args:
        state: Parameters under the published names.
        skeleton: Body of the checkpoint; told by the number of edges where it is not given.

    Raises:
        InputError: The number of edges fits no skeleton, or the last layer has another number
            of axes.
    """
    num_edges = shape_of(state, "gconv_output.e", 2)[1]
    num_inputs = count(state, r"gconv_input\.(\d+)\.")
    num_layers = count(state, r"gconv_layers\.(\d+)\.")
    model = make_model(
        "semgcn",
        skeleton=_skeleton(num_edges, skeleton),
        channels=shape_of(state, "gconv_output.W", 3)[1],
        num_blocks=num_layers // num_inputs,
        non_local=num_inputs == 2,
        init="published",
    )
    # One flat list here, two lists there.
    flat = [(r"^gconv_input\.(\d+)\.", r"trunk.\1.")]
    flat += [(rf"^gconv_layers\.{i}\.", f"trunk.{num_inputs + i}.") for i in range(num_layers)]
    notes = ["the adjacency counts only by its edges: semantic layers learn the rest"]
    return model, (*flat, *KEYS), notes


def _skeleton(num_edges: int, skeleton: str | Skeleton | None) -> Skeleton:
    candidates = (H36M_16, H36M_17) if skeleton is None else (get_skeleton(skeleton),)
    for candidate in candidates:
        if int(Graph.from_skeleton(candidate).support.sum()) == num_edges:
            return candidate
    names = " or ".join(candidate.name for candidate in candidates)
    raise InputError(
        f"the checkpoint has {num_edges} edge weights, which is not {names}; name its skeleton"
    )
