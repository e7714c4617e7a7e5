"""The clip of chapter 22 is what an emulated detector finds on CMU motion."""

import json
import os
from pathlib import Path

import pytest
from support.walk import walk

FOLDER = os.environ.get("POSEGCN_CMU")
FILE = Path(__file__).parents[2] / "book" / "clips" / "walk.json"


@pytest.mark.skipif(not FOLDER, reason="needs the CMU motion, see POSEGCN_CMU")
def test_the_walk_is_what_the_detector_finds():
    stored, made = json.loads(FILE.read_text()), walk(FOLDER)
    assert {**stored, "annotations": 0} == {**made, "annotations": 0}
    for one, other in zip(stored["annotations"], made["annotations"], strict=True):
        assert one["keypoints"] == pytest.approx(other["keypoints"], abs=0.05)
