"""Train a network by a recipe, select it on a validation subject, and keep the run in a folder.

posegcn train semgcn-h36m-gt --data synthetic --epochs 2 --out runs/first
posegcn train semgcn-h36m-gt --data synthetic --epochs 2 --out runs/five --seeds 5
torchrun --nproc-per-node=2 -m posegcn train semgcn-h36m-gt --data synthetic --out runs/two
posegcn evaluate runs/first --data synthetic
"""

import argparse
import json
from collections.abc import Sequence
from statistics import mean, stdev
from typing import Any

from posegcn.checkpoints import start_from
from posegcn.cli.options import add_data, add_device, add_json, add_selection, show
from posegcn.data import open_source
from posegcn.errors import InputError, look_up
from posegcn.recipes import RECIPES, Recipe
from posegcn.training import Run, fit_seeds
from posegcn.training.engines import ENGINES
from posegcn.training.precision import PRECISIONS
from posegcn.training.processes import is_first_process

MOST_SEEDS = 64  # side by side; more are better trained one after another


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
    add_selection(parser)
    parser.add_argument(
        "--start",
        metavar="CHECKPOINT",
        help="begin with these weights, of the same network or of the lifter inside a refined one",
    )
    parser.add_argument("--resume", action="store_true", help="go on with the run in RUN")
    parser.add_argument(
        "--save-minutes",
        type=minutes,
        default=5.0,
        metavar="N",
        help="keep the state to resume from that often within an epoch (default 5)",
    )
    parser.add_argument("--tensorboard", action="store_true", help="write event files into RUN")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    add_device(parser)
    _declare_execution(parser)
    add_json(parser)


def _declare_execution(parser: argparse.ArgumentParser) -> None:
    """How steps are executed, and of how many networks."""
    parser.add_argument("--seed", type=seed, default=0, metavar="N", help="default 0")
    parser.add_argument(
        "--seeds",
        type=count,
        default=1,
        metavar="K",
        help="train K networks side by side, from seeds N to N + K - 1, each in a folder of RUN",
    )
    parser.add_argument(
        "--precision",
        default="fp32",
        metavar="NAME",
        help=f"{', '.join(PRECISIONS)} (default fp32); errors are measured in fp32 always",
    )
    parser.add_argument(
        "--engine",
        default="auto",
        metavar="NAME",
        help=f"{', '.join(ENGINES)}: how a step is executed (default auto:\n"
        "as one CUDA graph on a GPU, eager on a CPU)",
    )


def seed(text: str) -> int:
    """A seed that the generators of torch take."""
    value = int(text)
    if not -(2**63) <= value < 2**63:
        raise argparse.ArgumentTypeError(f"expected a whole number of 64 bits, got {value}")
    return value


def minutes(text: str) -> float:
    """A time."""
    value = float(text)
    if not value >= 0:
        raise argparse.ArgumentTypeError(f"expected a number from 0 on, got {text}")
    return value


def count(text: str) -> int:
    """A number of networks."""
    value = int(text)
    if not 1 <= value <= MOST_SEEDS:
        raise argparse.ArgumentTypeError(f"expected a number from 1 to {MOST_SEEDS}, got {value}")
    return value


def run(options: argparse.Namespace) -> None:
    """Train."""
    recipe = look_up("recipe", options.recipe, RECIPES)
    recipe = _changed(recipe, options.set)
    if options.epochs is not None:
        recipe = recipe.replace(epochs=options.epochs)
    seeds = range(options.seed, options.seed + options.seeds)
    models = [recipe.build(seed) for seed in seeds]  # before the data, which take longer
    for model in models if options.start is not None else ():
        start_from(model, options.start)
    data = open_source(options.data, recipe.skeleton, options.data_seed)
    train, validation, _ = data.split(options.selection)
    runs = fit_seeds(
        models,
        train,
        validation,
        recipe=recipe,
        seeds=seeds,
        start=options.start,
        device=options.device,
        precision=options.precision,
        engine=options.engine,
        out=options.out,
        resume=options.resume,
        save_minutes=options.save_minutes,
        progress=not options.quiet,
        tensorboard=options.tensorboard,
    )
    if is_first_process():
        _show(options, runs)


def _show(options: argparse.Namespace, runs: Sequence[Run]) -> None:
    results = [{**run.card, "history": [epoch._asdict() for epoch in run.history]} for run in runs]
    lines, folder = [], options.out
    for run in runs:
        which = "" if len(runs) == 1 else f"seed {run.card['seed']}: "
        lines.append(
            f"{which}epoch {run.best.epoch} of {len(run.history)} is the best: "
            f"{run.best.validation_mm:.2f} mm on the validation subject"
        )
    if len(runs) > 1:
        errors = [run.best.validation_mm for run in runs]
        lines.append(f"mean {mean(errors):.2f} mm, standard deviation {stdev(errors):.2f} mm")
        folder = f"{options.out}/seed{runs[0].card['seed']}"
    lines.append(f"checkpoints, log.csv and curve.png are in {options.out}")
    lines.append(f"next: posegcn evaluate {folder} --data {options.data}")
    result = results[0] if len(runs) == 1 else {"runs": results}
    show(options, result, "\n".join(lines))


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
