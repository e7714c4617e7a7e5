"""Published Graph Stacked Hourglass checkpoints (tamasino52/GraphSH, main_graph_sh.py)."""

from collections.abc import Mapping

from torch import Tensor, nn

from posegcn.errors import InputError, look_up
from posegcn.layers import layer_options
from posegcn.models import architecture, make_model
from posegcn.models.graph_hourglass import REDUCTION
from posegcn.published.keys import Layout, count, shape_of
from posegcn.published.network import Network
from posegcn.skeleton import Skeleton
from posegcn.skeletons import H36M_16, get_skeleton

WEIGHT = "gconv_input.gconv.W"
# What the public program computes, where it is not our default.
AS_PUBLISHED = {
    "convst": {"partition": "index"},
    "nosharing": {"normalisation": "column"},
    "modulated": {"normalisation": "row"},
}
BROKEN = ("postagg",)  # raises there
PYRAMIDS = {
    "published": "unpooling exchanges the left and the right leg, and the graphs of 8 and 4 nodes "
    "are not those of their groups (pyramid 'published')",
    "mended": "legs and coarse graphs are mended (pyramid 'mended'); trained with the public "
    "tables, it would be another network",
}
NOTES = {
    "convst": "neighbours are told apart by joint number (partition 'index')",
    "nosharing": "a message is divided by the degree of its source (normalisation 'column'); "
    "matrices of pairs without an edge never act and are left out",
}


def fits(state: Mapping[str, Tensor]) -> bool:
    """Whether the keys are those of a Graph Stacked Hourglass checkpoint."""
    return {WEIGHT, "se_blocks.fc1.weight", "gconv_output.weight"} <= set(state)


def build(
    state: Mapping[str, Tensor],
    *,
    skeleton: str | Skeleton | None = None,
    layer: str | None = None,
    pyramid: str = "published",
) -> tuple[nn.Module, list[str]]:
    """The network of a checkpoint, and notes.

    Args:
        state: Parameters under the published names.
        skeleton: Body of the checkpoint; 16 Human3.6M joints where it is not given.
        layer: Name of the graph convolution, where shapes do not tell it: decoupled pre- and
            post-aggregation store the same.
        pyramid: ``"published"``, or ``"mended"`` where the tables were mended before training.

    Raises:
        InputError: The layer cannot be told, is another than the shapes say, the skeleton is not
            that of the program, or a parameter that tells the architecture has another shape.
    """
    note = look_up("pyramid of a published checkpoint", pyramid, PYRAMIDS)
    skeleton = H36M_16 if skeleton is None else get_skeleton(skeleton)
    if not skeleton.same_body(H36M_16):
        raise InputError(
            f"published checkpoints of this network are of {H36M_16.name!r}, got {skeleton.name!r}"
        )
    layer = _layer(state, layer)
    model = make_model(
        "graph_hourglass",
        skeleton=skeleton,
        layer=layer,
        channels=shape_of(state, WEIGHT, 3, 4)[-1],
        stacks=count(state, r"gconv_layers\.(\d+)\."),
        pyramid=pyramid,
        init="published",
        **AS_PUBLISHED.get(layer, {}),
    )
    return model, [f"layer {layer}", note, *([NOTES[layer]] if layer in NOTES else [])]


def layout(model: nn.Module) -> Layout:
    """How the public program stores a Graph Stacked Hourglass."""
    return LAYOUT


def check(model: nn.Module) -> None:
    """Refuse a network that the public program would compute otherwise.

    Raises:
        InputError: It would, or cannot build it.
    """
    chosen = architecture(model)
    layer = chosen["layer"]
    wanted = {**layer_options(layer), **AS_PUBLISHED.get(layer, {}), "pyramid": "published"}
    for option, value in wanted.items():
        if option in chosen and chosen[option] != value:
            raise InputError(
                f"the public program computes with {option} {value!r}, this network with "
                f"{chosen[option]!r}: its weights would mean something else there"
            )
    too_narrow = chosen["channels"] < REDUCTION or chosen["channels"] % chosen["stacks"]
    if layer in (*BROKEN, "semantic_ch") or too_narrow:
        raise InputError(
            f"the public program cannot run layer {layer!r} with {chosen['stacks']} stacks of "
            f"{chosen['channels']} channels"
        )


LAYOUT = Layout(
    renames=(
        (r"^input\.", "gconv_input."),
        (r"^hourglasses\.", "gconv_layers."),
        (r"\.down_fine\.", ".gconv1."),
        (r"\.down_middle\.", ".gconv2."),
        (r"\.bottom\.", ".gconv3."),
        (r"\.up_middle\.", ".gconv4."),
        (r"\.up_fine\.", ".gconv5."),
        (r"\.conv\.weight$", ".conv.W"),
        (r"\.conv\.logits$", ".conv.e"),
        (r"\.conv\.modulation$", ".conv.M"),
        (r"\.conv\.offsets$", ".conv.adj2"),
        (r"\.conv\.", ".gconv."),
        (r"\.norm\.", ".bn."),
        (r"^shares\.", "conv_layers."),
        (r"^gate\.squeeze\.", "se_blocks.fc1."),
        (r"^gate\.excite\.", "se_blocks.fc2."),
        (r"^head\.", "gconv_output."),
    ),
    convolutions=((r"^(conv_layers\.\d+|gconv_output)\.weight$", 1),),
)


def _layer(state: Mapping[str, Tensor], given: str | None) -> str:
    """The layer's name, told by what it learns and by the shape of its weights."""
    shape = shape_of(state, WEIGHT, 3, 4)
    prefix = WEIGHT.removesuffix("W")
    if f"{prefix}e" in state:
        names = ("semantic",)
    elif f"{prefix}adj2" in state:
        names = ("modulated",)
    elif len(shape) == 3:
        names = {1: ("vanilla",), 2: ("dc_vanilla",), 3: ("convst",)}.get(shape[0], ())
    elif shape[0] == shape[1]:
        names = ("nosharing",)
    else:  # the public post-aggregation only runs decoupled
        names = {1: ("preagg", *BROKEN), 2: ("dc_preagg", "dc_postagg")}.get(shape[0], ())
    told = f"{WEIGHT!r} has shape {shape}, which is layer {' or '.join(names) or 'unknown'}"
    if not names:
        raise InputError(f"{told} to the public program")
    if given is not None and given not in names:
        raise InputError(f"{told}, not {given!r}")
    if given is None and len(names) != 1 and names[1:] != BROKEN:
        raise InputError(f"{told}; say which: layer='dc_preagg' or --layer dc_preagg")
    return given or names[0]


NETWORK = Network("Graph Stacked Hourglass", fits, build, layout)
