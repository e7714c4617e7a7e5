"""Reads what AlphaPose writes: ``alphapose-results.json``.

A list of people, ``{image_id, category_id, keypoints, score, box, idx}``, like results of COCO;
``image_id`` is the name of the image (``12.jpg`` for the frame 12 of a video), ``keypoints`` are x,
y and a confidence for each of 17 (COCO), 26 (Halpe), or 133 or 136 joints (of whole bodies, of
which the body is read); ``idx`` is the person that the tracker found, as a number or a list of one.
Without a tracker all have the same ``idx``; then, and
wherever somebody would be twice in a frame, people are followed by what is near.

Source: https://github.com/MVIG-SJTU/AlphaPose, doc/output.md; ``box`` and ``idx`` and their forms
from ``write_json`` in alphapose/utils/pPose_nms.py and from issue 1007 there. Confidences can reach
6 for COCO (same page); those above 1 count as 1.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from posegcn.keypoints import coco
from posegcn.keypoints.content import Content
from posegcn.keypoints.sighting import (
    Reading,
    Sighting,
    frame_numbers,
    gathered,
    skeleton_by_count,
)
from posegcn.keypoints.values import entry_of, shown, triplets, whole_number
from posegcn.skeletons.detectors import COCO_17, HALPE_26

SKELETONS = (COCO_17, HALPE_26)
LARGEST_CONFIDENCE = 6.0


def recognise(content: Content) -> bool:
    """Whether a file is AlphaPose's: COCO's results with names of images, ``box`` or ``idx``."""
    value = content.single.value
    return coco.is_result(value) and coco.of_alphapose(value.first)


def parse(content: Content, image_size: tuple[int, int] | None) -> Reading:
    """People of the file; the frame is the number at the end of the image's name.

    Raises:
        InputError: The file is damaged.
    """
    images: list[Any] = []
    sightings = gathered(_sightings(content.single.value, images))
    sightings = replace(sightings, frames=_frames(images))
    return Reading(skeleton_by_count(SKELETONS, sightings.num_joints, "a person"), sightings)


def _sightings(value: Any, images: list[Any]) -> Iterator[Sighting]:
    """People, numbered as they come, and into ``images`` what they were found in."""
    for where, entry in coco.numbered(value):
        images.append(entry_of(entry, "image_id", where))
        values = triplets(entry_of(entry, "keypoints", where), where)
        certain = (values[:, 2] > 1) & (values[:, 2] <= LARGEST_CONFIDENCE)
        values[certain, 2] = 1
        yield Sighting(len(images) - 1, _person(entry), values)


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
