"""Options that several commands share, and how they print."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from posegcn.data import SOURCES
from posegcn.devices import DEVICES
from posegcn.errors import InputError
from posegcn.files import write_atomically
from posegcn.keypoints import FORMATS, Detections, read_keypoints
from posegcn.outputs import check_new

STDOUT = "-"
MOST_DIGITS = 5  # of the width or height of an image


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


def add_keypoints(parser: argparse.ArgumentParser) -> None:
    """A file of keypoints, and what it may not say itself."""
    width = max(map(len, FORMATS)) + 2
    forms = "\n".join(f"{name:{width}}{entry.form}" for name, entry in FORMATS.items())
    parser.add_argument(
        "keypoints", metavar="KEYPOINTS", help=f"file of a detector, or folder of files:\n{forms}"
    )
    parser.add_argument(
        "--format", metavar="NAME", help="one of these; default: as the contents say"
    )
    parser.add_argument(
        "--image-size",
        type=image_size,
        metavar="WxH",
        help="pixels, instead of what the file says",
    )
    parser.add_argument("--fps", type=float, metavar="N", help="frames per second, likewise")


def image_size(text: str) -> tuple[int, int]:
    """Width and height.  "1920x1080" -> (1920, 1080)"""
    width, _, height = text.lower().partition("x")
    short = len(text) <= 2 * MOST_DIGITS + 1
    if not (short and width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise argparse.ArgumentTypeError(f"expected WIDTHxHEIGHT, as 1920x1080, got {text[:20]!r}")
    return int(width), int(height)


def read(options: argparse.Namespace) -> Detections:
    """What :func:`add_keypoints` asks for."""
    return read_keypoints(
        options.keypoints, format=options.format, image_size=options.image_size, fps=options.fps
    )


def add_force(parser: argparse.ArgumentParser) -> None:
    """``--force``."""
    parser.add_argument("--force", action="store_true", help="overwrite files that are there")


def spare(options: argparse.Namespace, *paths: Path | str) -> None:
    """Refuse to write over what is there, or two things into one file.

    Raises:
        InputError: A path is taken, and ``--force`` is not given; or it is the input, or comes
            twice.
    """
    paths = [Path(path) for path in paths]
    if options.json not in (None, STDOUT):
        paths.append(Path(options.json))
    taken = [Path(options.keypoints).resolve()]
    for path in paths:
        if path.resolve() in taken:
            raise InputError(f"{path} is wanted for two things: choose another name")
        taken.append(path.resolve())
        check_new(path, options.force)


def alone_line(rows: Sequence[str]) -> list[str]:
    """A line that warns of intervals that rows with one recording make too narrow; or none."""
    if not rows:
        return []
    return [f"only one recording each, which adds nothing to the intervals: {', '.join(rows)}"]


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
