"""Convert a checkpoint of the public code into one of posegcn.

posegcn import ckpt_semgcn.pth.tar --out semgcn.safetensors
"""

import argparse
from pathlib import Path

from posegcn.checkpoints import save_checkpoint
from posegcn.cli.options import add_json, show
from posegcn.errors import InputError
from posegcn.published import load_published


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("published", metavar="FILE", help="checkpoint of the public code")
    parser.add_argument("--out", required=True, metavar="FILE", help="ends in .safetensors")
    parser.add_argument("--skeleton", metavar="NAME", help="where the weights do not tell it")
    add_json(parser)


def run(options: argparse.Namespace) -> None:
    """Import."""
    out = Path(options.out)
    if out.suffix != ".safetensors":
        raise InputError(f"--out should end in .safetensors, got {options.out!r}")
    given = {} if options.skeleton is None else {"skeleton": options.skeleton}
    model, notes = load_published(options.published, **given)
    save_checkpoint(out, model, {"imported": Path(options.published).name, "notes": notes})
    parameters = sum(parameter.numel() for parameter in model.parameters())
    text = "\n".join([*notes, f"{parameters:,} parameters written to {out}"])
    show(options, {"model": model.config, "parameters": parameters, "notes": notes}, text)
