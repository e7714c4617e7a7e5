"""Reads ``.npz`` files, also those with pickled dictionaries inside, without executing them.

The files of the field store nested dictionaries of arrays as pickles, and ``numpy.load`` with
``allow_pickle=True`` runs whatever a pickle asks for. Here a pickle may build NumPy arrays,
dtypes, scalars and plain containers; anything else is refused.
"""

import pickle
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from posegcn.errors import InputError


def read_npz(path: str | Path, names: Iterable[str]) -> dict[str, Any]:
    """Arrays of an ``.npz`` file by name; a pickled object comes as what it holds.

    Raises:
        InputError: The file is missing or damaged, lacks one of the names, or holds a pickle
            that asks for more than data.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"there is no file {path}")
    try:
        with zipfile.ZipFile(path) as archive:
            held = [Path(name).stem for name in archive.namelist()]
            if missing := [name for name in names if name not in held]:
                raise InputError(
                    f"{path} holds no {missing[0]!r}, only: {', '.join(held) or 'nothing'}"
                )
            return {name: _read_npy(archive, name) for name in names}
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    except Exception as error:  # a damaged pickle or header can raise anything
        raise InputError(f"{path} is damaged or no .npz file ({error}); fetch it again") from error


def _read_npy(archive: zipfile.ZipFile, name: str) -> Any:
    with archive.open(f"{name}.npy") as stream:
        version = np.lib.format.read_magic(stream)
        headers = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }
        shape, _, dtype = headers[version](stream)
        if dtype.hasobject:
            value = RestrictedUnpickler(stream, encoding="latin1").load()
            return value.item() if shape == () else value
    with archive.open(f"{name}.npy") as stream:
        return np.lib.format.read_array(stream, allow_pickle=False)


def _latin1(text: str, encoding: str) -> bytes:
    """What a protocol 2 pickle calls to turn text into bytes."""
    if encoding != "latin1":
        raise InputError(f"it encodes text as {encoding!r}, which array data never does")
    return text.encode("latin1")


def _allowed() -> dict[tuple[str, str], Callable]:
    """The callables of an honest data file, under the names old and new NumPy give them."""
    array = np.zeros(1)
    reconstruct = array.__reduce__()[0]
    scalar = np.float64(0).__reduce__()[0]
    from_buffer = array.__reduce_ex__(5)[0]
    table = {
        ("numpy", "ndarray"): np.ndarray,
        ("numpy", "dtype"): np.dtype,
        ("_codecs", "encode"): _latin1,
    }
    for core in ("numpy.core", "numpy._core"):
        table[f"{core}.multiarray", "_reconstruct"] = reconstruct
        table[f"{core}.multiarray", "scalar"] = scalar
        table[f"{core}.numeric", "_frombuffer"] = from_buffer
    return table


class RestrictedUnpickler(pickle.Unpickler):
    """Unpickler that knows only what builds arrays, dtypes, scalars and plain containers."""

    ALLOWED = _allowed()

    def find_class(self, module: str, name: str) -> Callable:
        """The callable a pickle asks for.

        Raises:
            InputError: It is not one of the few that data need.
        """
        if (module, name) not in self.ALLOWED:
            raise InputError(f"a pickle inside asks for {module}.{name}, which is not data")
        return self.ALLOWED[module, name]
