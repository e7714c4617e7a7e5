import pytest

from posegcn.errors import InputError
from posegcn.files import check_writable, write_atomically


def test_writes_and_makes_folders(tmp_path):
    target = tmp_path / "a" / "b.txt"
    write_atomically(target, b"first")
    write_atomically(target, b"second")
    assert target.read_bytes() == b"second"
    assert list(target.parent.iterdir()) == [target]


def test_failure_leaves_the_old_file_and_no_litter(tmp_path):
    target = tmp_path / "file"
    target.write_bytes(b"old")
    with pytest.raises(TypeError):
        write_atomically(target, "text is no bytes")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_unwritable_place_is_one_sentence(tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("in the way")
    with pytest.raises(InputError, match="cannot write .*file/out"):
        write_atomically(blocker / "out", b"")


def test_probing_leaves_nothing_behind(tmp_path):
    (tmp_path / "file").write_bytes(b"old")
    check_writable(tmp_path / "file")
    check_writable(tmp_path / "new" / "deep" / "file")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_bytes() == b"old"


@pytest.mark.parametrize("check", [check_writable, lambda path: write_atomically(path, b"")])
@pytest.mark.parametrize("target", ["", ".", "/", "folder"])
def test_a_folder_is_no_file(check, target, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="expected the name of a file"):
        check(target)
