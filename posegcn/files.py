"""Files that are written whole or not at all."""

import os
from pathlib import Path

from posegcn.errors import InputError

UNFINISHED = ".unfinished"  # how the name of a file ends while it is written


def write_atomically(path: str | Path, data: bytes) -> None:
    """Write a file so that a crash leaves the old one or the new one, never half of one.

    Raises:
        InputError: The file cannot be written.
    """
    path = Path(path)
    try:
        _refuse_folder(path)
        temporary = path.with_name(f".{path.name}.{os.getpid()}{UNFINISHED}")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(temporary, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error


def remove_leftovers(folder: Path) -> None:
    """Remove what killed processes have left of files that they had begun to write."""
    for leftover in folder.glob(f".*{UNFINISHED}"):
        leftover.unlink(missing_ok=True)


def check_writable(path: str | Path) -> None:
    """Make sure, before long work, that a file can be written after it; nothing is left behind.

    Raises:
        InputError: It cannot.
    """
    path = Path(path)
    _refuse_folder(path)
    made = [folder for folder in path.parents if not folder.exists()]
    probe = path.with_name(f".{path.name}.probe")
    try:
        write_atomically(probe, b"")
    except InputError as error:
        raise InputError(str(error).replace(str(probe), str(path))) from error
    probe.unlink()
    for folder in made:
        folder.rmdir()


def _refuse_folder(path: Path) -> None:
    if not path.name or path.is_dir():
        raise InputError(f"cannot write {str(path)!r}: expected the name of a file, not a folder")
