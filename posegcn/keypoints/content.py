"""Opens files of keypoints: JSON, lines of text or arrays, recognised by their first bytes."""

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from posegcn.errors import InputError
from posegcn.keypoints.values import shown

LARGEST_BYTES = 250_000_000  # of a file, or of all files of a folder together
LARGEST_MEMORY = 1_000_000_000  # that a file may take once it is read
_MOST_FILES = 1_000_000
_LONGEST_LINE = 1_000_000
_ENDINGS = (".json", ".txt")

# About what Python takes for a mapping, a list, a number in it; for a line.
_BYTES_IN_JSON = {"{": 250, "[": 90, ",": 35}
_BYTES_IN_TEXT = {"\n": 60}


@dataclass(frozen=True)
class Document:
    """One file.

    Args:
        name: Of the file, without its folder.
        kind: "json", "text" (lines) or "npz".
        value: What JSON holds, the list of the lines, or the path of the arrays.
    """

    name: str
    kind: str
    value: Any


@dataclass(frozen=True)
class Content:
    """A file, or the files of a folder, in the order of their names.

    Args:
        path: File or folder.
        documents: At least one.
    """

    path: Path
    documents: tuple[Document, ...]

    @cached_property
    def kind(self) -> str:
        """The kind of all files, "mixed" if they differ."""
        kinds = {document.kind for document in self.documents}
        return kinds.pop() if len(kinds) == 1 else "mixed"

    @property
    def single(self) -> Document:
        """The first file, for formats that have only one."""
        return self.documents[0]

    def describe(self) -> str:
        """What is in it, for a message."""
        first = self.documents[0]
        what = "an .npz file" if first.kind == "npz" else f"{first.kind} {shown(first.value)}"
        if len(self.documents) == 1:
            return what
        kinds = f"{self.kind} files" if self.kind != "mixed" else "files of several kinds"
        return f"a folder with {len(self.documents)} {kinds}, the first with {what}"


def open_content(path: Path) -> Content:
    """Read a file, or the .json or .txt files of a folder.

    Raises:
        InputError: There is nothing there, it is too large, or neither text nor ``.npz``.
    """
    try:
        if not path.exists():
            raise InputError("there is no such file or folder")
        files = _files_of(path) if path.is_dir() else [path]
        if not all(file.is_file() for file in files):
            raise InputError("expected a file or a folder of files, got something else")
        if (size := sum(file.stat().st_size for file in files)) > LARGEST_BYTES:
            raise InputError(
                f"expected at most {LARGEST_BYTES // 10**6} MB, got {size // 10**6} MB; "
                "cut the clip into parts"
            )
        documents = tuple(_read(file, one_of_many=path.is_dir()) for file in files)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}") from error
    except ValueError as error:  # a name with a zero byte; InputError is one as well
        raise InputError(str(error)) from error
    return Content(path, documents)


def _files_of(folder: Path) -> list[Path]:
    """Files of one ending, those of keypoints being .json or .txt; hidden ones are left out."""
    found = [file for file in folder.iterdir() if not file.name.startswith(".")]
    by_ending = {
        ending: sorted(file for file in found if file.suffix.lower() == ending)
        for ending in _ENDINGS
    }
    filled = [files for files in by_ending.values() if files]
    if len(filled) != 1:
        what = "both" if filled else "none"
        raise InputError(f"expected a folder with files {' or '.join(_ENDINGS)}, it has {what}")
    if len(filled[0]) > _MOST_FILES:
        raise InputError(f"expected at most {_MOST_FILES} files, got {len(filled[0])}")
    return filled[0]


def _read(path: Path, one_of_many: bool) -> Document:
    with open(path, "rb") as file:
        if file.read(4) == b"PK\x03\x04":
            return Document(path.name, "npz", path)
        file.seek(0)
        data = file.read()
    try:
        kind, value = _parse(data)
    except InputError as error:
        raise InputError(f"{path.name}: {error}" if one_of_many else str(error)) from error
    return Document(path.name, kind, value)


def _parse(data: bytes) -> tuple[str, Any]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("expected text in UTF-8 or an .npz file, got other bytes") from error
    if not text.strip():
        raise InputError("expected keypoints, got an empty file")
    is_json = text.lstrip()[0] in "[{"
    _check_memory(text, _BYTES_IN_JSON if is_json else _BYTES_IN_TEXT)
    if is_json:
        return "json", parse_json(text)
    lines = text.splitlines()
    if max(map(len, lines)) > _LONGEST_LINE:
        raise InputError(f"expected lines of at most {_LONGEST_LINE} characters, got a longer one")
    return "text", lines


def _check_memory(text: str, bytes_each: dict[str, int]) -> None:
    """Refuse text of which Python's objects would take far more memory than it has characters."""
    memory = 2 * len(text) + sum(size * text.count(sign) for sign, size in bytes_each.items())
    if memory > LARGEST_MEMORY:
        raise InputError(
            f"expected at most {LARGEST_MEMORY // 10**6} MB in memory, it would take "
            f"{memory // 10**6} MB; cut the clip into parts"
        )


def parse_json(text: str) -> Any:
    """What JSON text holds.

    Raises:
        InputError: It is no JSON, nested too deeply, or names an entry twice.
    """
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"is damaged JSON ({error.msg} in {where}); write it again") from error
    except RecursionError as error:
        raise InputError("is JSON nested too deeply to hold keypoints") from error
    except InputError:
        raise
    except ValueError as error:  # an integer of thousands of digits
        raise InputError("is JSON with a number too long to be read") from error


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = counts.most_common(1)[0][0]
        raise InputError(f"is JSON that names {shown(twice)} twice in one mapping")
    return mapping
