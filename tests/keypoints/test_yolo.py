import pytest

from posegcn import InputError
from posegcn.keypoints import read_keypoints

SIZE = 200, 100


def line(*end, parts=3, x=0.25):
    point = [x, 0.5, 0.9][:parts]
    return " ".join(map(str, [0, 0.5, 0.5, 0.1, 0.1, *point * 17, *end]))


def read(path, *lines):
    path.write_text("\n".join(lines) + "\n")
    return read_keypoints(path, image_size=SIZE)


@pytest.mark.parametrize("parts", [2, 3])
def test_pixels_and_confidence(parts, tmp_path):
    track = read(tmp_path / "clip_7.txt", line(parts=parts)).person()
    assert track.frames.tolist() == [7]
    assert track.keypoints_px.unique(dim=1).tolist() == [[[50.0, 50.0]]]
    assert track.confidence.unique().tolist() == pytest.approx([0.9 if parts == 3 else 1.0])


@pytest.mark.parametrize("parts", [2, 3])
def test_what_may_follow_the_keypoints(parts, tmp_path):
    path = tmp_path / "clip_7.txt"
    found = read(path, line(4, parts=parts), line(2, parts=parts, x=0.75))
    assert [track.person for track in found.tracks] == ["4", "2"]
    found = read(path, line(0.7, 4, parts=parts), line(0.8, 2, parts=parts, x=0.75))
    assert [track.person for track in found.tracks] == ["4", "2"]
    found = read(path, line(0.7, parts=parts), line(0.8, parts=parts, x=0.75))
    assert not found.has_tracks


def test_boxes_alone_are_refused(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("0 0.5 0.5 0.1 0.1\n")
    with pytest.raises(InputError, match="is none of the formats"):
        read_keypoints(path)
    with pytest.raises(InputError, match="17 keypoints in each line .* got 5 numbers"):
        read_keypoints(path, format="yolo", image_size=SIZE)


def test_lines_of_unequal_length_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"as many numbers in every line, got \[56, 57\]"):
        read(tmp_path / "a.txt", line(), line(4))
