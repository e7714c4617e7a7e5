import json
import re

import numpy as np
import pytest
import torch
from support.keypoint_files import write

from posegcn import evaluate, load_checkpoint, metrics
from posegcn.camera import denormalise_image
from posegcn.checkpoints import save_checkpoint
from posegcn.data import open_source
from posegcn.models import make_model
from posegcn.outputs import load_poses

FRAMES = 12
SIZE = ("--image-size", "1000x1000")
# Weights that are drawn do not place a person where the keypoints are.
UNTRAINED = re.compile(r"posegcn: warning: .*: the lifted pose is seen \d+ px from its .*\n")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    torch.manual_seed(0)
    network = make_model(
        "modulated_gcn",
        **{"skeleton": "h36m_17", "channels": 8, "num_blocks": 1},
        keypoint_skeleton="coco_17",
    )
    return save_checkpoint(tmp_path_factory.mktemp("model") / "m.safetensors", network, {})


@pytest.fixture(scope="module")
def clips():
    """One clip that was seen as COCO keypoints."""
    seen = open_source("synthetic:coco_exact", "h36m_17").part("test")
    return seen.with_clips([seen[0][:FRAMES]])


@pytest.fixture
def file(clips, tmp_path):
    clip = clips[0]
    pixels = denormalise_image(clip.keypoints, clip.image_size)
    return write("coco", tmp_path, pixels, None, "coco_17", clip.image_size, 50)


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


def test_everybody_or_one_and_who_cannot_be_lifted(posegcn, model, clips, tmp_path):
    clip = clips[0]
    pixels = denormalise_image(clip.keypoints, clip.image_size)
    people = torch.stack([pixels, pixels + 200])
    people[1, :, 9] = torch.nan  # a wrist that is never seen
    file = write("alphapose", tmp_path, people, None, "coco_17", clip.image_size, 50)
    out = tmp_path / "motion.json"
    words = ("lift", file, "--model", model, *SIZE, "--out", out)
    code, text, _ = posegcn(*words)
    assert code == 0
    assert "was left out: left_wrist of coco_17 missing in every frame" in text
    assert len(load_poses(out)) == 1
    code, _, error = posegcn(*words, "--force", "--person", "nobody")
    assert code == 2
    assert "has no person 'nobody', only:" in error


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


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"--image-size": None}, "does not say how large the image is: give --image-size"),
        ({"--image-size": "1000"}, "expected WIDTHxHEIGHT, as 1920x1080, got '1000'"),
        ({"--out": "motion.fbx"}, "unknown suffix of an output '.fbx'"),
        ({"--gaps": "drop"}, "unknown policy 'drop'"),
        ({"--smooth": True}, "smoothing needs the frames per second"),
        ({"--frame": "world"}, "unknown frame 'world'"),
        ({"--focal": "0"}, "expected a focal length from 0.1 to 100 times the longer side"),
        ({"--focal": "1e30"}, "expected a focal length from 0.1 to 100 times the longer side"),
        ({"--least-confidence": "nan"}, "expected a least confidence from 0 to 1, got nan"),
        ({"--image-size": "9" * 50}, "expected WIDTHxHEIGHT, as 1920x1080, got '99999999999"),
        ({"--images": "pictures"}, "--images and --overlay belong together"),
        ({"--model": "nothing.safetensors"}, "nothing.safetensors"),
        ({"--format": "openpose"}, "read as openpose"),
    ],
)
def test_bad_input_is_one_sentence(posegcn, model, file, tmp_path, changes, sentence):
    words = {"--model": model, "--image-size": "1000x1000", "--out": tmp_path / "m.npz", **changes}
    arguments = []
    for name, value in words.items():
        if value is not None:
            arguments += [name] if value is True else [name, value]
    code, out, error = posegcn("lift", file, *arguments)
    assert (code, out) == (2, "")
    assert sentence in error
    assert error.count("\n") == 1
    assert not (tmp_path / "m.npz").exists()


def test_nothing_is_written_over_and_no_file_serves_twice(posegcn, model, file, tmp_path):
    out, told = tmp_path / "motion.json", tmp_path / "told.json"
    words = ("lift", file, "--model", model, *SIZE, "--out", out)
    told.write_text("mine")
    for json_file, sentence in ((told, "exists already"), (out, "is wanted for two things")):
        code, _, error = posegcn(*words, "--json", json_file)
        assert code == 2
        assert sentence in error
    assert told.read_text() == "mine"
    assert not out.exists()
    code, _, error = posegcn("lift", file, "--model", model, *SIZE, "--out", file, "--force")
    assert code == 2
    assert "is wanted for two things" in error


