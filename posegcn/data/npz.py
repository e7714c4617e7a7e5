"""Reads ``.npz`` files, also those with pickled dictionaries inside, without executing them.

The files of the field store nested dictionaries of arrays as pickles, and ``numpy.load`` with
``allow_pickle=True`` runs whatever a pickle asks for. Here they go through
:mod:`posegcn.data.pickles`, which takes data and refuses everything else.
"""

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from posegcn.data.pickles import load_pickle
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
            value = load_pickle(stream)
            return value.item() if shape == () and isinstance(value, np.ndarray) else value
    with archive.open(f"{name}.npy") as stream:
        return np.lib.format.read_array(stream, allow_pickle=False)
