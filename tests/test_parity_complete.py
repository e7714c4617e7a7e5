"""No reference case of what is implemented is forgotten."""

import json
from pathlib import Path

from support import parity

TESTS = Path(__file__).parent


def test_every_single_frame_case_has_a_test():
    manifest = json.loads((parity.VECTORS / "single_frame" / "manifest.json").read_text())
    text = "\n".join(path.read_text() for path in TESTS.rglob("test_*.py"))
    missing = [
        name for name in manifest if name.removesuffix("_io.npz").removesuffix(".npz") not in text
    ]
    assert not missing
    assert len(manifest) == 53


def test_every_temporal_file_has_a_test():
    names = (parity.VECTORS / "temporal" / "files.txt").read_text().split()
    text = "\n".join(path.read_text() for path in TESTS.rglob("test_*.py"))
    missing = [name for name in names if as_called(name) not in text]
    assert not missing
    assert len(names) == 54


def as_called(name):
    """How a test calls a file: made-up data are copied under the name of the real file."""
    case = name.removesuffix(".npz")
    return case.removeprefix("tiny_") if case.startswith("tiny_") else f"temporal/{case}"


def test_vectors_that_travel_with_the_repository_are_small():
    size = sum(path.stat().st_size for path in parity.VECTORS.rglob("*") if path.is_file())
    assert size < 2_000_000
