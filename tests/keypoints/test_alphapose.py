import json

import pytest

from posegcn import InputError
from posegcn.keypoints import read_keypoints
from posegcn.skeletons import COCO_17, HALPE_26


def entry(image, person, shift=0.0, joints=17, confidence=0.5):
    keypoints = [v for j in range(joints) for v in (10.0 + j + shift, 20.0 + j, confidence)]
    return {"image_id": image, "keypoints": keypoints, "score": 2.5, "idx": person}


def read(tmp_path, *entries):
    path = tmp_path / "alphapose-results.json"
    path.write_text(json.dumps(entries))
    return read_keypoints(path)


@pytest.mark.parametrize("form", [4, 4.0, [4], [4.0], [[4.0]]])
def test_forms_of_idx(form, tmp_path):
    found = read(tmp_path, entry("0.jpg", form), entry("1.jpg", form))
    assert [track.person for track in found.tracks] == ["4"]
    assert found.has_tracks


def test_the_same_idx_for_all_is_no_track(tmp_path):
    entries = [entry("0.jpg", [0.0]), entry("0.jpg", [0.0], 300), entry("1.jpg", [0.0], 301)]
    found = read(tmp_path, *entries, entry("1.jpg", [0.0], 1))
    assert not found.has_tracks
    left, right = found.tracks
    assert left.keypoints_px[:, 0, 0].tolist() == [10.0, 11.0]
    assert right.keypoints_px[:, 0, 0].tolist() == [310.0, 311.0]


def test_names_of_images_and_their_order(tmp_path):
    assert read(tmp_path, entry("10.jpg", 1), entry("9.jpg", 1)).person().frames.tolist() == [9, 10]
    found = read(tmp_path, entry("b.jpg", 1), entry("a.jpg", 1)).person()
    assert found.frames.tolist() == [0, 1]


def test_halpe_and_confidences_above_one(tmp_path):
    track = read(tmp_path, entry("0.jpg", 1, joints=26, confidence=3.5)).person()
    assert track.skeleton is HALPE_26
    assert (track.confidence == 1).all()


def test_other_numbers_of_joints_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"17 \(coco_17\) or 26 \(halpe_26\) .* got 68"):
        read(tmp_path, entry("0.jpg", 1, joints=68))


@pytest.mark.parametrize(("joints", "skeleton"), [(133, COCO_17), (136, HALPE_26)])
def test_of_whole_bodies_the_body_is_read(joints, skeleton, tmp_path):
    track = read(tmp_path, entry("0.jpg", 1, joints=joints)).person()
    assert track.skeleton is skeleton
    assert track.keypoints_px[0, :, 0].tolist() == [10.0 + j for j in range(skeleton.num_joints)]
