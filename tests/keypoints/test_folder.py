"""Which files of a folder are frames."""

import pytest
from support import keypoint_files

from posegcn import InputError
from posegcn.keypoints import read_keypoints
from posegcn.keypoints.folder import NO_FRAMES, files_of


def names(folder):
    return [path.name for path in files_of(folder)[0]]


@pytest.fixture
def predict(tmp_path):
    """What YOLO leaves: pictures, and labels in a folder of their own."""
    body = [[[10.0 + joint, 20.0 + joint] for joint in range(17)]] * 3
    keypoint_files.write("yolo", tmp_path, body, None, "coco_17", (100, 100), 25)
    for frame in range(3):
        (tmp_path / f"clip_{frame}.jpg").touch()
    return tmp_path


def test_frames_may_lie_in_labels(predict):
    found = read_keypoints(predict, image_size=(100, 100))
    assert found.format == "yolo"
    assert found.person().frames.tolist() == [0, 1, 2]
    assert found.path == str(predict)


@pytest.mark.parametrize(
    "name", [*(f"{n}.txt" for n in sorted(NO_FRAMES)), "README.txt", "Readme-dataset.json"]
)
def test_what_is_clearly_no_frame_is_left_out(name, predict):
    (predict / "labels" / name).write_text("person")
    assert len(read_keypoints(predict / "labels", image_size=(100, 100)).person()) == 3
    (predict / name).write_text("person")
    assert names(predict) == names(predict / "labels")


def test_what_is_in_the_way_is_named(predict):
    (predict / "labels" / "persons.txt").write_text("person\n")
    with pytest.raises(InputError, match="expected numbers in persons.txt, got 'person"):
        read_keypoints(predict / "labels", image_size=(100, 100))
    (predict / "labels" / "summary.json").write_text("{}")
    with pytest.raises(InputError, match="1 like 'summary.json' .* take 'summary.json' out if it"):
        read_keypoints(predict / "labels", image_size=(100, 100))


def test_a_folder_without_frames(tmp_path):
    (tmp_path / "classes.txt").touch()
    with pytest.raises(InputError, match=".json or .txt, or with such a folder 'labels', it has"):
        files_of(tmp_path)
