"""Reads pickled arrays, scalars and plain containers, and calls nothing that a pickle names.

A pickle is a program. Even NumPy's own part of it can be made to read memory it does not own, by
an array of objects over bytes, or a dtype whose state was forged. So the names that an honest data
file asks for lead to placeholders of this module, which take the pickled state as data: a shape, a
simple dtype and bytes. What they hold becomes arrays once the pickle has been read.
"""

import pickle
from collections.abc import Callable
from math import prod
from typing import Any, BinaryIO

import numpy as np

from posegcn.errors import InputError

KINDS = "biufSUO"  # truth values, whole and real numbers, text; objects only as lists of data


def load_pickle(stream: BinaryIO) -> Any:
    """What a pickle holds, as arrays, scalars, dictionaries, lists and tuples.

    Raises:
        InputError: It asks for more than data.
    """
    return _plain(_Unpickler(stream, encoding="latin1").load())


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """The placeholder for what a pickle asks for."""
        if (module, name) not in PLACEHOLDERS:
            raise InputError(f"a pickle inside asks for {module}.{name}, which is not data")
        return PLACEHOLDERS[module, name]


class _DType:
    """A dtype: its code, and the byte order that its state tells."""

    def __init__(self, code: str, *_: Any):
        self.dtype = _checked(np.dtype(str(code)))

    def __setstate__(self, state: tuple) -> None:
        order, *structure = state[1:5]
        if structure[0] is not None or structure[2] is not None:
            raise InputError("a pickle inside holds an array of records, which is not data")
        self.dtype = self.dtype if order == "|" else self.dtype.newbyteorder(order)


class _Array:
    """An array, asked for empty and then filled by its state."""

    def __init__(self, *_: Any):
        self.array = np.zeros(0)

    def __setstate__(self, state: tuple) -> None:
        _, shape, kind, fortran, content = state
        self.array = _array(kind.dtype, shape, content, "F" if fortran else "C")


def _array(dtype: np.dtype, shape: tuple[int, ...], content: Any, order: str = "C") -> np.ndarray:
    if not dtype.hasobject:
        return np.frombuffer(_as_bytes(content), dtype).reshape(shape, order=order).copy()
    if type(content) is not list or len(content) != prod(shape):
        raise InputError("a pickle inside holds objects that are not a list of data")
    flat = np.empty(len(content), dtype=object)
    for place, value in enumerate(content):
        flat[place] = _plain(value)
    return flat.reshape(shape, order=order)


def _checked(dtype: np.dtype) -> np.dtype:
    if dtype.kind not in KINDS:
        raise InputError(f"a pickle inside holds an array of {dtype}, which is not data")
    return dtype


def _as_bytes(content: Any) -> bytes:
    """Raw numbers; Python 2 pickled them as text."""
    return content.encode("latin1") if isinstance(content, str) else bytes(content)


def _latin1(text: str, encoding: str) -> bytes:
    """What a protocol 2 pickle calls to turn text into bytes."""
    if encoding != "latin1":
        raise InputError(f"it encodes text as {encoding!r}, which array data never does")
    return text.encode("latin1")


def _scalar(kind: _DType, content: Any) -> Any:
    return _array(kind.dtype, (), content)[()]


def _from_buffer(content: Any, kind: _DType, shape: tuple[int, ...], order: str) -> np.ndarray:
    return _array(kind.dtype, shape, content, order)


def _plain(value: Any) -> Any:
    """The same with arrays in the place of placeholders."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_plain(entry) for entry in value)
    return value.array if isinstance(value, _Array) else value


def _ndarray(*_: Any) -> None:
    """Named in every honest pickle, and called in none."""
    raise InputError("a pickle inside calls numpy.ndarray, which is not data")


def _placeholders() -> dict[tuple[str, str], Callable]:
    """By the names that old and new NumPy give them."""
    table = {
        ("numpy", "ndarray"): _ndarray,
        ("numpy", "dtype"): _DType,
        ("_codecs", "encode"): _latin1,
    }
    for core in ("numpy.core", "numpy._core"):
        table[f"{core}.multiarray", "_reconstruct"] = _Array
        table[f"{core}.multiarray", "scalar"] = _scalar
        table[f"{core}.numeric", "_frombuffer"] = _from_buffer
    return table


PLACEHOLDERS = _placeholders()
