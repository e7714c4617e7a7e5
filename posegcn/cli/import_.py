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

OPTIONS = (
    "skeleton",
    "layer",
    "pyramid",
    "refinement",
    "links",
    "strides",
    "keypoint_skeleton",
    "causal",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("published", metavar="FILE", help="checkpoint of the public code")
    parser.add_argument("--out", required=True, metavar="FILE", help="ends in .safetensors")
    parser.add_argument("--skeleton", metavar="NAME", help="where the weights do not tell it")
    parser.add_argument(
        "--layer",
        metavar="NAME",
        help="for Graph Stacked Hourglass: dc_preagg and dc_postagg look the same",
    )
    parser.add_argument(
        "--pyramid",
        metavar="NAME",
        help="for Graph Stacked Hourglass: published (default), or mended where the index tables\n"
        "were corrected before training",
    )
    parser.add_argument(
        "--refinement",
        metavar="FILE",
        help="for Modulated GCN with detected keypoints: checkpoint of its pose refinement",
    )
    parser.add_argument(
        "--links",
        metavar="NAME",
        help="for GLA-GCN: the fixed graph, which is not stored; published_h36m_2021 for files\n"
        "from before March 2022 (default: tree, for HumanEva published_humaneva_15)",
    )
    parser.add_argument(
        "--strides",
        metavar="N,N,...",
        type=strides,
        help="for GLA-GCN: of its levels (default 3 each)",
    )
    parser.add_argument(
        "--keypoint-skeleton",
        metavar="NAME",
        help="for VideoPose3D: of the keypoints, where it is another than that of the joints",
    )
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
    given = {name: getattr(options, name) for name in OPTIONS if getattr(options, name) is not None}
    model, notes = load_published(options.published, **given)
    save_checkpoint(out, model, {"imported": Path(options.published).name, "notes": notes})
    parameters = count_parameters(model)
    text = "\n".join([*notes, f"{parameters:,} parameters written to {out}"])
    show(options, {"model": model.config, "parameters": parameters, "notes": notes}, text)
