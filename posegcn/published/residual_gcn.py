"""Published checkpoints of the residual trunk: SemGCN and both Modulated GCN programs.

garyzhao/SemGCN, main_gcn.py; ZhimingZo/Modulated-GCN, Modulated_GCN_gt and
Modulated-GCN_benchmark.
"""

from collections.abc import Mapping

from torch import Tensor, nn

from posegcn.errors import InputError
from posegcn.graph import Graph
from posegcn.models import architecture, make_model
from posegcn.published.keys import Layout, count, shape_of
from posegcn.published.network import Network
from posegcn.skeleton import Skeleton
from posegcn.skeletons import H36M_16, H36M_17, get_skeleton

# What a layer learns tells its name.
LEARNED = {"semantic": "gconv_output.e", "modulated": "gconv_output.adj2"}
FINAL = "non_local.theta.weight"
SEMGCN, EXACT, DETECTED = "SemGCN", "Modulated GCN", "Modulated GCN (detected keypoints)"
NOTES = {
    SEMGCN: ["the adjacency counts only by its edges: semantic layers learn the rest"],
    EXACT: ["loops are added after normalisation: rows of the fixed adjacency sum to two"],
    DETECTED: [
        "loops are added after normalisation: rows of the fixed adjacency sum to two",
        "the public program averages with the mirrored pose: evaluate with flip",
    ],
}


def program_of(state: Mapping[str, Tensor]) -> str | None:
    """Which of the three programs wrote a checkpoint, if one did."""
    if not {"gconv_input.0.gconv.W", "gconv_output.W"} <= set(state):
        return None
    if LEARNED["semantic"] in state:
        return SEMGCN
    if LEARNED["modulated"] in state:
        return DETECTED if FINAL in state else EXACT
    return None


def build(
    state: Mapping[str, Tensor], *, skeleton: str | Skeleton | None = None
) -> tuple[nn.Module, list[str]]:
    """The network of a checkpoint, and notes.

    Args:
        state: Parameters under the published names.
        skeleton: Body of the checkpoint; told by the number of edges or joints where it is not
            given.

    Raises:
        InputError: The number of edges or joints fits no skeleton, or a parameter that tells the
            architecture has another shape.
    """
    program = program_of(state)
    if program == DETECTED and "gconv_input.1.non_local.theta.weight" in state:
        raise InputError("the checkpoint has both kinds of non-local block, which no program has")
    num_inputs = count(state, r"gconv_input\.(\d+)\.")
    num_layers = count(state, r"gconv_layers\.(\d+)\.")
    model = make_model(
        {SEMGCN: "semgcn", EXACT: "modulated_gcn", DETECTED: "modulated_gcn_cpn"}[program],
        skeleton=_skeleton(state, skeleton),
        channels=shape_of(state, "gconv_output.W", 3)[1],
        num_blocks=num_layers // num_inputs,
        non_local=num_inputs == 2,
        init="published",
    )
    return model, NOTES[program]


def layout(model: nn.Module) -> Layout:
    """How its public program stores a residual network."""
    chosen = architecture(model)
    last = len(model.trunk) - 1
    num_inputs = 2 if chosen["non_local"] else 1
    renames = []
    for index in range(len(model.trunk)):
        if index == last and chosen["final_non_local"]:
            theirs = "non_local."
        elif index < num_inputs:
            theirs = f"gconv_input.{index}."
        else:
            theirs = f"gconv_layers.{index - num_inputs}."
        renames.append((rf"^trunk\.{index}\.", theirs))
    if chosen["non_local"]:  # every other module of the trunk
        attention = "nonlocal" if chosen["layer"] == "semantic" else "non_local"
        odd = r"^(gconv_input\.1|gconv_layers\.\d*[13579])\."
        renames.append((odd, rf"\1.{attention}."))
    return Layout((*renames, *KEYS), CONVOLUTIONS)


KEYS = (
    (r"^head\.", "gconv_output."),
    (r"(local\.)value\.", r"\1g.0."),
    (r"(local\.)phi\.", r"\1phi.0."),
    (r"^(non_local\.)(g|phi)\.0\.", r"\1\2."),  # at the end nothing is pooled
    (r"(local\.)project\.", r"\1concat_project.0."),
    (r"(local\.)output\.", r"\1W.0."),
    (r"(local\.)norm\.", r"\1W.1."),
    (r"\.first\.", ".gconv1."),
    (r"\.second\.", ".gconv2."),
    (r"\.conv\.", ".gconv."),
    (r"\.norm\.", ".bn."),
    (r"(gconv|gconv_output)\.weight$", r"\1.W"),
    (r"\.logits$", ".e"),
    (r"\.modulation$", ".M"),
    (r"\.offsets$", ".adj2"),
)
CONVOLUTIONS = (
    (r"^non_local\.(g|theta|phi|W\.0)\.weight$", 2),
    (r"concat_project\.0\.weight$", 2),
    (r"local\.(g\.0|theta|phi\.0|W\.0)\.weight$", 1),
)


def check(model: nn.Module) -> None:
    """Refuse a network that none of the three programs has.

    Raises:
        InputError: Says what they do not know.
    """
    chosen = architecture(model)
    layer = chosen["layer"]
    bodies = (H36M_16, H36M_17) if chosen["final_non_local"] else (H36M_16,)
    if layer not in LEARNED:
        problem = f"layer {layer!r} in the residual trunk; they have {', '.join(LEARNED)}"
    elif chosen.get("normalisation", "loops_after") != "loops_after":
        problem = f"normalisation {chosen['normalisation']!r}; it is 'loops_after' there"
    elif chosen["final_non_local"] and (layer == "semantic" or chosen["non_local"]):
        problem = "a last non-local block beside the others, or behind semantic layers"
    elif not chosen["bias"] or chosen.get("channelwise"):
        problem = "layers without bias or with one mask for each channel"
    elif not any(model.skeleton.same_body(body) for body in bodies):
        problem = f"skeleton {model.skeleton.name!r}; it is {bodies[-1].name!r} there"
    else:
        return
    raise InputError(f"the public programs do not know {problem}")


def _skeleton(state: Mapping[str, Tensor], skeleton: str | Skeleton | None) -> Skeleton:
    semantic = LEARNED["semantic"] in state
    key = LEARNED["semantic"] if semantic else "gconv_output.M"
    size = shape_of(state, key, 2)[1 if semantic else 0]
    candidates = (H36M_16, H36M_17) if skeleton is None else (get_skeleton(skeleton),)
    for candidate in candidates:
        num_edges = int(Graph.from_skeleton(candidate).support.sum())
        if size == (num_edges if semantic else candidate.num_joints):
            return candidate
    names = " or ".join(candidate.name for candidate in candidates)
    what = "edge weights" if semantic else "modulated joints"
    hint = "; name its skeleton" if skeleton is None else ""
    raise InputError(f"the checkpoint has {size} {what}, which is not {names}{hint}")


def _network(program: str) -> Network:
    return Network(program, lambda state: program_of(state) == program, build, layout)


NETWORKS = tuple(map(_network, (SEMGCN, EXACT, DETECTED)))
