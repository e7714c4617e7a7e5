"""Pictures of the frames of a video: their files, sizes and numbers."""

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from posegcn.errors import InputError
from posegcn.keypoints.sighting import frame_numbers

FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
ORIENTATION, QUARTER_TURNS = 0x0112, (5, 6, 7, 8)  # of EXIF: those that exchange the sides


def picture_files(images: str | Path | Sequence[str | Path]) -> list[Path]:
    """The files, or those of a folder in the order of the numbers in their names.

    Raises:
        InputError: There is none, one is no PNG or JPEG, or two have the same name.
    """
    paths = _listed(images)
    if not paths:
        raise InputError(f"there is no picture in {images}, expected {', '.join(FORMATS)}")
    unknown = [path for path in paths if path.suffix.lower() not in FORMATS]
    if unknown:
        raise InputError(f"{unknown[0]} is no {' or '.join(FORMATS)}: convert it first")
    if len({path.name for path in paths}) < len(paths):
        raise InputError("two pictures have the same name, and a folder takes one of each name")
    return paths


def frames_shown(paths: Sequence[Path], wanted: Collection[int]) -> list[int]:
    """Number of the frame that each picture shows.

    It is that at the end of the name or, where more of the frames wanted have a picture then, one
    less or more: some programs count from 0 and others from 1. Pictures without numbers are
    counted from 0 in their order.

    Raises:
        InputError: No frame that is wanted has a picture.
    """
    numbers = list(frame_numbers([path.name for path in paths]).values())
    shown = {shift: set(wanted) & {number - shift for number in numbers} for shift in (0, 1, -1)}
    shift = max(shown, key=lambda shift: len(shown[shift]))
    if wanted and not shown[shift]:
        raise InputError(
            f"no picture is of a frame with people: the pictures have the numbers {min(numbers)} "
            f"to {max(numbers)}, the frames {min(wanted)} to {max(wanted)}; name each picture by "
            "the number of its frame"
        )
    return [number - shift for number in numbers]


def check_size(path: Path, image_size: tuple[int, int]) -> None:
    """Refuse a picture that has another size than keypoints are for, without decoding it.

    Raises:
        InputError: It has, or cannot be read.
    """
    from PIL import Image

    with _reading(path), Image.open(path) as picture:
        turned = picture.getexif().get(ORIENTATION, 1) in QUARTER_TURNS
        width, height = picture.size[::-1] if turned else picture.size
    if (width, height) != tuple(image_size):
        raise InputError(
            f"{path} is {width}x{height}, expected {image_size[0]}x{image_size[1]}, the size of "
            "the image that the keypoints are for"
        )


def opened(path: Path) -> Any:
    """The picture in red, green and blue, the right way up.

    Raises:
        InputError: It cannot be read.
    """
    from PIL import Image, ImageOps

    with _reading(path), Image.open(path) as picture:
        return ImageOps.exif_transpose(picture).convert("RGB")


def _listed(images: str | Path | Sequence[str | Path]) -> list[Path]:
    if not isinstance(images, str | Path):
        return [Path(image) for image in images]
    folder = Path(images)
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder} of pictures")
    found = [path for path in folder.iterdir() if path.suffix.lower() in FORMATS]
    return sorted(found, key=_in_order)


def _in_order(path: Path) -> list[tuple[int, str]]:
    """A key by which ``2.png`` comes before ``10.png``."""
    parts = re.split(r"(\d+)", path.name)
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts]


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    from PIL import Image

    try:
        yield
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise InputError(f"cannot read the picture {path} ({error})") from error
