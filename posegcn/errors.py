"""The one error for input that is at fault, and the look-up by name that raises it."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

Value = TypeVar("Value")


class InputError(ValueError):
    """Input is at fault: the message says what was expected, what came and what to do.

    The command line turns it into one sentence and exit code 2; any other exception is a defect
    of ours or of the machine and exits with 1.
    """


def look_up(kind: str, name: str, table: Mapping[str, Value]) -> Value:
    """The entry of ``table`` called ``name``.

    Raises:
        InputError: There is none; the message suggests the nearest name and lists them all.
    """
    if name in table:
        return table[name]
    near = get_close_matches(str(name), list(table), n=1, cutoff=0.5)
    hint = f", did you mean {near[0]!r}?" if near else "."
    raise InputError(f"unknown {kind} {name!r}{hint} Available: {', '.join(table)}")


class WorkError(RuntimeError):
    """The work itself failed, with nothing wrong in the input: exit code 1 and one sentence."""
