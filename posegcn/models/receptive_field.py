"""Frames that a network over time sees."""

import math
from collections.abc import Sequence

from posegcn.errors import InputError


def receptive_field(kind: str, numbers: Sequence[int]) -> int:
    """Product of the odd numbers by which the levels of a network shorten its window.

    Args:
        kind: What a message calls them: widths, strides.
        numbers: One for each level.

    Raises:
        InputError: One is even.
    """
    if even := [number for number in numbers if number % 2 == 0]:
        raise InputError(f"{kind} must be odd, or no frame is in the middle; got {even[0]}")
    return math.prod(numbers)
