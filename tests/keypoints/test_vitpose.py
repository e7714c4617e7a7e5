import json

import pytest

from posegcn import InputError
from posegcn.keypoints import read_keypoints
from posegcn.skeletons import COCO_17, OPENPOSE_25

# The order of "coco_25" in easy_ViTPose, which is not that of OpenPose.
COCO_25 = [
    *("nose", "left_eye", "right_eye", "left_ear", "right_ear", "neck", "left_shoulder"),
    *("right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip"),
    *("right_hip", "hip", "left_knee", "right_knee", "left_ankle", "right_ankle", "left_big_toe"),
    *("left_small_toe", "left_heel", "right_big_toe", "right_small_toe", "right_heel"),
]


def read(tmp_path, frames, names=None):
    path = tmp_path / "a_result.json"
    content = {"keypoints": frames}
    if names is not None:
        content["skeleton"] = {str(index): name for index, name in enumerate(names)}
    path.write_text(json.dumps(content))
    return read_keypoints(path)


def test_y_comes_first(tmp_path):
    frames = [{"3": [[100.0 + joint, 7.0, 0.5] for joint in range(17)]}, {}]
    found = read(tmp_path, frames, COCO_17.joints)
    track = found.person("3")
    assert track.keypoints_px[0, 2].tolist() == [7.0, 102.0]
    assert track.frames.tolist() == [0]
    assert found.has_tracks


def test_coco_25_is_sorted_by_name(tmp_path):
    frames = [{"0": [[0.0, 1.0 + joint, 0.5] for joint in range(25)]}]
    track = read(tmp_path, frames, COCO_25).person()
    assert track.skeleton is OPENPOSE_25
    expected = [1.0 + COCO_25.index(joint) for joint in OPENPOSE_25.joints]
    assert track.keypoints_px[0, :, 0].tolist() == expected


def test_without_names_only_coco_is_certain(tmp_path):
    frames = [{"0": [[1.0, 2.0, 0.5]] * 17}]
    assert read(tmp_path, frames).person().skeleton is COCO_17
    with pytest.raises(InputError, match=r"expected 17 \(coco_17\) .* got 25"):
        read(tmp_path, [{"0": [[1.0, 2.0, 0.5]] * 25}])


def test_animals_are_refused(tmp_path):
    names = ["L_Eye", "R_Eye", "Nose", "Neck", "Root of tail"] + [f"p{i}" for i in range(12)]
    with pytest.raises(InputError, match="no skeleton has the 17 joints"):
        read(tmp_path, [{"0": [[1.0, 2.0, 0.5]] * 17}], names)
