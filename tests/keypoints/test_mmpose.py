import json

import pytest

from posegcn import InputError
from posegcn.keypoints import read_keypoints
from posegcn.skeletons import COCO_17, HALPE_26


def instance(shift=0.0, joints=17):
    keypoints = [[10.0 + joint + shift, 20.0 + joint] for joint in range(joints)]
    return {"keypoints": keypoints, "keypoint_scores": [0.5] * joints, "bbox": [[0, 0, 9, 9]]}


def read(path, content):
    path.write_text(json.dumps(content))
    return read_keypoints(path)


def test_a_video_without_meta_info(tmp_path):
    frames = [{"frame_id": 1, "instances": [instance()]}, {"frame_id": 2, "instances": []}]
    frames += [{"frame_id": 3, "instances": [instance(1.0)]}]
    track = read(tmp_path / "clip.json", frames).person()
    assert track.skeleton is COCO_17
    assert track.frames.tolist() == [1, 3]


def test_an_image_has_the_frame_of_its_name(tmp_path):
    track = read(tmp_path / "000012.json", [instance(joints=26)]).person()
    assert track.skeleton is HALPE_26
    assert track.frames.tolist() == [12]


def test_a_folder_of_images_is_a_clip(tmp_path):
    for number in range(3):
        content = [instance(number), instance(500.0)] if number != 1 else []
        (tmp_path / f"image_{number}.json").write_text(json.dumps(content))
    found = read_keypoints(tmp_path)
    assert found.format == "mmpose"
    assert [track.frames.tolist() for track in found.tracks] == [[0, 2], [0, 2]]


def test_names_decide_the_order(tmp_path):
    names = {str(index): name for index, name in enumerate(reversed(COCO_17.joints))}
    content = {"meta_info": {"keypoint_id2name": names}, "instance_info": [instance()]}
    track = read(tmp_path / "a.json", content).person()
    assert track.keypoints_px[0, :, 1].tolist() == [20.0 + joint for joint in reversed(range(17))]


def test_poses_of_three_dimensions_are_refused(tmp_path):
    entry = instance()
    entry["keypoints"] = [[*point, 0.0] for point in entry["keypoints"]]
    with pytest.raises(InputError, match=r"expected \[x, y\] and a score .*\(17, 3\)"):
        read(tmp_path / "a.json", [entry])
