"""Reads what OpenPose writes with ``--write_json``: a folder with one JSON file for each frame.

``{version, people: [{person_id: [-1], pose_keypoints_2d: [x, y, c, ...]}]}`` with 25 keypoints
(BODY_25) or 18 (COCO); 0, 0, 0 for one that was not found. ``person_id`` is -1 without tracking.
With ``--keypoint_scale`` other than 0 the coordinates are not pixels of the source; they are kept
as they are.

Source: https://github.com/CMU-Perceptual-Computing-Lab/openpose/blob/master/doc/02_output.md; the
order of COCO's 18 and the older name ``pose_keypoints`` from doc/output.md of earlier versions.
"""

from collections.abc import Iterator
from typing import Any

from posegcn.keypoints.content import Content
from posegcn.keypoints.sighting import (
    Reading,
    Sighting,
    frame_numbers,
    gathered,
    skeleton_by_count,
)
from posegcn.keypoints.values import a_list, a_mapping, entry_of, shown, triplets, whole_number
from posegcn.skeletons.detectors import COCO_18, OPENPOSE_25

SKELETONS = (OPENPOSE_25, COCO_18)


def recognise(content: Content) -> bool:
    """Whether files are OpenPose's: mappings with ``people``."""
    value = content.first_filled()
    return isinstance(value, dict) and "people" in value


def parse(content: Content, image_size: tuple[int, int] | None) -> Reading:
    """People of the files; the frame is the number at the end of a file's name.

    Raises:
        InputError: A file is damaged.
    """
    sightings = gathered(_sightings(content))
    return Reading(skeleton_by_count(SKELETONS, sightings.num_joints, "a person"), sightings)


def _sightings(content: Content) -> Iterator[Sighting]:
    frames = frame_numbers([document.name for document in content.documents])
    for document in content.documents:
        name = document.name
        for person in a_list(entry_of(document.value, "people", name), "people"):
            keypoints = _keypoints(person, name)
            if keypoints != []:  # a face or a hand without a body
                values = triplets(keypoints, f"a person of {name}")
                yield Sighting(frames[name], _name(person), values)


def _keypoints(person: Any, where: str) -> Any:
    older = "pose_keypoints" in a_mapping(person, f"a person of {where}")
    return entry_of(person, "pose_keypoints" if older else "pose_keypoints_2d", where)


def _name(person: dict[str, Any]) -> str | None:
    number = person.get("person_id")
    number = number[0] if isinstance(number, list) and number else number
    if number in (None, []) or (number := whole_number(number, "person_id")) < 0:
        return None
    return shown(number)
