"""Reads landmarks of MediaPipe Pose that were stored as JSON.

MediaPipe writes no file itself; programs store its result frame by frame. Read are a list of
frames, or ``{frames: [...]}``. A frame is a mapping with ``landmarks``, ``pose_landmarks`` or
``poseLandmarks`` (and ``frame``, its number, else they are counted from 0), or directly a list of
landmarks. A list of landmarks has 33 ``{x, y, z, visibility}``, or is a list of such lists, one for
each person, as the Pose Landmarker returns it; the older solution's ``{landmark: [...]}`` is taken
as well. x and y are parts of the image's width and height. Nobody is null or an empty list.

Source: MediaPipe, "Pose landmark detection guide", output, and the class ``NormalizedLandmark``,
https://ai.google.dev/edge/mediapipe/solutions/vision/pose_landmarker/python.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from posegcn.errors import InputError
from posegcn.keypoints.content import Content
from posegcn.keypoints.json_text import Entries
from posegcn.keypoints.sighting import Reading, Sighting, gathered
from posegcn.keypoints.values import a_list, entry_of, numbers, shown, whole_number
from posegcn.skeletons.detectors import MEDIAPIPE_33

SKELETONS = (MEDIAPIPE_33,)
_LANDMARKS = ("landmarks", "pose_landmarks", "poseLandmarks")


def recognise(content: Content) -> bool:
    """Whether a file holds landmarks: mappings with ``x`` and ``y`` in frames."""
    try:
        people = (p for frame in _frames(content.single.value) for p in _people(frame))
        first = next(people, None)
    except InputError:
        return False
    return bool(first) and isinstance(first[0], dict) and {"x", "y"} <= set(first[0])


def parse(content: Content, image_size: tuple[int, int] | None) -> Reading:
    """People of the file in pixels.

    Raises:
        InputError: The file is damaged, or ``image_size`` is not given.
    """
    frames = _frames(content.single.value)
    if image_size is None:
        raise InputError(
            "expected the width and height of the images (image_size): MediaPipe writes parts of "
            "them"
        )
    size = (*image_size, 1)
    sightings = gathered(
        Sighting(_number(frame, index), None, _person(landmarks, index) * size)
        for index, frame in enumerate(frames)
        for landmarks in _people(frame)
    )
    return Reading(MEDIAPIPE_33, sightings)


def _frames(value: Any) -> Iterable[Any]:
    if isinstance(value, Entries):
        return value
    if isinstance(value, dict) and "frames" not in value:
        return [value]
    return a_list(value["frames"] if isinstance(value, dict) else value, "frames")


def _number(frame: Any, index: int) -> int:
    given = frame.get("frame", index) if isinstance(frame, dict) else index
    return whole_number(given, "the number of a frame")


def _people(frame: Any) -> list[list]:
    """Lists of landmarks, one for each person."""
    if isinstance(frame, dict) and "landmark" not in frame:
        key = next((name for name in _LANDMARKS if name in frame), _LANDMARKS[0])
        frame = entry_of(frame, key, "a frame") if frame else None
    if isinstance(frame, dict) and "landmark" in frame:
        frame = frame["landmark"]
    if not frame:
        return []
    several = isinstance(a_list(frame, "landmarks")[0], list)
    people = frame if several else [frame]
    return [person for person in people if person]


def _person(landmarks: Any, index: int) -> np.ndarray:
    where = f"a person of frame {index}"
    landmarks = a_list(landmarks, "landmarks")
    if len(landmarks) != MEDIAPIPE_33.num_joints:
        raise InputError(f"expected 33 landmarks for {where}, got {len(landmarks)}")
    rows = [
        [entry_of(landmark, "x", where), entry_of(landmark, "y", where), _visibility(landmark)]
        for landmark in landmarks
    ]
    values = numbers(rows, where)
    if values.shape != (len(rows), 3):
        raise InputError(f"expected numbers for the landmarks of {where}, got {shown(rows)}")
    return values


def _visibility(landmark: dict[str, Any]) -> Any:
    visibility = landmark.get("visibility")
    return 1.0 if visibility is None else visibility
