"""Reads what AlphaPose writes: ``alphapose-results.json``.

A list of people, ``{image_id, category_id, keypoints, score, box, idx}``, like results of COCO;
``image_id`` is the name of the image (``12.jpg`` for the frame 12 of a video), ``keypoints`` are x,
y and a confidence for each of 17 (COCO) or 26 (Halpe) joints, ``idx`` is the person that the
tracker found, as a number or a list of one. Without a tracker all have the same ``idx``; then, and
wherever somebody would be twice in a frame, people are followed by what is near.

Source: https://github.com/MVIG-SJTU/AlphaPose, doc/output.md; ``box`` and ``idx`` and their forms
from ``write_json`` in alphapose/utils/pPose_nms.py and from issue 1007 there. Confidences can be
above 1 for COCO (same page); they are cut off at 1.
"""

from typing import Any

from posegcn.keypoints import coco
from posegcn.keypoints.content import Content
from posegcn.keypoints.sighting import (
    Reading,
    Sighting,
    frame_numbers,
    same_count,
    skeleton_by_count,
)
from posegcn.keypoints.values import a_list, entry_of, shown, triplets, whole_number
from posegcn.skeletons.detectors import COCO_17, HALPE_26

SKELETONS = (COCO_17, HALPE_26)


def recognise(content: Content) -> bool:
    """Whether a file is AlphaPose's: COCO's results with names of images, ``box`` or ``idx``."""
    value = content.single.value
    return coco.is_result(value) and coco.of_alphapose(value[0])


def parse(content: Content, image_size: tuple[int, int] | None) -> Reading:
    """People of the file; the frame is the number at the end of the image's name.

    Raises:
        InputError: The file is damaged.
    """
    entries = a_list(content.single.value, "people")
    images = [entry_of(entry, "image_id", f"entry {i}") for i, entry in enumerate(entries)]
    frames = _frames(images)
    sightings = []
    for index, entry in enumerate(entries):
        values = triplets(entry_of(entry, "keypoints", f"entry {index}"), f"entry {index}")
        sightings.append(Sighting(frames[index], _person(entry), values))
    return Reading(skeleton_by_count(SKELETONS, same_count(sightings), "a person"), sightings)


def _frames(images: list[Any]) -> list[int]:
    if not all(isinstance(image, str) for image in images):
        return [whole_number(image, "image_id") for image in images]
    numbers = frame_numbers(images)
    return [numbers[image] for image in images]


def _person(entry: dict[str, Any]) -> str | None:
    index = entry.get("idx")
    while isinstance(index, list) and len(index) == 1:
        index = index[0]
    return None if index in (None, []) else shown(whole_number(index, "idx"))
