"""posegcn doctor: what a file is, what is wrong with it, and exit codes."""

import json

import pytest
import torch
from matplotlib.figure import Figure
from support.detected import change, seen
from support.planted import PLANTED
from support.rewritten import file_of

from posegcn.cli.doctor import picture
from posegcn.doctor import examine


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    return file_of(seen("walk", noise="video"), tmp_path_factory.mktemp("clean"), "npz")


@pytest.fixture(scope="module")
def bad(tmp_path_factory):
    found = PLANTED["a foot jumps"].plant(seen("walk", noise="video"))
    return file_of(found, tmp_path_factory.mktemp("bad"), "npz")


def test_a_clean_file(posegcn, clean):
    code, out, error = posegcn("doctor", clean)
    assert (code, error) == (0, "")
    assert "npz, h36m_17, 1 person, 150 frames, 50 per second, image 1000x" in out
    assert "fault" not in out.replace("no fault", "")


def test_remarks_alone_exit_with_0(posegcn, tmp_path):
    path = file_of(seen("walk", noise="video"), tmp_path, "csv")
    code, out, _ = posegcn("doctor", path)
    assert code == 0
    assert "remark: unknown-fps" in out
    assert "remark: unknown-image-size" in out
    _, out, _ = posegcn("doctor", path, "--fps", "50", "--image-size", "1000x1002")
    assert "unknown" not in out


def test_faults_exit_with_1_and_say_where(posegcn, bad):
    code, out, error = posegcn("doctor", bad)
    assert (code, error) == (1, "")
    assert "fault: jumping-joints, person 0, 2 frames from 40 on: " in out
    assert out.splitlines()[-1] == "--picture FILE.png draws the first suspicious frame"


def test_confidences_in_percent(posegcn, tmp_path):
    found = PLANTED["confidence from 5 to 95"].plant(seen("walk", skeleton="coco_17"))
    code, out, _ = posegcn("doctor", file_of(found, tmp_path, "coco"))
    assert code == 1
    assert "confidence-range, person 0: confidences reach from 5 to 95, expected 0 to 1" in out


def test_the_picture(posegcn, bad, clean, tmp_path):
    for path, expected in ((bad, 1), (clean, 0)):
        picture = tmp_path / f"{expected}.png"
        code, out, _ = posegcn("doctor", path, "--picture", picture)
        assert code == expected
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert f"picture written to {picture}" in out


def test_what_the_picture_shows(monkeypatch):
    """The joints of the first frame alone; what was not found is not at (0, 0)."""
    shown = {}
    monkeypatch.setattr(
        "posegcn.viz.frame_figure", lambda *a, **k: shown.update(k, a=a) or Figure()
    )
    found = seen("walk", noise="video")
    keypoints = found.tracks[0].keypoints_px.clone()
    keypoints[40, 6] += torch.tensor([250.0, -150.0])
    keypoints[90, 13] += torch.tensor([250.0, -150.0])
    keypoints[40, 16] = 0.0
    confidence = found.tracks[0].confidence.clone()
    confidence[40, 16] = 0.0
    found = change(found, keypoints_px=keypoints, confidence=confidence)
    diagnosis = examine(found)
    assert diagnosis.faults[0].joints == ("lfoot", "lwrist")
    assert picture(found, diagnosis).startswith(b"\x89PNG")
    assert shown["suspicious"] == ("lfoot",)
    assert shown["title"].startswith("jumping-joints: joints that leave the body for a moment\n")
    assert shown["title"].endswith("frame 40, person 0, the first of 2")
    assert shown["a"][0].isnan().all(dim=-1).nonzero().flatten().tolist() == [16]


def test_json(posegcn, bad, tmp_path):
    code, out, _ = posegcn("doctor", bad, "--json")
    assert code == 1
    result = json.loads(out)
    assert result["summary"]["skeleton"] == "h36m_17"
    found = {finding["code"]: finding for finding in result["findings"]}["jumping-joints"]
    assert found["frames"] == {"first": 40, "count": 2}
    assert found["joints"] == ["lfoot"]
    code, out, _ = posegcn("doctor", bad, "--json", tmp_path / "result.json")
    assert code == 1
    assert "jumping-joints" in out
    assert json.loads((tmp_path / "result.json").read_text())["findings"] == result["findings"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("{folder}/nothing.json",), "nothing.json"),
        (("{clean}", "--format", "cocoo"), "unknown format 'cocoo', did you mean 'coco'"),
        (("{clean}", "--image-size", "big"), "expected WIDTHxHEIGHT"),
        (("{clean}", "--picture", "{folder}/a.jpg"), "ends in .png"),
        (("{clean}", "--picture", "{clean}/a.png"), "cannot write"),
    ],
)
def test_bad_input_is_one_sentence(posegcn, clean, tmp_path, arguments, sentence):
    filled = [text.format(folder=tmp_path, clean=clean) for text in arguments]
    code, out, error = posegcn("doctor", *filled)
    assert (code, out) == (2, "")
    assert sentence in error
    assert error.count("\n") == 1
