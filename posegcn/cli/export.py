"""Write a checkpoint as the public program of its network reads it, or as ONNX.

posegcn export runs/first --out ckpt_first.pth.tar
posegcn export runs/first --out first.onnx
posegcn export runs/first --out lifter.onnx --pixels
"""

import argparse
from pathlib import Path

from posegcn.checkpoints import load_checkpoint
from posegcn.cli.options import add_force, add_json, show
from posegcn.errors import InputError
from posegcn.export import lifter_to_onnx, to_onnx
from posegcn.files import check_writable
from posegcn.models.refine import RefinedGCN
from posegcn.outputs import check_new
from posegcn.published import save_published


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "checkpoint", metavar="CHECKPOINT", help="a .safetensors file, or the folder of a run"
    )
    parser.add_argument(
        "--out", required=True, metavar="FILE", help="ends in .pth, .pth.tar or .onnx"
    )
    parser.add_argument(
        "--pixels",
        action="store_true",
        help="ONNX that takes a video in pixels and the image size, and gives root-relative metres",
    )
    parser.add_argument(
        "--refinement", metavar="FILE", help="second file of a network with pose refinement"
    )
    add_force(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> None:
    """Export."""
    files = [name for name in (options.out, options.refinement) if name is not None]
    for name in files:
        if not name.endswith((".pth", ".pth.tar", ".onnx")):
            raise InputError(
                f"the public programs read .pth and .pth.tar files, others .onnx, got {name!r}"
            )
        check_writable(name)
    if len({Path(name).resolve() for name in files}) < len(files):
        raise InputError("--out and --refinement should be two files")
    as_onnx = options.out.endswith(".onnx")  # refinement and all
    if options.pixels and not as_onnx:
        raise InputError(f"--pixels is for ONNX, expected --out to end in .onnx, got {options.out}")
    model, card = load_checkpoint(options.checkpoint)
    whole = as_onnx or not isinstance(model, RefinedGCN)
    parts = [model] if whole else [model.lifter, model.refinement]
    if len(files) != len(parts):
        takes = "--out and --refinement" if len(parts) == 2 else "--out alone"
        raise InputError(f"{options.checkpoint} is written with {takes}")
    for name in files:
        check_new(name, options.force)
    epoch = card.get("epoch")
    for name, part in zip(files, parts, strict=True):
        if options.pixels:
            lifter_to_onnx(part, name, card.get("body_size"))
        elif as_onnx:
            to_onnx(part, name)
        else:
            save_published(Path(name), part, epoch=epoch if isinstance(epoch, int) else 0)
    show(options, {"files": files}, "\n".join(f"written to {name}" for name in files))
