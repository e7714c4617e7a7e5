"""Measure speed beside the textbook loop: training, prediction, evaluation.

posegcn bench --quick
posegcn bench --networks semgcn,gla_gcn-27 --json speed.json
"""

import argparse
import sys

import torch

from posegcn.benchmark.suite import Settings
from posegcn.benchmark.suite import run as run_suite
from posegcn.benchmark.table import table
from posegcn.benchmark.timing import FEWEST_ROUNDS
from posegcn.benchmark.workloads import WORKLOADS, chosen
from posegcn.cli.options import add_device, add_json, show
from posegcn.devices import pick_device
from posegcn.errors import InputError, look_up
from posegcn.training.precision import PRECISIONS


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--quick", action="store_true", help="the main networks, in under five minutes on two cores"
    )
    parser.add_argument(
        "--networks", metavar="A,B", help=f"instead of all:\n{_lines(list(WORKLOADS))}"
    )
    parser.add_argument(
        "--rounds",
        type=count,
        default=15,
        metavar="N",
        help="measurements of each thing, two at least (default 15)",
    )
    parser.add_argument(
        "--threads", type=count, default=1, metavar="N", help="of the CPU (default 1)"
    )
    parser.add_argument(
        "--precision",
        default="fp32",
        metavar="NAME",
        help=f"of training, in both loops: {', '.join(PRECISIONS)} (default fp32)",
    )
    parser.add_argument(
        "--compile", action="store_true", help="also both loops under torch.compile; takes minutes"
    )
    add_device(parser)
    add_json(parser)


def count(text: str) -> int:
    """A whole number from 1 to 1000."""
    value = int(text)
    if not 1 <= value <= 1000:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 to 1000, got {value}")
    return value


def run(options: argparse.Namespace) -> None:
    """Measure."""
    look_up("precision", options.precision, PRECISIONS)
    if options.rounds < FEWEST_ROUNDS:
        raise InputError(f"--rounds takes at least {FEWEST_ROUNDS}, for quartiles; got 1")
    settings = Settings(
        pick_device(options.device),
        options.rounds,
        options.quick,
        options.precision,
        options.compile,
    )
    threads = torch.get_num_threads()
    torch.set_num_threads(options.threads)
    try:
        workloads = chosen(options.networks, options.quick)
        result = run_suite(workloads, settings, lambda text: print(text, file=sys.stderr))
    finally:
        torch.set_num_threads(threads)
    show(options, result, table(result))


def _lines(names: list[str]) -> str:
    """Names with commas between them, a few on each line."""
    return ",\n".join(", ".join(names[first : first + 4]) for first in range(0, len(names), 4))
