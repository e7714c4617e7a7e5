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


def test_vectors_that_travel_with_the_repository_are_small():
    size = sum(path.stat().st_size for path in parity.VECTORS.rglob("*") if path.is_file())
    assert size < 2_000_000
