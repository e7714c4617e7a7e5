import pytest

from posegcn import InputError
from posegcn.keypoints import read_keypoints
from posegcn.skeletons import HUMANEVA_15

HEADER = "frame,person,joint,x,y,confidence"


def rows(frame, person="anna", joints=HUMANEVA_15.joints, end=",0.5"):
    return [f"{frame},{person},{joint},{10 + i},{20 + i}{end}" for i, joint in enumerate(joints)]


def read(tmp_path, *lines):
    path = tmp_path / "keypoints.csv"
    path.write_text("\n".join(lines))
    return read_keypoints(path)


def test_comments_empty_lines_and_further_columns(tmp_path):
    lines = [f"{row},more" for row in rows(3)]
    track = read(tmp_path, "# by hand", "", HEADER + ",note", *lines, "", "# end").person("anna")
    assert track.frames.tolist() == [3]
    assert track.keypoints_px[0, 1].tolist() == [11.0, 21.0]
    assert track.confidence.unique().tolist() == [0.5]


def test_columns_in_any_order_and_only_those_needed(tmp_path):
    lines = [f"{i}, {joint}, 7, {2 * i}" for i, joint in enumerate(HUMANEVA_15.joints)]
    track = read(tmp_path, "x, joint, frame, y", *lines).person()
    assert track.keypoints_px[0, 3].tolist() == [3.0, 6.0]
    assert (track.confidence == 1).all()


def test_joints_without_numbers_or_lines_are_missing(tmp_path):
    lines = rows(0) + rows(1)
    lines[2] = f"0,anna,{HUMANEVA_15.joints[2]},,,0.9"
    track = read(tmp_path, HEADER, *lines[:-1]).person()
    assert track.missing.nonzero().tolist() == [[0, 2], [1, 14]]


def test_what_is_wrong_is_said(tmp_path):
    cases = {
        "the nearest is humaneva_15, .*'head'": [HEADER, *rows(0)[:-1]],
        "one line for 'hip' of person anna in frame 0, got two": [HEADER, *rows(0), rows(0)[0]],
        "damaged table near line 2": [HEADER, "0,anna,hip,1"],
        "a whole number for the frame, got 0.5": [HEADER, *rows(0.5)],
        "damaged table near line 3": [HEADER, rows(0)[0], "0,anna,hip,one,2,1"],
        "the name of a joint in every line": [HEADER, "0,anna,,1,2,1"],
        "none of the formats": ["frame;joint;x;y", "0;hip;1;2"],
    }
    for message, lines in cases.items():
        with pytest.raises(InputError, match=message):
            read(tmp_path, *lines)
