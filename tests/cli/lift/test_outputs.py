"""What is written: files of poses, pictures, and what is said of them."""

import json
import re

import numpy as np
import pytest
import torch
from support.keypoint_files import write
from support.lifted import FRAMES, SIZE, one, results

from posegcn import evaluate, load_checkpoint, metrics
from posegcn.outputs import load_poses

# Weights that are drawn do not place a person where the keypoints are.
UNTRAINED = re.compile(r"posegcn: warning: .*: the lifted pose is seen \d+ px from its .*\n")


def test_the_error_is_that_of_evaluation(posegcn, model, clips, file, tmp_path):
    size = "x".join(map(str, clips[0].image_size))
    out = tmp_path / "motion.npz"
    code, text, _ = posegcn("lift", file, "--model", model, "--image-size", size, "--out", out)
    assert code == 0
    assert "coco, 1 person" in text
    assert "(assumed)" in text
    (poses,) = load_poses(out)
    network, _ = load_checkpoint(model)
    expected = evaluate(network, clips, device="cpu").pooled["P1"]
    error = 1000 * metrics.mpjpe(poses.joints, clips.joints).mean().item()
    assert error == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("suffix", ["npz", "csv", "json", "bvh", "html", "gif"])
def test_every_output_is_written_and_not_overwritten(posegcn, model, file, tmp_path, suffix):
    out = tmp_path / f"motion.{suffix}"
    words = ("lift", file, "--model", model, *SIZE, "--fps", "50", "--out", out)
    code, text, error = posegcn(*words)
    assert code == 0
    assert UNTRAINED.fullmatch(error)
    assert f"written to {out}" in text
    before = out.read_bytes()
    assert len(before) > 1000
    code, text, error = posegcn(*words)
    assert (code, text) == (2, "")
    assert "exists already" in error
    assert out.read_bytes() == before
    assert posegcn(*words, "--force")[0] == 0


def test_json_says_what_was_done(posegcn, model, file, tmp_path):
    out = tmp_path / "motion.json"
    options = ("--focal", "1100", "--smooth", "--constant-bones", "--fps", "50", "--flip")
    words = ("lift", file, "--model", model, *SIZE, "--out", out, *options, "--json")
    code, text, _ = posegcn(*words)
    result = json.loads(text)
    assert code == 0
    assert result["frame"] == "camera"
    (person,) = result["people"]
    assert (person["frames"], person["filled"], person["without_pose"]) == (FRAMES, 0, 0)
    assert (person["focal_px"], person["focal_source"]) == (1100, "given")


def test_overlays_are_drawn_over_pictures(posegcn, model, clips, file, tmp_path):
    from PIL import Image

    for frame in range(FRAMES):
        path = tmp_path / "pictures" / f"{frame:03}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(np.full((1000, 1000, 3), 90, dtype=np.uint8)).save(path)
    words = ("lift", file, "--model", model, *SIZE, "--out", tmp_path / "m.npz")
    drawn = tmp_path / "drawn"
    pictures = ("--images", tmp_path / "pictures", "--overlay", drawn)
    assert posegcn(*words, *pictures)[0] == 0
    assert len(list(drawn.iterdir())) == FRAMES
    assert np.asarray(Image.open(drawn / "003.png")).std() > 0
    Image.fromarray(np.full((50, 100, 3), 90, dtype=np.uint8)).save(tmp_path / "pictures/000.png")
    code, _, error = posegcn(*words, *pictures, "--force")
    assert code == 2
    assert "000.png is 100x50, expected 1000x1000" in error


def test_everybody_is_drawn_over_the_pictures(posegcn, model, pixels, tmp_path):
    from PIL import Image

    people = [(frame + 3, one(pose)) for frame, pose in enumerate(pixels)]
    file = results(tmp_path / "k.json", [*people, *((7, one(pose + 90)) for pose in pixels[:1])])
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number in range(FRAMES + 6):
        Image.new("RGB", (1000, 1000), "grey").save(pictures / f"{number:03}.png")
    words = ("lift", file, "--model", model, *SIZE, "--out", tmp_path / "m.npz")
    drawn = tmp_path / "drawn"
    code, text, _ = posegcn(*words, "--images", pictures, "--overlay", drawn)
    assert code == 0
    assert f"{FRAMES} of {FRAMES + 6} pictures in {drawn} have people drawn over them" in text
    for number in range(FRAMES + 6):
        same = (drawn / f"{number:03}.png").read_bytes() == (pictures / "000.png").read_bytes()
        assert same == (not 3 <= number < FRAMES + 3)


def test_drawn_is_who_has_most_poses(posegcn, model, clips, pixels, tmp_path):
    pixels = pixels.repeat(10, 1, 1)
    people = torch.stack([pixels, pixels + 200])
    people[0, 50:] = torch.nan
    people[1, 1:-1] = torch.nan  # seen in the first frame and in the last
    file = write("alphapose", tmp_path, people, None, "coco_17", clips[0].image_size, 50)
    out = tmp_path / "motion.gif"
    code, text, _ = posegcn("lift", file, "--model", model, *SIZE, "--fps", "50", "--out", out)
    assert code == 0
    shown = text.split("drawn is person ")[1].split(";")[0]
    assert f"person {shown}: 50 frames" in text
    words = ("lift", file, "--model", model, *SIZE, "--gaps", "mark", "--out")
    code, text, _ = posegcn(*words, tmp_path / "marked.bvh")
    assert code == 0
    code, text, _ = posegcn(*words, tmp_path / "everybody.html")
    assert code == 0
    assert "drawn is" not in text
    page = (tmp_path / "everybody.html").read_text()
    assert re.findall(r'"name":"(\d+)"', page)[0] == shown
    assert page.count('"name":') == 2
