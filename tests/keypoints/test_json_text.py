import json

import pytest

from posegcn import InputError
from posegcn.keypoints import json_text
from posegcn.keypoints.json_text import Entries, parse_json

VALUES = [{"a": [1, 2.5, None], "b": '],[ \\ " é'}, [], "x", 12345, {"c": {}}, True, [[1]]] * 40


@pytest.fixture(params=[1, 2, 3, 7, 64, 10**6])
def chunk(request, monkeypatch):
    monkeypatch.setattr(json_text, "_CHUNK", request.param)


def entries(tmp_path, text):
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    return Entries(path)


@pytest.mark.usefixtures("chunk")
@pytest.mark.parametrize("indent", [None, 0, 3])
def test_entries_are_those_of_the_list(indent, tmp_path):
    """However the file is cut into chunks."""
    text = json.dumps(VALUES, indent=indent, ensure_ascii=False)
    found = entries(tmp_path, f"\ufeff {text}\n")
    assert list(found) == list(found) == VALUES
    assert found.first == VALUES[0]
    assert list(entries(tmp_path, "[ ]")) == []


@pytest.mark.usefixtures("chunk")
@pytest.mark.parametrize(
    ("text", "read", "message"),
    [
        ("[1, 2 3]", [1], "Expecting ',' delimiter in entry 1"),
        ("[1, 2, ]", [1, 2], "entry 2"),
        ('[{"a": 1}, {"a" 1}, 3, 4, 5, 6, 7, 8, 9]', [{"a": 1}], "entry 1"),
        ("[1] 2]", [1], "Extra data in what follows entry 0"),
        ('[{"a": 1, "b": 2, "a": 3}]', [], "names 'a' twice"),
        (f"[{'9' * 10_000}]", [], "a number too long"),
        (f"[0, {'[' * 9000}]", [0], "too deeply|Unexpected end"),
    ],
)
def test_what_stands_before_the_damage_is_read(text, read, message, tmp_path):
    found, seen = entries(tmp_path, text), []
    with pytest.raises(InputError, match=message):
        seen.extend(found)  # what came before the error stays
    assert seen == read


def test_a_list_without_an_end_is_refused_before_it_is_read(tmp_path):
    with pytest.raises(InputError, match="damaged JSON .its list does not end"):
        entries(tmp_path, json.dumps([1, {"a": [2, 3]}])[:-1])


def test_entries_have_a_largest_size(tmp_path, monkeypatch):
    monkeypatch.setattr(json_text, "LARGEST_ENTRY", 1000)
    monkeypatch.setattr(json_text, "_CHUNK", 100)
    with pytest.raises(InputError, match="entries of at most 0 MB, got a longer one: 1"):
        list(entries(tmp_path, f'[0, "{"a" * 3000}"]'))


def test_there_is_a_largest_number_of_entries(tmp_path, monkeypatch):
    monkeypatch.setattr(json_text, "MOST_ENTRIES", 3)
    assert list(entries(tmp_path, "[1, 2, 3]")) == [1, 2, 3]
    with pytest.raises(InputError, match="at most 3 entries"):
        list(entries(tmp_path, "[1, 2, 3, 4]"))


def test_json_says_every_name_once():
    assert parse_json('{"a": {"b": 1}, "c": {"b": 2}}') == {"a": {"b": 1}, "c": {"b": 2}}
    with pytest.raises(InputError, match="names 'b' twice"):
        parse_json('{"a": {"b": 1, "c": 3, "b": 2}}')
