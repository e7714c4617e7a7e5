"""Reads keypoints of any of the formats."""

import math
from numbers import Real
from pathlib import Path
from typing import Any

from posegcn.errors import InputError, look_up
from posegcn.keypoints.content import Content, open_content
from posegcn.keypoints.formats import FORMATS
from posegcn.keypoints.people import tracks_of
from posegcn.keypoints.track import Detections
from posegcn.keypoints.values import LARGEST_PIXEL, shown


def read_keypoints(
    path: str | Path,
    *,
    format: str | None = None,  # noqa: A002 - the word that users know
    image_size: tuple[int, int] | None = None,
    fps: float | None = None,
) -> Detections:
    """What a detector found, from its file or folder.

    Coordinates stay as they are in the file, zeros of missing keypoints as well
    (:attr:`~posegcn.keypoints.track.Track.missing` knows them); those in parts of the image become
    pixels. Confidences are cut off at 0 and 1 (``confidence_range`` of a track says what the file
    states). The parser of each format says what it reads, and ``posegcn.keypoints.FORMATS`` lists
    them.

    A file may have 400 MB; half an hour at 50 frames per second, 90,000 frames of one person, has
    100 MB in most formats, takes 2 to 4 seconds (a folder of as many files, or the 290 MB of
    MediaPipe, 5 to 10) and less than 500 MB beyond what Python has with torch.

    Args:
        path: A file, or a folder with a file for each frame.
        format: Name in ``FORMATS``; ``None`` recognises it by what the file holds.
        image_size: Width and height in pixels, instead of what the file says; formats with
            normalised coordinates need it.
        fps: Frames per second, instead of what the file says.

    Raises:
        InputError: The file is missing, damaged, too large, of no known format, or holds nobody.
    """
    if format is not None:
        look_up("format", format, FORMATS)
    path = Path(path)
    size, rate = _size(image_size, "image_size"), _rate(fps, "fps")
    try:
        content = open_content(path)
        name = _insisted(format, content) if format else _recognised(content)
    except (InputError, OSError) as error:
        raise InputError(f"{_line(path)}: {_sentence(error)}") from error
    try:
        reading = FORMATS[name].parse(content, size)
        tracks, named = tracks_of(reading)
        size = size or _size(reading.image_size, "the image size in the file")
        rate = rate or _rate(reading.fps, "the frames per second in the file")
    except (InputError, OSError) as error:
        raise InputError(f"{_line(path)}, read as {name}: {_sentence(error)}") from error
    return Detections(str(path), name, tracks, size, rate, named)


def _recognised(content: Content) -> str:
    for name, entry in FORMATS.items():
        if entry.fits(content) and entry.recognise(content):
            return name
    raise InputError(
        f"is none of the formats {', '.join(FORMATS)}, it is {content.describe()}; name the format "
        "to hear what is wrong with it"
    )


def _insisted(name: str, content: Content) -> str:
    if not FORMATS[name].fits(content):
        raise InputError(f"expected {name}, a {FORMATS[name].form}, got {content.describe()}")
    return name


def _size(size: Any, what: str) -> tuple[int, int] | None:
    if size is None:
        return None
    parts = tuple(size) if isinstance(size, (tuple, list)) else ()
    whole = all(_positive(part, LARGEST_PIXEL) and part == int(part) for part in parts)
    if len(parts) != 2 or not whole:
        raise InputError(f"expected width and height in pixels for {what}, got {shown(size)}")
    return int(parts[0]), int(parts[1])


def _rate(rate: Any, what: str) -> float | None:
    if rate is None:
        return None
    if not _positive(rate, 1e5):
        raise InputError(f"expected a positive number for {what}, got {shown(rate)}")
    return float(rate)


def _positive(value: Any, most: float) -> bool:
    number = isinstance(value, Real) and not isinstance(value, bool)
    return number and not math.isnan(value) and 0 < value <= most


def _sentence(error: InputError | OSError) -> str:
    if isinstance(error, OSError):
        return f"{_line(Path(error.filename or ''))} cannot be read: {error.strerror}"
    return str(error)


def _line(path: Path) -> str:
    """A path in one line."""
    return str(path).replace("\n", " ")
