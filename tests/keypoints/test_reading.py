import json

import numpy as np
import pytest
import torch
from support import keypoint_files
from support.keypoint_files import SKELETONS_OF

from posegcn import InputError
from posegcn.keypoints import FORMATS, read_keypoints
from posegcn.skeletons import get_skeleton

SIZE = 1000, 800
# Files whose form is part of a format, and the rounding of their numbers in pixels.
FORMAT_OF = {"coco_annotations": "coco"}
ROUNDING = {"yolo": 0.002}
# Formats that cannot say who is who.
WITHOUT_TRACKS = {"mmpose", "mediapipe"}
# Formats that always say who is who.
WITH_TRACKS = {"vitpose", "csv", "npz"}
# Formats that count frames from 0, whatever the number of the first.
COUNTED = {"vitpose"}
CASES = [(form, name) for form, names in SKELETONS_OF.items() for name in names]
every_file = pytest.mark.parametrize(("form", "skeleton"), CASES)


def people(skeleton, num_people=1, frames=6, seed=0):
    """Bodies that move a little, far from each other, and their confidences."""
    generator = np.random.default_rng(seed)
    joints = get_skeleton(skeleton).num_joints
    body = generator.uniform(100, 200, (1, 1, joints, 2))
    apart = 250.0 * np.arange(num_people)[:, None, None, None]
    keypoints = body + apart + generator.normal(0, 2, (num_people, frames, joints, 2))
    return keypoints, generator.uniform(0.1, 1, (num_people, frames, joints))


def compare(track, keypoints, confidence, form):
    """Keypoints and confidences, but for the rounding of the format."""
    expected = torch.from_numpy(keypoints).float()
    tolerance = ROUNDING.get(form, 1e-4)
    torch.testing.assert_close(track.keypoints_px, expected, rtol=0, atol=tolerance)
    if form == "coco_annotations":
        confidence = (confidence > 0).astype(float)
    expected = torch.from_numpy(confidence).float()
    torch.testing.assert_close(track.confidence, expected, rtol=0, atol=1e-5)


@every_file
@pytest.mark.parametrize("tracks", [False, True])
def test_what_is_written_is_read(form, skeleton, tracks, tmp_path):
    keypoints, confidence = people(skeleton)
    path = keypoint_files.write(
        form, tmp_path, keypoints[0], confidence[0], skeleton, SIZE, 25, first=3, tracks=tracks
    )
    found = read_keypoints(path, image_size=SIZE, fps=25)
    assert found.format == FORMAT_OF.get(form, form)
    assert (found.image_size, found.fps, found.path) == (SIZE, 25.0, str(path))
    (track,) = found.tracks
    assert track.skeleton is get_skeleton(skeleton)
    first = 0 if form in COUNTED else 3
    assert track.frames.tolist() == list(range(first, first + 6))
    compare(track, keypoints[0], confidence[0], form)
    assert not track.missing.any()


@pytest.mark.parametrize("form", SKELETONS_OF)
@pytest.mark.parametrize("tracks", [False, True])
def test_several_people_keep_their_tracks(form, tracks, tmp_path):
    skeleton = SKELETONS_OF[form][0]
    keypoints, confidence = people(skeleton, num_people=3)
    keypoints[1, 2:4] = np.nan  # the second person is away in two frames
    path = keypoint_files.write(
        form, tmp_path, keypoints, confidence, skeleton, SIZE, 25, tracks=tracks
    )
    found = read_keypoints(path, image_size=SIZE)
    said = form in WITH_TRACKS or (tracks and form not in WITHOUT_TRACKS)
    assert found.has_tracks == said
    assert [len(track) for track in found.tracks] == [6, 4, 6]
    here = [0, 1, 4, 5]
    assert found.tracks[1].frames.tolist() == here
    compare(found.tracks[0], keypoints[0], confidence[0], form)
    compare(found.tracks[1], keypoints[1, here], confidence[1, here], form)
    compare(found.tracks[2], keypoints[2], confidence[2], form)


