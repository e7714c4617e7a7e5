"""Who is lifted, who is left out, and what is doubted."""

import json

import torch
from support.keypoint_files import write
from support.lifted import FRAMES, SIZE, one, results

from posegcn.outputs import load_poses


def test_everybody_or_one_and_who_cannot_be_lifted(posegcn, model, clips, pixels, tmp_path):
    people = torch.stack([pixels, pixels + 200])
    people[1, :, 9] = torch.nan  # a wrist that is never seen
    file = write("alphapose", tmp_path, people, None, "coco_17", clips[0].image_size, 50)
    out = tmp_path / "motion.json"
    words = ("lift", file, "--model", model, *SIZE, "--out", out)
    code, text, _ = posegcn(*words)
    assert code == 0
    assert "was left out: left_wrist of coco_17 missing in every frame" in text
    assert len(load_poses(out)) == 1
    code, _, error = posegcn(*words, "--force", "--person", "nobody")
    assert code == 2
    assert "has no person 'nobody', only:" in error


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
