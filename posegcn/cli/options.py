"""Options that several commands share, and how they print."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from posegcn.data import SOURCES
from posegcn.devices import DEVICES
from posegcn.files import write_atomically

STDOUT = "-"


def add_data(parser: argparse.ArgumentParser) -> None:
    """``--data`` and what goes with it."""
    width = max(len(source.form) for source in SOURCES.values()) + 2
    forms = "\n".join(f"{source.form:{width}}{source.summary}" for source in SOURCES.values())
    parser.add_argument("--data", metavar="SOURCE", required=True, help=f"what to use:\n{forms}")
    parser.add_argument(
        "--data-seed",
        type=int,
        default=0,
        metavar="N",
        help="seed of what is random in the data: motion, cameras, noise (default 0)",
    )


def add_device(parser: argparse.ArgumentParser) -> None:
    """``--device``."""
    parser.add_argument(
        "--device", default="auto", metavar="NAME", help=f"{', '.join(DEVICES)} (default auto)"
    )


def add_selection(parser: argparse.ArgumentParser) -> None:
    """``--selection``."""
    parser.add_argument(
        "--selection",
        default="held_out",
        metavar="RULE",
        help="held_out: choose the epoch on a training subject that is held out (default);\n"
        "published: on the test subjects, as the public code does",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """``--json [FILE]``."""
    parser.add_argument(
        "--json",
        nargs="?",
        const=STDOUT,
        metavar="FILE",
        help="write the result as JSON to FILE; without FILE to stdout, and nothing else there",
    )


def show(options: argparse.Namespace, result: Mapping[str, Any], text: str) -> None:
    """Print a result as text or, where that was asked for, as JSON with the command's line."""
    as_json = to_json(options, result)
    if options.json == STDOUT:
        print(as_json)
        return
    print(text)
    if options.json:
        write_atomically(Path(options.json), f"{as_json}\n".encode())
        print(f"written to {options.json}", file=sys.stderr)


def to_json(options: argparse.Namespace, result: Mapping[str, Any]) -> str:
    """A result with the command's line. JSON knows no NaN and no infinity: null stands for them."""
    full = json.dumps({"command": options.command_line, **result})
    return json.dumps(json.loads(full, parse_constant=lambda name: None), indent=1)
