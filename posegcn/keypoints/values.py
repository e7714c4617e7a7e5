"""Takes values out of what a file holds, or says in one sentence what is wrong with them."""

import reprlib
from typing import Any

import numpy as np

from posegcn.errors import InputError

LARGEST_PIXEL = 1e6  # no image is wider
LARGEST_NUMBER = 1e12  # with which one may reckon until its unit is known


_SHORT = reprlib.Repr()
_SHORT.maxlevel, _SHORT.maxlist, _SHORT.maxdict = 3, 3, 3


def shown(value: Any) -> str:
    """A value in a few characters, for a message."""
    text = _SHORT.repr(value).replace("\n", " ")
    return text if len(text) <= 120 else f"{text[:117]}..."


def person_name(value: Any) -> str:
    """What a file calls a person, as one short line."""
    return " ".join(str(value).split())[:40]


def a_list(value: Any, what: str) -> list:
    """``value``, which has to be a list.

    Raises:
        InputError: It is none.
    """
    if not isinstance(value, list):
        raise InputError(f"expected a list of {what}, got {shown(value)}")
    return value


def a_mapping(value: Any, what: str) -> dict[str, Any]:
    """``value``, which has to be a mapping with names.

    Raises:
        InputError: It is none.
    """
    if not isinstance(value, dict):
        raise InputError(f"expected a mapping for {what}, got {shown(value)}")
    return value


def entry_of(mapping: Any, key: str, what: str) -> Any:
    """The entry of a mapping called ``key``.

    Raises:
        InputError: ``mapping`` is no mapping or has no such entry.
    """
    if not isinstance(mapping, dict) or key not in mapping:
        held = ", ".join(shown(name) for name in list(a_mapping(mapping, what))[:8]) or "nothing"
        raise InputError(f"expected {key!r} in {what}, which holds only {held}")
    return mapping[key]


def whole_number(value: Any, what: str) -> int:
    """A whole number, also one written as 3.0.

    Raises:
        InputError: It is something else.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise InputError(f"expected a whole number for {what}, got {shown(value)}")


def numbers(values: Any, what: str) -> np.ndarray:
    """Numbers from nested lists; NaN in the place of null.

    Raises:
        InputError: There is text among them, lists of unequal length, or a number too large.
    """
    try:
        array = np.array(a_list(values, what))
        if array.dtype == object:  # null, or an integer of more than 64 bits
            if any(isinstance(value, str) for value in array.flat):
                raise TypeError("text")
            array = array.astype(float)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise InputError(f"expected numbers for {what}, got {shown(values)}") from error
    if array.size and array.dtype.kind not in "fiu":
        raise InputError(f"expected numbers for {what}, got {shown(values)}")
    return array.astype(float, copy=False)


def finite(array: np.ndarray, what: str) -> np.ndarray:
    """The same with NaN in the place of infinities.

    Raises:
        InputError: A number is larger than any coordinate could be.
    """
    array = np.where(np.isfinite(array), array, np.nan)
    largest = np.nanmax(np.abs(array), initial=0.0)
    if largest > LARGEST_NUMBER:
        raise InputError(f"expected coordinates in {what}, got {largest:.3g}")
    return array


def triplets(values: Any, what: str) -> np.ndarray:
    """The flat x, y, confidence of most JSON formats.  3 J numbers -> (J, 3)

    Raises:
        InputError: They are no numbers, or their count is not divisible by three.
    """
    array = numbers(values, what)
    if array.ndim != 1 or array.size % 3 or not array.size:
        raise InputError(
            f"expected x, y, confidence for each joint in {what}, got {array.size} numbers"
        )
    return array.reshape(-1, 3)


def check_pixels(keypoints: np.ndarray) -> None:
    """Refuse coordinates that are larger than any image.  (N, J, 2)

    Raises:
        InputError: One is.
    """
    largest = max(np.nanmax(keypoints, initial=0.0), -np.nanmin(keypoints, initial=0.0))
    if largest > LARGEST_PIXEL:
        raise InputError(f"expected coordinates in pixels, got {largest:.3g}")


def stated_confidence(confidence: np.ndarray) -> np.ndarray:
    """Confidences as the file states them; visibility flags 0, 1, 2 become 0, 1, 1.  (N, J)

    They are flags where all of a file are, as in annotations of COCO and labels of YOLO. What is
    no number is 0.
    """
    confidence = np.nan_to_num(confidence, nan=0.0)
    if np.isin(confidence, (0.0, 1.0, 2.0)).all():
        return np.minimum(confidence, 1.0)
    return confidence
