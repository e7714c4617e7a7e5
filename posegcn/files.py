"""Files that are written whole or not at all."""

import os
from pathlib import Path

from posegcn.errors import InputError


def write_atomically(path: str | Path, data: bytes) -> None:
    """Write a file so that a crash leaves the old one or the new one, never half of one.

    Raises:
        InputError: The file cannot be written.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    if path.is_dir():
        raise InputError(f"cannot write {path}: it is a folder")
    try:
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


def check_writable(path: str | Path) -> None:
    """Make sure, before long work, that a file can be written after it; nothing is left behind.

    Raises:
        InputError: It cannot.
    """
    probe = Path(path).with_name(f".{Path(path).name}.probe")
    write_atomically(probe, b"")
    probe.unlink()
