"""Reads JSON: a mapping as a whole, a list entry by entry.

Detectors write a list with an entry for each person or frame, and a long clip would take a
gigabyte as objects of Python. Of a list only one entry is in memory at a time, and what follows a
damaged entry is never read.
"""

import gc
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, TextIO

from posegcn.errors import InputError
from posegcn.keypoints.values import shown

NOT_UTF_8 = "expected text in UTF-8 or an .npz file, got other bytes"
LARGEST_ENTRY = 4_000_000  # characters; five hundred people of 133 keypoints have fewer
MOST_ENTRIES = 500_000  # people or frames; of the latter, hours
LARGEST_MEMORY = 700_000_000  # bytes that a mapping may take once it is read
LARGEST_ENTRY_MEMORY = 200_000_000  # bytes that an entry and what follows it in the text may take
# About what Python takes for a mapping, a list, a number in it.
_BYTES_OF = {"{": 250, "[": 90, ",": 35}
_CHUNK = 1_000_000  # characters that are read at a time
_TAIL = 1000  # bytes at the end of a file, in which a list has to end
_BLANK = re.compile(r"[ \t\r\n]*")
_NEAR_THE_END = 16  # characters; what breaks off there may go on in the next chunk


class Entries:
    """The entries of a file that holds a JSON list, in their order.

    Args:
        path: The file.

    Raises:
        InputError: The file ends before its list does; while iterating, that an entry is damaged.
    """

    def __init__(self, path: Path):
        self.path = path
        with open(path, "rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL))
            if not file.read().rstrip().endswith(b"]"):
                raise InputError("is damaged JSON (its list does not end); write it again")

    def __iter__(self) -> Iterator[Any]:
        try:
            with open(self.path, encoding="utf-8-sig") as file:
                yield from _entries(file)
        except UnicodeDecodeError as error:
            raise InputError(NOT_UTF_8) from error

    @cached_property
    def first(self) -> Any:
        """The first entry; ``None`` of an empty list."""
        return next(iter(self), None)

    def __repr__(self) -> str:
        return f"[{self.first!r}, ...]"


def _entries(file: TextIO) -> Iterator[Any]:
    text, count, ends = file.read(_CHUNK), 0, False
    while not text.strip():
        text = file.read(_CHUNK)
    place = text.index("[") + 1
    while not ends:
        place = _BLANK.match(text, place).end()
        if count == 0 and text[place:].startswith("]"):
            place += 1
            break
        try:
            value, end = _uncollected(_DECODER.raw_decode, text, place)
            end = _BLANK.match(text, end).end()
            broken = end == len(text)  # a number may go on, and the sign behind it is not known
        except json.JSONDecodeError as error:
            unfinished = error.msg.startswith("Unterminated string")
            broken = unfinished or error.pos > len(text) - _NEAR_THE_END
            if not broken:
                raise _damaged(error.msg, f"entry {count}") from error
        except InputError:
            raise
        except (RecursionError, ValueError) as error:
            raise _hostile(error) from error
        if broken:
            text, place = _more(file, text[place:], count), 0
            continue
        if text[end] not in ",]":
            raise _damaged("Expecting ',' delimiter", f"entry {count}")
        ends, place, count = text[end] == "]", end + 1, count + 1
        if count > MOST_ENTRIES:
            raise InputError(f"expected at most {MOST_ENTRIES} entries; cut the clip into parts")
        yield value
    rest = text[place:] or file.read(_CHUNK)
    while rest:
        if rest.strip(" \t\r\n"):
            raise _damaged("Extra data", f"what follows entry {count - 1}")
        rest = file.read(_CHUNK)


def _more(file: TextIO, text: str, count: int) -> str:
    """An entry that the text breaks off, with what follows."""
    if len(text) >= LARGEST_ENTRY:
        raise InputError(
            f"expected entries of at most {LARGEST_ENTRY // 10**6} MB, got a longer one: {count}"
        )
    following = file.read(max(_CHUNK, 3 * len(text)))
    if not following:
        raise _damaged("Unexpected end", f"entry {count}")
    text += following
    _check_memory(text, LARGEST_ENTRY_MEMORY)
    return text


def parse_json(text: str) -> Any:
    """What JSON text holds.

    Raises:
        InputError: It is no JSON, nested too deeply, names an entry twice, or would take too much
            memory.
    """
    _check_memory(text, LARGEST_MEMORY)
    try:
        return _uncollected(_DECODER.decode, text)
    except json.JSONDecodeError as error:
        raise _damaged(error.msg, f"line {error.lineno}, column {error.colno}") from error
    except InputError:
        raise
    except (RecursionError, ValueError) as error:
        raise _hostile(error) from error


def _check_memory(text: str, largest: int) -> None:
    """Refuse text that would take too much memory, and time, before it is read."""
    memory = 2 * len(text) + sum(size * text.count(sign) for sign, size in _BYTES_OF.items())
    if memory > largest:
        raise InputError(
            f"expected at most {largest // 10**6} MB in memory, it would take "
            f"{memory // 10**6} MB; cut the clip into parts"
        )


def _uncollected(decode: Callable[..., Any], *arguments: Any) -> Any:
    """What ``decode`` returns; meanwhile Python does not look for garbage, of which there is none.

    It would look after every few hundred lists and mappings, which takes ten times as long as
    reading them.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return decode(*arguments)
    finally:
        if was_enabled:
            gc.enable()


def _damaged(what: str, where: str) -> InputError:
    return InputError(f"is damaged JSON ({what} in {where}); write it again")


def _hostile(error: Exception) -> InputError:
    if isinstance(error, RecursionError):
        return InputError("is JSON nested too deeply to hold keypoints")
    return InputError("is JSON with a number too long to be read")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = counts.most_common(1)[0][0]
        raise InputError(f"is JSON that names {shown(twice)} twice in one mapping")
    return mapping


_DECODER = json.JSONDecoder(object_pairs_hook=_without_duplicates)
