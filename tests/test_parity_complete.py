"""No reference case of what is implemented is forgotten."""

import json
from pathlib import Path

from support import parity

TESTS = Path(__file__).parent


def test_every_case_of_semgcn_and_the_linear_model_has_a_test():
    manifest = json.loads((parity.VECTORS / "single_frame" / "manifest.json").read_text())
    cases = {name for name, entry in manifest.items() if entry["system"] == "SemGCN"}
    # The same layers, as Graph Stacked Hourglass has them.
    cases |= {f"layers/graphsh_{layer}_j16.npz" for layer in ("vanilla", "dc_vanilla", "semantic")}
    cases |= {"blocks/graph_conv_bn_relu.npz", "functions/graphs_modulated.npz"}
    text = "\n".join(path.read_text() for path in TESTS.rglob("test_*.py"))
    missing = [
        name for name in cases if name.removesuffix("_io.npz").removesuffix(".npz") not in text
    ]
    assert not missing
    assert len(cases) == 20


def test_vectors_that_travel_with_the_repository_are_small():
    size = sum(path.stat().st_size for path in parity.VECTORS.rglob("*") if path.is_file())
    assert size < 2_000_000
