"""Convert a checkpoint of the public code into one of posegcn.

posegcn import ckpt_semgcn.pth.tar --out semgcn.safetensors
"""

import argparse
from pathlib import Path

from posegcn.checkpoints import save_checkpoint
from posegcn.cli.options import add_json, show
from posegcn.errors import InputError
from posegcn.inspection import count_parameters
from posegcn.published import load_published

# What a checkpoint may leave open: metavar and help by name of the option.
OPEN = {
    "skeleton": ("NAME", "where the weights do not tell it"),
    "layer": (
        "NAME",
        "for Graph Stacked Hourglass: dc_preagg and dc_postagg look the same",
    ),
    "pyramid": (
        "NAME",
        "for Graph Stacked Hourglass: published (default), or mended where the index tables\n"
        "were corrected before training",
    ),
    "refinement": (
        "FILE",
        "for Modulated GCN with detected keypoints: checkpoint of its pose refinement",
    ),
    "links": (
        "NAME",
        "for GLA-GCN: the fixed graph, which is not stored; published_h36m_2021 for files\n"
        "from before March 2022 (default: tree, for HumanEva published_humaneva_15)",
    ),
    "strides": ("N,N,...", "for GLA-GCN: of its levels (default 3 each)"),
    "keypoint_skeleton": (
        "NAME",
        "for VideoPose3D: of the keypoints, where it is another than that of the joints",
    ),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("published", metavar="FILE", help="checkpoint of the public code")
    parser.add_argument("--out", required=True, metavar="FILE", help="ends in .safetensors")
    for name, (metavar, text) in OPEN.items():
        kind = strides if name == "strides" else str
        parser.add_argument(_flag(name), metavar=metavar, type=kind, help=text)
    parser.add_argument(
        "--causal",
        action="store_const",
        const=True,
        help="for VideoPose3D: trained to predict the last frame of the window",
    )
    add_json(parser)


def strides(text: str) -> tuple[int, ...]:
    """Whole numbers with commas between them."""
    return tuple(int(number) for number in text.split(","))


def run(options: argparse.Namespace) -> None:
    """Import."""
    out = Path(options.out)
    if out.suffix != ".safetensors":
        raise InputError(f"--out should end in .safetensors, got {options.out!r}")
    chosen = {name: getattr(options, name) for name in (*OPEN, "causal")}
    given = {name: value for name, value in chosen.items() if value is not None}
    model, notes = load_published(options.published, **given)
    save_checkpoint(out, model, {"imported": Path(options.published).name, "notes": notes})
    parameters = count_parameters(model)
    text = "\n".join([*notes, f"{parameters:,} parameters written to {out}"])
    show(options, {"model": model.config, "parameters": parameters, "notes": notes}, text)


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"