def test_drawn_is_who_has_most_poses(posegcn, model, clips, tmp_path):
    clip = clips[0]
    pixels = denormalise_image(clip.keypoints, clip.image_size).repeat(10, 1, 1)
    people = torch.stack([pixels, pixels + 200])
    people[0, 50:] = torch.nan
    people[1, 1:-1] = torch.nan  # seen in the first frame and in the last
    file = write("alphapose", tmp_path, people, None, "coco_17", clip.image_size, 50)
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


def one(keypoints, confidence=0.9):
    """A person of a COCO result."""
    values = torch.cat([keypoints, torch.full((17, 1), confidence)], dim=1)
    return {"category_id": 1, "keypoints": values.flatten().tolist(), "score": confidence}


def results(path, people):
    """A COCO result file of (image id, person)."""
    path.write_text(json.dumps([{"image_id": frame, **person} for frame, person in people]))
    return path


@pytest.fixture
def pixels(clips):
    clip = clips[0]
    return denormalise_image(clip.keypoints, clip.image_size)


def test_parts_of_the_image_are_refused_with_the_cure(posegcn, model, pixels, tmp_path):
    people = enumerate(map(one, pixels / 1000))
    file = results(tmp_path / "parts.json", people)
    words = ("lift", file, "--model", model, *SIZE, "--out", tmp_path / "m.npz")
    code, out, error = posegcn(*words)
    assert (code, out) == (2, "")
    assert error.startswith(f"posegcn: {file}: coordinates lie between")
    assert "not pixels; multiply them out with the size of the image" in error
    assert not (tmp_path / "m.npz").exists()


def test_doubts_are_on_stderr_and_in_the_notes(posegcn, model, file, tmp_path):
    out = tmp_path / "m.json"
    words = ("lift", file, "--model", model, "--image-size", "400x400", "--out", out, "--json")
    code, text, error = posegcn(*words)
    assert code == 0
    assert f"posegcn: warning: {file}, person 0: outside-image: " in error
    assert f"; posegcn doctor {file} says more" in error
    assert any(
        note.startswith("warning: outside-image") for note in json.loads(text)["people"][0]["notes"]
    )
    (poses,) = load_poses(out)
    assert any(note.startswith("warning: outside-image") for note in poses.notes)


def test_people_of_little_confidence_are_left_out(posegcn, model, pixels, tmp_path):
    false = 500 + torch.rand(17, 2, generator=torch.Generator().manual_seed(0)) * 300
    people = [*enumerate(map(one, pixels)), *((frame, one(false, 0.2)) for frame in range(FRAMES))]
    file = results(tmp_path / "people.json", people)
    words = ("lift", file, "--model", model, *SIZE, "--force", "--out", tmp_path / "m.npz")
    code, text, _ = posegcn(*words)
    assert code == 0
    assert "person 1 was left out: its score, the mean confidence, is 0.20, and 0.3" in text
    assert len(load_poses(tmp_path / "m.npz")) == 1
    for chosen in (("--least-score", "0"), ("--person", "1")):
        code, text, error = posegcn(*words, *chosen)
        assert code == 0
        assert "was left out" not in text
        assert "person 1: the lifted pose is seen" in error
    code, _, error = posegcn(*words, "--least-score", "0.95")
    assert code == 2
    assert f"{file}: nobody of 2 people has a score of 0.95" in error


def test_pictures_that_are_no_video_are_lifted_each_for_itself(posegcn, model, pixels, tmp_path):
    ids = [397_133 + 1000 * index for index in range(FRAMES)]
    people = [(picture, one(pose)) for picture, pose in zip(ids, pixels, strict=True)]
    file = results(tmp_path / "pictures.json", people)
    out = tmp_path / "m.npz"
    words = ("lift", file, "--model", model, *SIZE, "--out", out)
    code, _, error = posegcn(*words)
    assert code == 2
    assert f"{file}: " in error
    assert "lift each picture for itself (--stills)" in error
    results(file, [*people, (ids[3], one(pixels[0] + 50)), (ids[5], one(pixels[0], 0.1))])
    code, text, _ = posegcn(*words, "--stills")
    assert code == 0
    assert "left out of pictures for a mean confidence below --least-score: 1 people" in text
    first, second = load_poses(out)
    assert first.frames.tolist() == ids
    assert second.frames.tolist() == [ids[3]]
    video = results(tmp_path / "video.json", enumerate(map(one, pixels)))
    assert posegcn("lift", video, "--model", model, *SIZE, "--out", tmp_path / "v.npz")[0] == 0
    (expected,) = load_poses(tmp_path / "v.npz")
    torch.testing.assert_close(first.joints, expected.joints)
    page = tmp_path / "m.html"
    assert posegcn(*words[:-1], page, "--stills")[0] == 0
    assert f'"numbers":[{ids[0]},' in page.read_text()
    code, _, error = posegcn(*words, "--stills", "--smooth", "--force")
    assert code == 2
    assert "single pictures have nothing before and after them" in error


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
