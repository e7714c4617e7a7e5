"""Measure a checkpoint on test subjects: errors by action and by joint.

posegcn evaluate runs/first --data synthetic --flip --json report.json
"""

import argparse

from posegcn.checkpoints import load_checkpoint
from posegcn.cli.options import add_data, add_device, add_json, show
from posegcn.data import open_source
from posegcn.data.clips import PARTS
from posegcn.errors import InputError, look_up
from posegcn.evaluation import ALIGNMENTS, evaluate
from posegcn.evaluation.measures import POOLINGS, ROWS
from posegcn.evaluation.statistics.clip_table import AVERAGINGS
from posegcn.models.refine import use_root_depth
from posegcn.robustness.corruption import CORRUPTIONS, corrupt, corruption_text, read_corruption


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "checkpoint", metavar="CHECKPOINT", help="a .safetensors file, or the folder of a run"
    )
    add_data(parser)
    parser.add_argument("--split", default="test", metavar="NAME", help=f"{', '.join(PARTS)}")
    parser.add_argument("--flip", action="store_true", help="average with the mirrored pose")
    parser.add_argument(
        "--alignment",
        default="root",
        metavar="NAME",
        help="root: subtract the predicted root (default); none: leave joints as predicted;\n"
        "root_zeroed: only zero the root, as the public SemGCN program does on a CPU",
    )
    parser.add_argument(
        "--by",
        default="action",
        metavar="NAME",
        help="rows of the table: action (default), or subject, one for each with each action",
    )
    parser.add_argument(
        "--average",
        default="action",
        metavar="NAME",
        help="headline number: mean over action (default), each of which counts once, or frame;\n"
        "the report holds both",
    )
    parser.add_argument(
        "--pooling",
        default="all",
        metavar="NAME",
        help="all: every frame counts once (default); released: as the public temporal programs,\n"
        "by subject only the last recording of an action, velocities by the frames of a clip",
    )
    _add_inputs(parser)
    add_device(parser)
    add_json(parser)


def _add_inputs(parser: argparse.ArgumentParser) -> None:
    """What the network is given."""
    parser.add_argument(
        "--root-depth",
        metavar="NAME",
        help="for networks with refinement; published: they are given the true depth of the root,\n"
        "as the public code does (default: as in training)",
    )
    parser.add_argument(
        "--corrupt",
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help="make the clips harder; may be given again, in this order; drawn with --data-seed:\n"
        + "\n".join(f"{name:16}{c.summary} ({c.unit})" for name, c in CORRUPTIONS.items()),
    )


def run(options: argparse.Namespace) -> None:
    """Evaluate."""
    look_up("alignment", options.alignment, ALIGNMENTS)
    look_up("rows", options.by, ROWS)
    look_up("averaging", options.average, AVERAGINGS)
    look_up("pooling", options.pooling, {name: name for name in POOLINGS})
    look_up("split", options.split, {name: name for name in PARTS})
    corruptions = [read_corruption(text) for text in options.corrupt]
    if len(dict(corruptions)) < len(corruptions):
        raise InputError(f"--corrupt takes each name once, got {', '.join(options.corrupt)}")
    model, card = load_checkpoint(options.checkpoint)
    if options.root_depth is not None:
        use_root_depth(model, options.root_depth)
    clips = open_source(options.data, model.skeleton, options.data_seed).part(options.split)
    for name, strength in corruptions:
        clips = corrupt(clips, name, strength, seed=options.data_seed)
    report = evaluate(
        model,
        clips,
        flip=options.flip,
        alignment=options.alignment,
        by=options.by,
        averaging=options.average,
        pooling=options.pooling,
        training=card,
        device=options.device,
    )
    if corruptions:
        report.card["corrupt"] = [corruption_text(*corruption) for corruption in corruptions]
    report.card["checkpoint"] = str(options.checkpoint)
    show(options, report.to_dict(), report.table())
