import json

import pytest

from posegcn import InputError
from posegcn.keypoints import read_keypoints
from posegcn.skeletons import COCO_18, OPENPOSE_25


def person(joints=25, shift=0.0, key="pose_keypoints_2d", **more):
    return {key: [v for j in range(joints) for v in (10.0 + j + shift, 20.0 + j, 0.5)]} | more


def write(path, *people):
    path.write_text(json.dumps({"version": 1.3, "people": people}))
    return path


def test_a_single_file_is_one_frame(tmp_path):
    path = write(tmp_path / "a_000000000012_keypoints.json", person(), person(shift=300))
    found = read_keypoints(path)
    assert [track.frames.tolist() for track in found.tracks] == [[12], [12]]
    assert found.person().skeleton is OPENPOSE_25


def test_names_of_earlier_versions(tmp_path):
    path = write(tmp_path / "a.json", person(18, key="pose_keypoints"))
    assert read_keypoints(path).person().skeleton is COCO_18


def test_frames_without_people_and_people_without_bodies(tmp_path):
    write(tmp_path / "a_0_keypoints.json")
    write(tmp_path / "a_1_keypoints.json", person(), {"pose_keypoints_2d": []})
    write(tmp_path / "a_2_keypoints.json")
    assert read_keypoints(tmp_path).person().frames.tolist() == [1]


@pytest.mark.parametrize("number", [[3], 3, [3.0]])
def test_person_id(number, tmp_path):
    assert read_keypoints(write(tmp_path / "a.json", person(person_id=number))).has_tracks
    assert not read_keypoints(write(tmp_path / "a.json", person(person_id=[-1]))).has_tracks


def test_bodies_of_different_models_are_refused(tmp_path):
    write(tmp_path / "a_0.json", person(25))
    write(tmp_path / "a_1.json", person(18))
    with pytest.raises(InputError, match=r"as many keypoints for everyone, got \[25, 18\]"):
        read_keypoints(tmp_path)
