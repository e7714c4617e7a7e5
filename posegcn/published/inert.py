"""Reads checkpoints that hold more than tensors: the tensors come out, the rest stays dead.

The programs of VideoPose3D and GLA-GCN store the random state of NumPy beside their weights, as a
pickle that asks for functions to be called. Here only the functions that put tensors together
are; whatever else a pickle asks for becomes a placeholder that does nothing.
"""

import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch

ALLOWED = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): torch._utils._rebuild_tensor_v2,
    ("torch._utils", "_rebuild_parameter"): torch._utils._rebuild_parameter,
    ("torch", "Size"): torch.Size,
}


class Placeholder:
    """Stands for an object that was not made; takes whatever is done to it."""

    def __new__(cls, *args: Any, **options: Any) -> "Placeholder":
        """Made of anything."""
        return super().__new__(cls)

    def __init__(self, *args: Any, **options: Any):
        pass

    def __setstate__(self, state: Any) -> None:
        pass


class InertUnpickler(pickle.Unpickler):
    """An unpickler that knows tensors and plain containers, and nothing to execute."""

    def find_class(self, module: str, name: str) -> Any:
        """The function or class of that name, if it is harmless."""
        return ALLOWED.get((module, name), Placeholder)


def _load(stream: Any, **options: Any) -> Any:
    return InertUnpickler(stream, **options).load()


INERT_PICKLE = SimpleNamespace(__name__="inert", Unpickler=InertUnpickler, load=_load)


def load_inert(path: Path) -> Any:
    """What ``torch.save`` wrote, in the old or the zip format, without executing anything.

    Raises:
        ValueError: The file is of neither format, or holds a program (TorchScript).
    """
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if any(Path(name).name == "constants.pkl" for name in archive.namelist()):
                raise ValueError("the file holds a TorchScript program")
    else:
        with path.open("rb") as stream:
            if stream.read(1) != b"\x80":  # how a pickle begins
                raise ValueError("the file is no pickle")
    return torch.load(path, map_location="cpu", weights_only=False, pickle_module=INERT_PICKLE)
