import pickle
import zipfile

import numpy as np
import pytest

from posegcn import InputError
from posegcn.data.npz import read_npz


def write_pickle(path, content, protocol=2):
    """An ``.npz`` as NumPy writes it, with any pickle in the place of the array's."""
    header = "{'descr': '|O', 'fortran_order': False, 'shape': (), }"
    header = header.ljust(117) + "\n"
    array = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data.npy", array + pickle.dumps(content, protocol))


NESTED = {
    "S1": {"Walking 1": [np.arange(6, dtype=np.float32).reshape(1, 3, 2)], "count": np.int64(3)},
    "names": np.array(["a", "b"]),
    "plain": [1, 2.5, None, ("x",), True],
}


def same(one, other):
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    return np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_reads_nested_dictionaries_of_arrays(protocol, tmp_path):
    write_pickle(tmp_path / "a.npz", np.array(NESTED, dtype=object), protocol)
    assert same(read_npz(tmp_path / "a.npz", ["data"])["data"], NESTED)


def test_reads_what_numpy_writes_with_and_without_pickle(tmp_path):
    np.savez(tmp_path / "a.npz", plain=np.eye(2), nested=np.array(NESTED, dtype=object))
    arrays = read_npz(tmp_path / "a.npz", ["plain", "nested"])
    assert np.array_equal(arrays["plain"], np.eye(2))
    assert same(arrays["nested"], NESTED)


def test_reads_names_that_numpy_1_pickled(tmp_path):
    write_pickle(tmp_path / "a.npz", np.array(NESTED, dtype=object))
    with zipfile.ZipFile(tmp_path / "a.npz") as archive:
        array = archive.read("data.npy").replace(b"numpy._core.", b"numpy.core.")
    with zipfile.ZipFile(tmp_path / "old.npz", "w") as archive:
        archive.writestr("data.npy", array)
    assert same(read_npz(tmp_path / "old.npz", ["data"])["data"], NESTED)


class Runs:
    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def hostile():
    import builtins
    import os
    import subprocess

    yield Runs(os.mkdir, "was_here")
    yield Runs(subprocess.check_output, ["touch", "was_here"])
    yield Runs(builtins.eval, "open('was_here', 'w')")
    yield Runs(np.save, "was_here", np.zeros(1))
    yield Runs(np.load, "was_here")
    yield Runs(getattr, "text", "upper")


def rebuilt(dtype, content):
    """An array that a pickle asks NumPy to build from a state of the pickle's own."""
    empty = Runs(np.zeros(1).__reduce__()[0], np.ndarray, (0,), b"b")
    empty.call = (*empty.call, (1, (1, 2, 3), dtype, False, content))
    return empty


def forged():
    """Memory of others taken for objects; NumPy's own unpickling follows all of them."""
    address = b"A" * 48
    flags = Runs(np.dtype, "O8", False, True)
    flags.call = (*flags.call, (3, "|", None, None, None, -1, -1, 0))
    record = Runs(np.dtype, "V8", False, True)
    fields = {"a": (np.dtype("O"), 0)}
    record.call = (*record.call, (3, "|", None, ("a",), fields, 8, 1, 0))
    yield Runs(np.ndarray, (), np.dtype("O"), address)
    yield rebuilt(np.dtype("O"), address)
    yield rebuilt(flags, address)
    yield rebuilt(record, address)
    yield Runs(np.zeros(1).__reduce_ex__(5)[0], address, np.dtype("O"), (6,), "C")
    yield Runs(np.float64(0).__reduce__()[0], np.dtype("O"), address)


@pytest.mark.parametrize("index", range(6))
def test_forged_arrays_reach_no_memory_of_others(index, tmp_path):
    write_pickle(tmp_path / "a.npz", {"S1": list(forged())[index]}, protocol=4)
    with pytest.raises(InputError, match="is not data|not a list of data"):
        read_npz(tmp_path / "a.npz", ["data"])


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("index", range(6))
def test_hostile_pickles_do_not_run(index, nested, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content = list(hostile())[index]
    write_pickle(tmp_path / "a.npz", {"S1": [content]} if nested else content)
    with pytest.raises(InputError, match="a pickle inside asks for .*, which is not data"):
        read_npz(tmp_path / "a.npz", ["data"])
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]


def test_text_may_only_be_encoded_as_bytes_of_arrays(tmp_path):
    import codecs

    write_pickle(tmp_path / "a.npz", Runs(codecs.encode, "text", "rot13"))
    with pytest.raises(InputError, match="encodes text as 'rot13'"):
        read_npz(tmp_path / "a.npz", ["data"])


def test_damage_is_one_sentence_wherever_it_is(tmp_path):
    np.savez(tmp_path / "a.npz", data=np.array(NESTED, dtype=object))
    whole = (tmp_path / "a.npz").read_bytes()
    for length in range(0, len(whole) - 1, 37):
        (tmp_path / "cut.npz").write_bytes(whole[:length])
        with pytest.raises(InputError, match=r"cut.npz"):
            read_npz(tmp_path / "cut.npz", ["data"])


def test_damaged_pickle_is_one_sentence(tmp_path):
    write_pickle(tmp_path / "a.npz", np.array(NESTED, dtype=object))
    with zipfile.ZipFile(tmp_path / "a.npz") as archive:
        array = bytearray(archive.read("data.npy"))
    for position in range(130, len(array), 11):
        broken = bytearray(array)
        broken[position] ^= 0xFF
        with zipfile.ZipFile(tmp_path / "broken.npz", "w") as archive:
            archive.writestr("data.npy", bytes(broken))
        try:
            read_npz(tmp_path / "broken.npz", ["data"])
        except InputError as error:
            assert "broken.npz" in str(error)  # noqa: PT017 - damage inside a number goes unseen


def test_missing_file_and_name(tmp_path):
    with pytest.raises(InputError, match="there is no file"):
        read_npz(tmp_path / "none.npz", ["data"])
    np.savez(tmp_path / "a.npz", other=np.zeros(1))
    with pytest.raises(InputError, match="holds no 'data', only: other"):
        read_npz(tmp_path / "a.npz", ["data"])
