"""Stored results are what the code beside them gives."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

FOLDER = os.environ.get("POSEGCN_CMU")
ROOT = Path(__file__).parents[2]
GRAPHS = ROOT / "book" / "results" / "gla_graphs_cmu.npz"


@pytest.mark.skipif(not FOLDER, reason="needs the CMU motion, see POSEGCN_CMU")
def test_measured_graphs_are_those_of_the_stored_command(monkeypatch):
    monkeypatch.chdir(ROOT)
    with np.load(GRAPHS) as stored:
        assert stored["graphs"].shape == (4, 20, 17, 17)
        code = str(stored["command"]).replace("../shared/data/cmu_mocap", str(FOLDER))
        names = {}
        exec(code, names)
        for kind in ("graphs", "joints"):
            found = torch.stack(names[kind]).numpy()
            np.testing.assert_allclose(found, stored[kind].astype(np.float32), rtol=0, atol=2e-3)
