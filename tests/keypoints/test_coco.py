import json

import pytest

from posegcn import InputError
from posegcn.keypoints import read_keypoints
from posegcn.skeletons import COCO_17


def body(shift=0.0, flag=2):
    return [value for joint in range(17) for value in (10 + joint + shift, 20 + joint, flag)]


def write(path, content):
    path.write_text(json.dumps(content))
    return path


def annotations(images, people, **more):
    entries = [{"id": i, "category_id": 1, "image_id": image} | p for i, (image, p) in people]
    return {"images": images, "annotations": entries, "categories": []} | more


def image(number, name, **more):
    return {"id": number, "file_name": name, "width": 640, "height": 480} | more


def read(tmp_path, images, people, **more):
    content = annotations(images, list(enumerate(people)), **more)
    return read_keypoints(write(tmp_path / "a.json", content))


def test_visibility_becomes_confidence(tmp_path):
    keypoints = body()
    keypoints[2::3] = [0, 1, 2] * 5 + [2, 2]
    keypoints[0:2] = 0, 0
    found = read(tmp_path, [image(7, "a_0003.jpg")], [(7, {"keypoints": keypoints})])
    track = found.person()
    assert track.confidence[0].tolist() == [0.0, 1.0, 1.0] * 5 + [1.0, 1.0]
    assert track.frames.tolist() == [3]
    assert found.image_size == (640, 480)
    assert track.skeleton is COCO_17


def test_frames_by_frame_id_then_name_then_id(tmp_path):
    people = [(5, {"keypoints": body()}), (9, {"keypoints": body(1)})]
    numbered = [image(5, "a_10.jpg"), image(9, "a_11.jpg")]
    assert read(tmp_path, numbered, people).person().frames.tolist() == [10, 11]
    for number, entry in enumerate(numbered):
        entry["frame_id"] = number
    assert read(tmp_path, numbered, people).person().frames.tolist() == [0, 1]
    named = [image(5, "first.jpg"), image(9, "second.jpg")]
    assert read(tmp_path, named, people).person().frames.tolist() == [0, 1]
    bare = [{"id": 5}, {"id": 9}]
    found = read(tmp_path, bare, people)
    assert found.person().frames.tolist() == [5, 9]
    assert found.image_size is None


def test_images_of_different_sizes_have_none_in_common(tmp_path):
    images = [image(0, "0.jpg"), image(1, "1.jpg", width=320)]
    people = [(0, {"keypoints": body()}), (1, {"keypoints": body()})]
    assert read(tmp_path, images, people).image_size is None


def test_crowds_boxes_and_unlabelled_people_are_left_out(tmp_path):
    people = [
        (0, {"keypoints": body(), "num_keypoints": 17}),
        (0, {"keypoints": [0] * 51, "num_keypoints": 0}),
        (0, {"keypoints": [0] * 51, "iscrowd": 1}),
        (0, {"bbox": [1, 2, 3, 4]}),
    ]
    assert len(read(tmp_path, [image(0, "0.jpg")], people).tracks) == 1


def test_the_category_names_the_joints(tmp_path):
    order = list(reversed(COCO_17.joints))
    category = {"id": 1, "name": "person", "keypoints": order}
    people = [(0, {"keypoints": body()})]
    found = read(tmp_path, [image(0, "0.jpg")], people, categories=[category])
    assert found.person().keypoints_px[0, :, 0].tolist() == [10.0 + j for j in reversed(range(17))]


def test_what_is_wrong_is_said(tmp_path):
    with pytest.raises(InputError, match="expected 3 in the numbers of the images"):
        read(tmp_path, [image(0, "0.jpg")], [(3, {"keypoints": body()})])
    videos = [image(0, "0.jpg", video_id=1), image(1, "1.jpg", video_id=2)]
    with pytest.raises(InputError, match="images of one video"):
        read(tmp_path, videos, [(0, {"keypoints": body()})])
    path = write(tmp_path / "a.json", [{"image_id": 1, "keypoints": body()[:48]}])
    with pytest.raises(
        InputError, match=r"expected 17 \(coco_17\) or 26 \(halpe_26\) keypoints .* got 16"
    ):
        read_keypoints(path)
    path = write(tmp_path / "a.json", [{"image_id": 1, "keypoints": body()[:-1]}])
    with pytest.raises(InputError, match="x, y, confidence for each joint in entry 0, got 50"):
        read_keypoints(path)


def test_results_are_told_from_those_of_alphapose(tmp_path):
    def format_of(entry):
        path = write(tmp_path / "a.json", [entry | {"keypoints": body(), "score": 1}])
        return read_keypoints(path).format

    assert format_of({"image_id": 1, "bbox": [0, 0, 1, 1]}) == "coco"
    assert format_of({"image_id": "1.jpg"}) == "alphapose"
    assert format_of({"image_id": 1, "box": [0, 0, 1, 1]}) == "alphapose"
    assert format_of({"image_id": 1, "idx": 2}) == "alphapose"
