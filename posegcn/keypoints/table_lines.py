"""Reads the lines of a table in blocks: a long one takes a few seconds and little memory."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from posegcn.errors import InputError
from posegcn.keypoints.values import finite, person_name, shown, whole_number

NEEDED = ("frame", "joint", "x", "y")
COLUMNS = (*NEEDED, "person", "confidence")
DELIMITERS = (",", ";", "\t")
_SUSPICIOUS = "# \t\r\n"  # first signs of lines that may be empty or a comment
_BLOCK = 20_000  # lines that are read at a time
_WIDE = 4  # joints with columns of their own, for a table to have one line for each frame


class Block(NamedTuple):
    """Lines as numbers; people and joints are places in lists of names."""

    frames: np.ndarray
    people: np.ndarray
    joints: np.ndarray
    values: np.ndarray  # (N, 3)


class Names(dict[str, int]):
    """Names, each with its place in the order in which they came."""

    def places(self, names: Iterable[str]) -> np.ndarray:
        """Where each name is; new ones get the next place."""
        return np.array([self.setdefault(name, len(self)) for name in names])


def header_of(lines: Iterable[str]) -> tuple[list[str], str]:
    """Names of the columns in small letters, and what separates them."""
    line = next(_without_comments(lines), "")
    split = {sign: line.split(sign) for sign in DELIMITERS}
    sign = max(split, key=lambda sign: len(split[sign]))
    return [name.strip().strip('"').strip().lower() for name in split[sign]], sign


def is_wide(header: Sequence[str]) -> bool:
    """Whether each joint has columns of its own, as nose_x and nose_y."""
    places = [name[:-1] for name in header if name[-1:] == "x" and len(name) > 1]
    return sum(f"{place}y" in header for place in places) >= _WIDE


def blocks(lines: Iterable[str], joints: Names, people: Names) -> Iterator[Block]:
    """The lines behind the header, many at a time.

    Raises:
        InputError: A column is missing, or a line is damaged.
    """
    header, sign = header_of(lines)
    _check(header)
    following = islice(_without_comments(lines), 1, None)
    before = 1  # the header
    while some := list(islice(following, _BLOCK)):
        try:
            columns = _columns(some, len(header), sign)
            yield _block(dict(zip(header, columns, strict=True)), sign, joints, people)
        except (ValueError, csv.Error) as error:
            raise _damaged(header, sign, some, before) from error
        before += len(some)


def _columns(lines: Sequence[str], count: int, sign: str) -> list[Sequence[str]]:
    """What stands in each column; by string operations alone where nothing is quoted."""
    if any('"' in line for line in lines):
        rows = list(csv.reader(lines, delimiter=sign, strict=True, skipinitialspace=True))
        return list(zip(*rows, strict=True))
    if {line.count(sign) for line in lines} != {count - 1}:
        raise ValueError("lines of another length")
    words = sign.join(line.rstrip("\r\n") for line in lines).split(sign)
    return [words[column::count] for column in range(count)]


def _without_comments(lines: Iterable[str]) -> Iterator[str]:
    return (
        line
        for line in lines
        if line[:1] not in _SUSPICIOUS or (line.strip() and not line.lstrip().startswith("#"))
    )


def _check(header: Sequence[str]) -> None:
    if twice := next((name for name in COLUMNS if header.count(name) > 1), None):
        raise InputError(f"expected one column {twice!r}, got {header.count(twice)}")
    missing = [name for name in NEEDED if name not in header]
    if not missing:
        return
    if is_wide(header):
        raise InputError(
            f"expected one line for each joint of each frame, with the columns {', '.join(NEEDED)} "
            "and if wanted person and confidence, got one for each frame, with the columns "
            f"{', '.join(header[:4])}, ..."
        )
    raise InputError(f"expected a column {missing[0]!r}, got {shown(list(header))}")


def _block(columns: dict[str, Sequence[str]], sign: str, joints: Names, people: Names) -> Block:
    count = len(columns["frame"])
    person = columns.get("person", ("0",) * count)
    spelled = {name: person_name(name) for name in set(person)}
    values = np.ones((count, 3))
    for index, name in enumerate(("x", "y", "confidence")):
        if name in columns:
            values[:, index] = _numbers(columns[name], sign)
    names = [name.strip() for name in columns["joint"]]
    if not all(names):
        raise InputError("expected the name of a joint in every line, got none")
    return Block(
        np.array(_frames(columns["frame"]), dtype=np.int64),
        people.places(spelled[name] for name in person),
        joints.places(names),
        finite(values, "the table").astype(np.float32),
    )


def _frames(column: Sequence[str]) -> list[int]:
    try:
        frames = list(map(int, column))
    except ValueError:  # 3.0 is a whole number as well
        frames = [whole_number(float(text), "the frame") for text in column]
    if max(frames) >= 2**62:
        raise InputError(f"expected frames counted from 0 or 1, got {shown(max(frames))}")
    return frames


def _numbers(column: Sequence[str], sign: str) -> list[float]:
    try:
        return list(map(float, column))
    except ValueError:
        return [_number(text.strip(), sign) for text in column]


def _number(text: str, sign: str) -> float:
    if not text:
        return float("nan")
    return float(text.replace(",", ".") if sign == ";" else text)


def _damaged(header: Sequence[str], sign: str, lines: Sequence[str], before: int) -> InputError:
    """What is wrong with the first line that is."""
    for number, line in enumerate(lines, before + 1):
        try:
            (row,) = csv.reader([line], delimiter=sign, strict=True, skipinitialspace=True)
            if len(row) != len(header):
                return InputError(
                    f"is a damaged table: expected {len(header)} columns near line {number}, got "
                    f"{len(row)}"
                )
            columns = {name: (word,) for name, word in zip(header, row, strict=True)}
            _block(columns, sign, Names(), Names())
        except InputError as error:
            return error
        except (ValueError, csv.Error):
            return InputError(f"is a damaged table near line {number}: {shown(line.strip())}")
    return InputError(f"is a damaged table between the lines {before} and {before + len(lines)}")
