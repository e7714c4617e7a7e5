import numpy as np
import pytest

from posegcn import InputError
from posegcn.keypoints.content import open_content, parse_json


def opened(path, data):
    path.write_bytes(data)
    return open_content(path)


def test_kinds_are_told_by_content(tmp_path):
    path = tmp_path / "file.dat"
    content = opened(path, b'\xef\xbb\xbf [{"a": 1}]')  # with a byte order mark
    assert (content.kind, content.single.value) == ("json", [{"a": 1}])
    content = opened(path, b"a,b\r\n1,2\r\n")
    assert (content.kind, content.single.value) == ("text", ["a,b", "1,2"])
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
    (tmp_path / "b_2.json").write_text("1 2")
    content = open_content(tmp_path)
    assert content.kind == "mixed"
    assert "2 files of several kinds" in content.describe()
    (tmp_path / "b_2.json").write_text("[1")
    with pytest.raises(InputError, match="b_2.json: is damaged JSON .* line 1, column 3"):
        open_content(tmp_path)


def test_json_says_every_name_once():
    assert parse_json('{"a": {"b": 1}, "c": {"b": 2}}') == {"a": {"b": 1}, "c": {"b": 2}}
    with pytest.raises(InputError, match="names 'b' twice"):
        parse_json('{"a": {"b": 1, "c": 3, "b": 2}}')
