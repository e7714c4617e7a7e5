import json

import pytest

from posegcn import InputError
from posegcn.keypoints import read_keypoints

SIZE = 200, 100
POINT = {"x": 0.25, "y": 0.5, "z": -0.1, "visibility": 0.75}
ONE = [POINT] * 33
OTHER = [POINT | {"x": 2.25}] * 33


def read(tmp_path, content):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(content))
    return read_keypoints(path, image_size=SIZE)


FORMS = {
    "frames of landmarks": [{"landmarks": ONE}, {"landmarks": ONE}],
    "several people in a frame": [{"pose_landmarks": [ONE]}, {"pose_landmarks": [ONE]}],
    "lists alone": [ONE, ONE],
    "lists of lists": [[ONE], [ONE]],
    "in a mapping": {"frames": [{"poseLandmarks": ONE}, {"poseLandmarks": ONE}], "fps": 30},
    "the older solution": [{"pose_landmarks": {"landmark": ONE}}, {"landmark": ONE}],
}


@pytest.mark.parametrize("form", FORMS)
def test_forms(form, tmp_path):
    found = read(tmp_path, FORMS[form])
    (track,) = found.tracks
    assert found.format == "mediapipe"
    assert track.frames.tolist() == [0, 1]
    assert track.keypoints_px.unique(dim=1).tolist() == [[[50.0, 50.0]]] * 2
    assert track.confidence.unique().tolist() == [0.75]


def test_nobody_in_a_frame(tmp_path):
    nobody = [{"landmarks": None}, {"landmarks": []}, None, {}, []]
    assert read(tmp_path, [*nobody, ONE]).person().frames.tolist() == [5]


def test_numbers_of_frames_and_people_outside_the_image(tmp_path):
    content = [{"frame": 8, "landmarks": [ONE, OTHER]}, {"frame": 9, "landmarks": [OTHER, ONE]}]
    first, second = read(tmp_path, content).tracks
    assert first.frames.tolist() == [8, 9]
    assert first.keypoints_px[:, 0, 0].tolist() == [50.0, 50.0]
    assert second.keypoints_px[:, 0, 0].tolist() == [450.0, 450.0]


def test_without_visibility_all_are_certain(tmp_path):
    point = {"x": 0.25, "y": 0.5}
    assert (read(tmp_path, [[point] * 33]).person().confidence == 1).all()


def test_other_models_are_refused(tmp_path):
    with pytest.raises(InputError, match="expected 33 landmarks for a person of frame 0, got 21"):
        read(tmp_path, [{"landmarks": [POINT] * 21}])
