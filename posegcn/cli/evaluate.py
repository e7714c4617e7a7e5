"""Measure a checkpoint on test subjects: errors by action and by joint.

posegcn evaluate runs/first --data synthetic --flip --json report.json
"""

import argparse

from posegcn.checkpoints import load_checkpoint
from posegcn.cli.options import add_data, add_device, add_json, show
from posegcn.data import open_source
from posegcn.data.clips import PARTS
from posegcn.errors import look_up
from posegcn.evaluation import ALIGNMENTS, evaluate
from posegcn.measures import POOLINGS, ROWS
from posegcn.models.refine import use_root_depth


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
        "--pooling",
        default="all",
        metavar="NAME",
        help="all: every frame counts once (default); released: as the public temporal programs,\n"
        "by subject only the last recording of an action, velocities by the frames of a clip",
    )
    parser.add_argument(
        "--root-depth",
        metavar="NAME",
        help="for networks with refinement; published: they are given the true depth of the root,\n"
        "as the public code does (default: as in training)",
    )
    add_device(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> None:
    """Evaluate."""
    look_up("alignment", options.alignment, ALIGNMENTS)
    look_up("rows", options.by, ROWS)
    look_up("pooling", options.pooling, {name: name for name in POOLINGS})
    look_up("split", options.split, {name: name for name in PARTS})
    model, card = load_checkpoint(options.checkpoint)
    if options.root_depth is not None:
        use_root_depth(model, options.root_depth)
    clips = open_source(options.data, model.skeleton, options.data_seed).part(options.split)
    report = evaluate(
        model,
        clips,
        flip=options.flip,
        alignment=options.alignment,
        by=options.by,
        pooling=options.pooling,
        device=options.device,
    )
    report.card["checkpoint"] = str(options.checkpoint)
    recipe = card.get("recipe")
    report.card["recipe"] = recipe.get("name") if isinstance(recipe, dict) else recipe
    for key in ("seed", "epoch", "selection", "train_subjects", "imported"):
        report.card[key] = card.get(key)
    show(options, report.to_dict(), report.table())
