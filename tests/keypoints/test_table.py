import time

import pytest

from posegcn import InputError
from posegcn.keypoints import read_keypoints
from posegcn.skeletons import COCO_17, HUMANEVA_15

HEADER = "frame,person,joint,x,y,confidence"
WIDE = "frame," + ",".join(f"{joint}_{axis}" for joint in COCO_17.joints[:5] for axis in "xy")


ROWS = [f"0,{joint},{10.5 + i},{20 + i},0.5" for i, joint in enumerate(HUMANEVA_15.joints)]
SHORT = [line.removesuffix(",0.5") for line in ROWS]


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


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_capitals_and_what_separates_columns_do_not_matter(sign, tmp_path):
    lines = [line.replace(",", sign) for line in ("Frame,Joint,X,Y,Confidence", *ROWS)]
    track = read(tmp_path, *lines).person()
    assert track.keypoints_px[0, 3].tolist() == [13.5, 23.0]
    assert track.confidence.unique().tolist() == [0.5]


def test_spreadsheets_with_decimal_commas(tmp_path):
    lines = [line.replace(",", ";").replace(".", ",") for line in ("frame,joint,x,y", *SHORT)]
    assert read(tmp_path, *lines).person().keypoints_px[0, 3].tolist() == [13.5, 23.0]


def test_quoted_words(tmp_path):
    lines = [f'0,"{joint}","{10 + i}",{20 + i}' for i, joint in enumerate(HUMANEVA_15.joints)]
    track = read(tmp_path, '"frame","joint","x","y"', *lines).person()
    assert track.keypoints_px[0, 3].tolist() == [13.0, 23.0]


def test_a_line_a_hundred_thousand_times_is_refused_at_once(tmp_path):
    start = time.process_time()
    with pytest.raises(InputError, match="expected one line for 'hip' .* got two"):
        read(tmp_path, "frame,joint,x,y", *["0,hip,1,2"] * 100_000)
    assert time.process_time() - start < 0.5


def test_joints_without_numbers_or_lines_are_missing(tmp_path):
    lines = rows(0) + rows(1)
    lines[2] = f"0,anna,{HUMANEVA_15.joints[2]},,,0.9"
    track = read(tmp_path, HEADER, *lines[:-1]).person()
    assert track.missing.nonzero().tolist() == [[0, 2], [1, 14]]


def test_what_is_wrong_is_said(tmp_path):
    cases = {
        "the nearest is humaneva_15, .*'head'": [HEADER, *rows(0)[:-1]],
        "one line for 'hip' of person anna in frame 0, got two": [HEADER, *rows(0), rows(0)[0]],
        "expected 6 columns near line 2, got 4": [HEADER, "0,anna,hip,1"],
        "damaged table near line 4: '0,\"a": [HEADER, *rows(0)[:2], '0,"a"b,hip,1,2,3'],
        "with the columns frame, joint, x, y and if wanted .* got one for each frame, with the "
        "columns frame, nose_x": [WIDE, ",".join("1" * 11)],
        "expected one column 'x', got 2": ["frame,joint,y,x,x", "0,hip,1,2,3"],
        "a whole number for the frame, got 0.5": [HEADER, *rows(0.5)],
        "damaged table near line 3": [HEADER, rows(0)[0], "0,anna,hip,one,2,1"],
        "the name of a joint in every line": [HEADER, "0,anna,,1,2,1"],
        "none of the formats": ["frame joint x y", "0 hip 1 2"],
    }
    for message, lines in cases.items():
        with pytest.raises(InputError, match=message):
            read(tmp_path, *lines)
