"""Numbers of twelve bits, which are two letters each in the text of a page."""

import math
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any

from torch import Tensor

LETTERS = f"{ascii_uppercase}{ascii_lowercase}{digits}+/"  # those of base64
LARGEST = 2047


def fixed(values: Tensor) -> Tensor:
    """Values as whole multiples of one power of two, 2047 of it at most.

    Single precision holds them exactly: Python computes with what the page has.
    """
    step = _step(values)
    return (values / step).round() * step


def fixed_data(values: Tensor) -> dict[str, Any]:
    """Values of :func:`fixed` for ``decode`` in js/tensor.js."""
    values = values.detach().cpu().double()
    step = _step(values)
    numbers = (values / step).round().long().flatten() + LARGEST + 1
    letters = (LETTERS[number // 64] + LETTERS[number % 64] for number in numbers.tolist())
    return {
        "shape": list(values.shape),
        "kind": "fixed12",
        "step": step,
        "bytes": "".join(letters),
    }


def _step(values: Tensor) -> float:
    largest = values.detach().abs().max().item()
    return 2.0 ** math.ceil(math.log2(largest / LARGEST)) if largest else 1.0
