# @title Run me first (does nothing where the book is installed)
# Brings posegcn and the files that this page reads, if they are missing.
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = ""
found = importlib.util.find_spec("posegcn")
if not (found and Path("results").is_dir()):
    book = Path(found.origin).parents[1] / "book" if found else Path()
    if not (book / "results").is_dir():
        book = Path("posegcn-book", "book").resolve()
        if not book.is_dir() and not REPOSITORY:
            raise RuntimeError(
                "posegcn is not here, and this copy of the book was built before it had a public "
                "address: run `make setup` in its repository and open book/ there"
            )
        if not book.is_dir():
            clone = [
                "git",
                "clone",
                "--quiet",
                "--depth",
                "1",
                REPOSITORY,
                "posegcn-book",
            ]
            subprocess.run(clone, check=True)
        if found is None:
            package = f"{book.parent}[notebook]"
            subprocess.run(
                [sys.executable, "-m", "pip", "install", "-q", package], check=True
            )
            importlib.invalidate_caches()
    os.chdir(book)
