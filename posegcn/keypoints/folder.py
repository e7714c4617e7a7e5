"""Which files of a folder are the frames of a clip.

A folder of frames holds files of one ending, .json or .txt. Left out are hidden files, those of
other endings, and files that programs and people put beside frames: those called ``args``,
``classes``, ``config``, ``info``, ``metadata``, ``notes`` or ``requirements``, and whatever begins
with ``readme`` or ``license``, in capitals or not. A folder without frames that has a folder
``labels``, as YOLO's ``predict`` has, stands for that one.
"""

import os
from pathlib import Path

from posegcn.errors import InputError

ENDINGS = (".json", ".txt")
NO_FRAMES = {"args", "classes", "config", "info", "metadata", "notes", "requirements"}
NO_FRAMES_BEGIN = ("readme", "license", "licence")
LABELS = "labels"
MOST_FILES = 1_000_000


def files_of(folder: Path) -> tuple[list[Path], int]:
    """Files of the frames, by name, and how many bytes they hold together.

    Raises:
        InputError: There are none, too many, or files of both endings.
    """
    with os.scandir(folder) as entries:
        found = sorted((e for e in entries if _may_be_frame(e.name)), key=lambda e: e.name)
    by_ending = {e: [f for f in found if f.name.lower().endswith(e)] for e in ENDINGS}
    filled = [files for files in by_ending.values() if files]
    if not filled:
        labels = folder / LABELS
        if labels.is_dir():
            return files_of(labels)
        raise InputError(
            f"expected a folder with files {' or '.join(ENDINGS)}, or with such a folder "
            f"{LABELS!r}, it has none"
        )
    if len(filled) > 1:
        few = min(filled, key=len)
        raise InputError(
            f"expected a folder with files {' or '.join(ENDINGS)}, it has both: "
            f"{' and '.join(f'{len(files)} like {files[0].name!r}' for files in filled)}; take "
            f"{few[0].name!r} out if it is no frame"
        )
    if len(filled[0]) > MOST_FILES:
        raise InputError(f"expected at most {MOST_FILES} files, got {len(filled[0])}")
    if odd := next((file for file in filled[0] if not file.is_file()), None):
        raise InputError(f"expected a folder of files, {odd.name!r} is something else")
    return [Path(file.path) for file in filled[0]], sum(file.stat().st_size for file in filled[0])


def _may_be_frame(name: str) -> bool:
    stem = os.path.splitext(name.lower())[0]
    return not (name.startswith(".") or stem in NO_FRAMES or stem.startswith(NO_FRAMES_BEGIN))
