import os

import numpy as np
import pytest

from posegcn import InputError
from posegcn.keypoints.content import LARGEST_FRAME, MOST_LINES, open_content


def opened(path, data):
    path.write_bytes(data)
    return open_content(path)


def test_kinds_are_told_by_content(tmp_path):
    path = tmp_path / "file.dat"
    content = opened(path, b'\xef\xbb\xbf [{"a": 1}]')  # with a byte order mark
    assert (content.kind, list(content.single.value)) == ("json", [{"a": 1}])
    assert content.describe() == "json [{'a': 1}, ...]"
    content = opened(path, b' {"a": 1}')
    assert (content.kind, content.single.value) == ("json", {"a": 1})
    content = opened(path, b"a,b\r\n1,2\r\n")
    assert (content.kind, list(content.single.value)) == ("text", ["a,b\n", "1,2\n"])
    assert content.describe() == "text 'a,b'"
    np.savez(tmp_path / "file.npz", a=np.zeros(1))
    (tmp_path / "file.npz").replace(path)
    content = open_content(path)
    assert (content.kind, content.single.value, content.describe()) == ("npz", path, "an .npz file")


def test_a_folder_holds_files_of_one_ending_by_name(tmp_path):
    for name in ("b_2.json", "a_1.JSON", ".hidden.json", "picture.png"):
        (tmp_path / name).write_text("[1]")
    (tmp_path / "inner").mkdir()
    content = open_content(tmp_path)
    assert [document.name for document in content.documents] == ["a_1.JSON", "b_2.json"]
    assert content.describe() == "a folder with 2 json files, the first with json [1]"
    (tmp_path / "b_2.json").write_text("[1")
    with pytest.raises(InputError, match="b_2.json: is damaged JSON .* line 1, column 3"):
        [document.value for document in open_content(tmp_path).documents]
    (tmp_path / "b_2.json").write_bytes(b"[" + b" " * LARGEST_FRAME + b"]")
    with pytest.raises(InputError, match="b_2.json: expected at most 4 MB for one frame"):
        [document.value for document in open_content(tmp_path).documents]


def test_one_file_of_many_is_not_kept_in_memory(tmp_path):
    for name in ("1.json", "2.json"):
        (tmp_path / name).write_text('{"a": []}')
    documents = open_content(tmp_path).documents
    assert documents[0].value is not documents[0].value
    alone = open_content(tmp_path / "1.json").single
    assert alone.value is alone.value


def test_too_many_lines_and_too_long_ones(tmp_path):
    with pytest.raises(InputError, match="at most 3500000 lines, got 3500001"):
        list(opened(tmp_path / "many.csv", b"a" + b"\n" * (MOST_LINES + 1)).single.value)
    with pytest.raises(InputError, match="lines of at most 1000000 characters"):
        list(opened(tmp_path / "long.csv", b"a\n" + b"b," * 10**6).single.value)


def test_bytes_that_are_no_text(tmp_path):
    for data in (b"\xff\xfe", b"a" * 5000 + b"\xff"):
        with pytest.raises(InputError, match="text in UTF-8 or an .npz file"):
            list(opened(tmp_path / "a.txt", data).single.value)


def test_something_else_in_a_folder(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(InputError, match="'pipe.json' is something else"):
        open_content(tmp_path)