@pytest.mark.parametrize("form", SKELETONS_OF)
def test_missing_keypoints_stay_missing(form, tmp_path):
    skeleton = SKELETONS_OF[form][0]
    keypoints, confidence = people(skeleton)
    keypoints[0, 1, 4] = np.nan
    confidence[0, 1, 4] = 0
    path = keypoint_files.write(form, tmp_path, keypoints, confidence, skeleton, SIZE, 25)
    track = read_keypoints(path, image_size=SIZE).person()
    expected = torch.zeros(6, keypoints.shape[2], dtype=torch.bool)
    expected[1, 4] = True
    assert torch.equal(track.missing, expected)


@pytest.mark.parametrize("form", SKELETONS_OF)
def test_insisting_speaks_of_the_format_insisted_on(form, tmp_path):
    skeleton = SKELETONS_OF[form][0]
    path = keypoint_files.write(form, tmp_path, *people(skeleton), skeleton, SIZE, 25)
    right = FORMAT_OF.get(form, form)
    assert read_keypoints(path, format=right, image_size=SIZE).format == right
    alike = {"coco", "alphapose"}  # results of the one can be read as the other's
    for name in FORMATS:
        if name != right and not {name, right} <= alike:
            with pytest.raises(InputError, match=f"expected {name}, |read as {name}: "):
                read_keypoints(path, format=name, image_size=SIZE)


@pytest.mark.parametrize("name", FORMATS)
def test_formats_say_what_they_are(name):
    entry = FORMATS[name]
    assert "\n" not in entry.form
    assert entry.skeletons
    assert entry.source.startswith(("https://", "posegcn."))


@pytest.mark.parametrize("name", ["yolo", "mediapipe"])
def test_parts_of_an_image_need_its_size(name, tmp_path):
    skeleton = SKELETONS_OF[name][0]
    path = keypoint_files.write(name, tmp_path, *people(skeleton), skeleton, SIZE, 25)
    assert FORMATS[name].normalised
    with pytest.raises(InputError, match="width and height of the images"):
        read_keypoints(path)


def test_the_caller_overrides_the_file(tmp_path):
    path = keypoint_files.write("npz", tmp_path, *people("h36m_17"), "h36m_17", SIZE, 25)
    found = read_keypoints(path)
    assert (found.image_size, found.fps) == (SIZE, 25.0)
    found = read_keypoints(path, image_size=(640, 480), fps=50)
    assert (found.image_size, found.fps) == ((640, 480), 50.0)


@pytest.mark.parametrize(
    "size", [(0.4, 0.4), (0, 10), (10,), "10x10", (10, float("nan")), (True, 5), 7]
)
def test_sizes_that_cannot_be(size, tmp_path):
    with pytest.raises(InputError, match="expected width and height in pixels for image_size"):
        read_keypoints(tmp_path, image_size=size)
    with pytest.raises(InputError, match="positive number for fps"):
        read_keypoints(tmp_path, fps=-1)


def test_unknown_format(tmp_path):
    with pytest.raises(InputError, match="unknown format 'openpos', did you mean 'openpose'"):
        read_keypoints(tmp_path, format="openpos")


def test_a_folder_with_one_file_is_that_file(tmp_path):
    path = keypoint_files.write("coco", tmp_path, *people("coco_17"), "coco_17", SIZE, 25)
    assert read_keypoints(path.parent).format == "coco"
    (tmp_path / "other.txt").write_text("0")
    message = "it has both: 1 like 'results.json' and 1 like 'other.txt'; take 'results.json' out"
    with pytest.raises(InputError, match=message):
        read_keypoints(path.parent)
    path.rename(tmp_path / "renamed.dat")
    assert read_keypoints(tmp_path / "renamed.dat").format == "coco"


def test_the_same_person_twice_in_a_frame_counts_once(tmp_path):
    path = keypoint_files.write("coco", tmp_path, *people("coco_17"), "coco_17", SIZE, 25)
    path.write_text(json.dumps(2 * json.loads(path.read_text())))
    assert len(read_keypoints(path).tracks) == 1
