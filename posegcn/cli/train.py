"""Train a network by a recipe, select it on a validation subject, and keep the run in a folder.

posegcn train semgcn-h36m-gt --data synthetic --epochs 2 --out runs/first
posegcn evaluate runs/first --data synthetic
"""

import argparse
import json
from typing import Any

from posegcn.checkpoints import start_from
from posegcn.cli.options import add_data, add_device, add_json, show
from posegcn.data import open_source
from posegcn.errors import InputError, look_up
from posegcn.recipes import RECIPES, Recipe
from posegcn.training import fit


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("recipe", metavar="RECIPE", help="name from `posegcn list recipes`")
    add_data(parser)
    parser.add_argument("--out", metavar="RUN", required=True, help="folder of the run")
    parser.add_argument("--epochs", type=int, metavar="N", help="instead of the recipe's")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="change a field of the recipe, or model.OPTION of its network; repeatable",
    )
    parser.add_argument("--seed", type=seed, default=0, metavar="N", help="default 0")
    parser.add_argument(
        "--selection",
        default="held_out",
        metavar="RULE",
        help="held_out: choose the epoch on a training subject that is held out (default);\n"
        "published: on the test subjects, as the public code does",
    )
    parser.add_argument(
        "--start",
        metavar="CHECKPOINT",
        help="begin with these weights, of the same network or of the lifter inside a refined one",
    )
    parser.add_argument("--resume", action="store_true", help="go on with the run in RUN")
    parser.add_argument(
        "--save-minutes",
        type=float,
        default=5.0,
        metavar="N",
        help="keep the state to resume from that often within an epoch (default 5)",
    )
    parser.add_argument("--tensorboard", action="store_true", help="write event files into RUN")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    add_device(parser)
    add_json(parser)


def seed(text: str) -> int:
    """A seed that the generators of torch take."""
    value = int(text)
    if not -(2**63) <= value < 2**63:
        raise argparse.ArgumentTypeError(f"expected a whole number of 64 bits, got {value}")
    return value


def run(options: argparse.Namespace) -> None:
    """Train."""
    recipe = look_up("recipe", options.recipe, RECIPES)
    recipe = _changed(recipe, options.set)
    if options.epochs is not None:
        recipe = recipe.replace(epochs=options.epochs)
    model = recipe.build(options.seed)  # before the data, which take longer
    if options.start is not None:
        start_from(model, options.start)
    data = open_source(options.data, recipe.skeleton, options.data_seed)
    train, validation, _ = data.split(options.selection)
    result = fit(
        model,
        train,
        validation,
        recipe=recipe,
        seed=options.seed,
        start=options.start,
        device=options.device,
        out=options.out,
        resume=options.resume,
        save_minutes=options.save_minutes,
        progress=not options.quiet,
        tensorboard=options.tensorboard,
    )
    best = result.best
    text = (
        f"epoch {best.epoch} of {len(result.history)} is the best: "
        f"{best.validation_mm:.2f} mm on the validation subject\n"
        f"checkpoints, log.csv and curve.png are in {options.out}\n"
        f"next: posegcn evaluate {options.out} --data {options.data}"
    )
    show(options, {**result.card, "history": [epoch._asdict() for epoch in result.history]}, text)


def _changed(recipe: Recipe, assignments: list[str]) -> Recipe:
    """The recipe with the fields of ``--set`` changed."""
    changes: dict[str, Any] = {}
    model_options = dict(recipe.model_options)
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise InputError(f"--set takes FIELD=VALUE, got {assignment!r}")
        if name == "model_options":
            raise InputError(
                "--set takes one option of the network at a time, model.OPTION=VALUE, "
                f"got {assignment!r}"
            )
        value = _value(text)
        if name.startswith("model."):
            model_options[name.removeprefix("model.")] = value
        else:
            changes[name] = value
    return recipe.replace(**changes, model_options=model_options)


def _value(text: str) -> Any:
    """What a text says in JSON, or as numbers with commas between them; else the text."""
    for form in (text, f"[{text}]"):
        try:
            return json.loads(form)
        except (ValueError, RecursionError):  # no JSON, too many digits, too many brackets
            continue
    return text
