"""Opens files of keypoints: JSON, lines of text or arrays, recognised by their first bytes.

What they hold is read when it is asked for, so that a long clip is never in memory as a whole.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from posegcn.errors import InputError
from posegcn.keypoints.folder import files_of
from posegcn.keypoints.json_text import NOT_UTF_8, Entries, parse_json
from posegcn.keypoints.values import shown

LARGEST_BYTES = 400_000_000  # of a file, or of all files of a folder together
LARGEST_FRAME = 4_000_000  # bytes of one file of many
MOST_LINES = 3_500_000  # half an hour at 50 frames per second has 3 million, of 33 joints
_LONGEST_LINE = 1_000_000
_ZIP = b"PK\x03\x04"


class Lines:
    """The lines of a file of text, read as they are asked for.

    Args:
        path: The file.

    Raises:
        InputError: There are too many, or one is too long.
    """

    def __init__(self, path: Path):
        self.path = path
        count = 0
        with open(path, "rb") as file:
            while chunk := file.read(_LONGEST_LINE):
                found = chunk.count(b"\n")
                count += found
                if not found and len(chunk) == _LONGEST_LINE:
                    raise InputError(
                        f"expected lines of at most {_LONGEST_LINE} characters, got a longer one"
                    )
        if count > MOST_LINES:
            raise InputError(
                f"expected at most {MOST_LINES} lines, got {count}; cut the clip into parts"
            )

    def __iter__(self) -> Iterator[str]:
        try:
            with open(self.path, encoding="utf-8-sig") as file:
                yield from file
        except UnicodeDecodeError as error:
            raise InputError(NOT_UTF_8) from error

    def __repr__(self) -> str:
        return repr(next(iter(self), "").rstrip("\n"))


@dataclass(frozen=True)
class Document:
    """One file.

    Args:
        path: The file.
        kind: "json", "text" (lines) or "npz".
        alone: Whether it is the only one, and may be long.
    """

    path: Path
    kind: str
    alone: bool

    @property
    def name(self) -> str:
        """Of the file, without its folder."""
        return self.path.name

    @cached_property
    def _whole(self) -> Any:
        return self._read()

    @property
    def value(self) -> Any:
        """What the file holds: JSON, lines, or the path of arrays; one of many is not kept.

        Raises:
            InputError: The file is damaged.
        """
        return self._whole if self.alone else self._read()

    def _read(self) -> Any:
        if self.kind == "npz":
            return self.path
        try:
            if self.alone and self.kind == "text":
                return Lines(self.path)
            if self.alone and _first_sign(self.path) == "[":
                return Entries(self.path)
            data = self.path.read_bytes()
            if not self.alone and len(data) > LARGEST_FRAME:
                raise InputError(f"expected at most {LARGEST_FRAME // 10**6} MB for one frame")
            text = data.decode("utf-8-sig")
            del data
            return parse_json(text) if self.kind == "json" else text.splitlines()
        except UnicodeDecodeError as error:
            raise InputError(self._named(NOT_UTF_8)) from error
        except InputError as error:
            raise InputError(self._named(str(error))) from error

    def _named(self, sentence: str) -> str:
        return sentence if self.alone else f"{self.name}: {sentence}"


@dataclass(frozen=True)
class Content:
    """A file, or the files of a folder, in the order of their names.

    Args:
        path: File or folder.
        documents: At least one, all of the same kind.
    """

    path: Path
    documents: tuple[Document, ...]

    @property
    def kind(self) -> str:
        """The kind of all files."""
        return self.documents[0].kind

    @property
    def single(self) -> Document:
        """The first file, for formats that have only one."""
        return self.documents[0]

    def first_filled(self) -> Any:
        """What the first file holds that is no empty list, as that of an image without people is.

        ``None`` where all are empty.
        """
        return next((value for d in self.documents if (value := d.value) != []), None)

    def describe(self) -> str:
        """What is in it, for a message."""
        first = self.documents[0]
        what = "an .npz file" if first.kind == "npz" else f"{first.kind} {shown(first.value)}"
        if len(self.documents) == 1:
            return what
        return f"a folder with {len(self.documents)} {self.kind} files, the first with {what}"


def open_content(path: Path) -> Content:
    """A file, or the .json or .txt files of a folder.

    Raises:
        InputError: There is nothing there, it is too large, or neither text nor ``.npz``.
    """
    try:
        if not path.exists():
            raise InputError("there is no such file or folder")
        files, size = files_of(path) if path.is_dir() else ([path], os.stat(path).st_size)
        if len(files) == 1 and not files[0].is_file():
            raise InputError("expected a file or a folder of files, got something else")
        if size > LARGEST_BYTES:
            raise InputError(
                f"expected at most {LARGEST_BYTES // 10**6} MB, got {size // 10**6} MB; "
                "cut the clip into parts"
            )
        if len(files) == 1:
            return Content(path, (Document(files[0], _kind(files[0]), True),))
        kind = {".json": "json", ".txt": "text"}[files[0].suffix.lower()]
        return Content(path, tuple(Document(file, kind, False) for file in files))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}") from error
    except InputError:
        raise
    except ValueError as error:  # a name with a zero byte
        raise InputError(str(error)) from error


def _kind(path: Path) -> str:
    with open(path, "rb") as file:
        if file.read(len(_ZIP)) == _ZIP:
            return "npz"
    return "json" if _first_sign(path) in ("[", "{") else "text"


def _first_sign(path: Path) -> str:
    """The first character that is not blank."""
    with open(path, encoding="utf-8-sig") as file:
        try:
            while chunk := file.read(_LONGEST_LINE):
                if text := chunk.lstrip():
                    return text[0]
        except UnicodeDecodeError as error:
            raise InputError(NOT_UTF_8) from error
    raise InputError("expected keypoints, got an empty file")
