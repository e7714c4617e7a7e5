import pytest

from posegcn.errors import InputError
from posegcn.files import write_atomically


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
