"""Reference numbers of the public implementations.

A few travel with the repository in ``tests/vectors``; the full set is a folder of the same layout
named by ``POSEGCN_PARITY``.
"""

import json
import os
from pathlib import Path

import numpy as np
import torch

VECTORS = Path(__file__).parents[1] / "vectors"
FULL_SET = os.environ.get("POSEGCN_PARITY")
ROOT = Path(FULL_SET) if FULL_SET else VECTORS

ran = set()


def cases(*names):
    """Those of the cases that are to be had: all of them where the full set is."""
    return [name for name in names if FULL_SET or (VECTORS / f"{name}.npz").is_file()]


def load(name):
    """Arrays of a case by key; the case counts as run."""
    ran.add(name)
    with np.load(ROOT / f"{name}.npz", allow_pickle=False) as file:
        return {key: file[key] for key in file.files}


def path(name):
    """File of a case that is no array; the case counts as run."""
    ran.add(name)
    return ROOT / name


def manifest(name):
    """What is known of a single-frame case: constructor, batch, tolerances."""
    entries = json.loads((VECTORS / "single_frame" / "manifest.json").read_text())
    return entries[f"{name.removeprefix('single_frame/')}.npz"]


def tensors(arrays, prefix, dtype=torch.float32):
    """Arrays whose key begins with ``prefix/``, without it, as tensors."""
    found = {}
    for key, value in arrays.items():
        if key.startswith(f"{prefix}/"):
            tensor = torch.from_numpy(np.asarray(value))
            found[key.removeprefix(f"{prefix}/")] = (
                tensor.to(dtype) if tensor.is_floating_point() else tensor
            )
    return found
