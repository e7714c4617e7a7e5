"""Reads the labels of YOLO pose models: one text file for each image, one line for each person.

``class x y width height px1 py1 [v1] ... px17 py17 [v17] [confidence] [track]``, everything but
class, v, confidence and track in parts of the image's width or height. A folder of
``NAME_<frame>.txt`` is a clip, in which images without people have no file; a single file is one
image. A last number beyond the keypoints is the track if it is whole in every line, and the
confidence of the box otherwise. Keypoints that were not found are 0, 0.

Source: Ultralytics, "Pose Estimation Datasets Overview", https://docs.ultralytics.com/datasets/pose;
the numbers at the end as ``Results.save_txt`` writes them (``save_conf``, ``track``),
https://docs.ultralytics.com/reference/engine/results.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from posegcn.errors import InputError
from posegcn.keypoints.content import Content
from posegcn.keypoints.sighting import Reading, Sightings, check_count, frame_numbers
from posegcn.keypoints.values import finite, shown
from posegcn.skeletons.detectors import COCO_17

SKELETONS = (COCO_17,)
_BOX = 5  # class and box
_JOINTS = COCO_17.num_joints
# Columns with and without visibility; up to two more may follow.
_WIDTHS = {_BOX + 2 * _JOINTS + extra: 2 for extra in range(3)}
_WIDTHS |= {_BOX + 3 * _JOINTS + extra: 3 for extra in range(3)}
_MOST_WORDS = 64


def recognise(content: Content) -> bool:
    """Whether files are labels of YOLO: lines of as many numbers as a pose has."""
    first = next((line for document in content.documents for line in _lines(document.value)), "")
    try:
        return len([float(word) for word in first.split(None, _MOST_WORDS)]) in _WIDTHS
    except ValueError:
        return False


def parse(content: Content, image_size: tuple[int, int] | None) -> Reading:
    """People of the files in pixels; the frame is the number at the end of a file's name.

    Raises:
        InputError: A file is damaged, or ``image_size`` is not given.
    """
    if image_size is None:
        raise InputError(
            "expected the width and height of the images (image_size): YOLO writes parts of them"
        )
    numbers = frame_numbers([document.name for document in content.documents])
    frames, rows = [], []
    for document in content.documents:
        for line in _lines(document.value):
            rows.append(_row(line, document.name))
            frames.append(numbers[document.name])
            check_count(len(rows))
    if not rows:
        raise InputError("expected people with keypoints, got nobody in any frame")
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        raise InputError(f"expected as many numbers in every line, got {shown(sorted(widths))}")
    table = finite(np.stack(rows), "the labels")
    people = table[:, -1].astype(int).astype(str).tolist() if _tracked(table) else None
    values = _values(table, image_size).astype(np.float32)
    return Reading(COCO_17, Sightings(frames, people or [None] * len(rows), values))


def _lines(lines: Iterable[str]) -> Iterator[str]:
    return (line for line in lines if line.strip())


def _row(line: str, name: str) -> np.ndarray:
    try:
        row = np.array([float(word) for word in line.split(None, _MOST_WORDS)])
    except ValueError as error:
        raise InputError(f"expected numbers in {name}, got {shown(line)}") from error
    if len(row) not in _WIDTHS:
        raise InputError(
            f"expected class, box, {_JOINTS} keypoints in each line of {name} (39 or 56 numbers, "
            f"and up to two more), got {len(row)} numbers"
        )
    return row


def _tracked(table: np.ndarray) -> bool:
    """Whether the last number of every line is a person.  (N, W)"""
    width = table.shape[1]
    if width == _BOX + _WIDTHS[width] * _JOINTS:
        return False
    return bool((table[:, -1] == np.round(table[:, -1])).all())


def _values(table: np.ndarray, image_size: tuple[int, int]) -> np.ndarray:
    """(N, W) -> (N, J, 3)"""
    parts = _WIDTHS[table.shape[1]]
    values = table[:, _BOX : _BOX + parts * _JOINTS].reshape(-1, _JOINTS, parts)
    confidence = values[..., 2:] if parts == 3 else np.ones((len(table), _JOINTS, 1))
    return np.concatenate([values[..., :2] * image_size, confidence], axis=-1)
