"""Reads what MMPose's inferencer and demos write.

For a video a list of ``{frame_id, instances}``, for an image a list of instances, each of them
``{keypoints: [[x, y], ...], keypoint_scores: [...], bbox, bbox_score}``; the demos put it into
``{meta_info, instance_info}``, where ``meta_info`` names the keypoints. A folder with one file for
each image is read as a clip. There are no tracks in these files. Of the 133 keypoints of
COCO-WholeBody those of the body are read. Scores are not kept below 1, and pass it by a little
(https://github.com/open-mmlab/mmpose/discussions/1066).

Source: MMPose 1.x, "Inference with existing models", section on the inferencer's results,
https://mmpose.readthedocs.io/en/latest/user_guides/inference.html; ``split_instances`` in
mmpose/structures/utils.py and demo/topdown_demo_with_mmdet.py for the two forms; names of joints
from configs/_base_/datasets (coco, halpe26, h36m).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from posegcn.errors import InputError
from posegcn.keypoints.content import Content
from posegcn.keypoints.json_text import Entries
from posegcn.keypoints.names import skeleton_of_names
from posegcn.keypoints.sighting import (
    Reading,
    Sighting,
    body_names,
    frame_numbers,
    gathered,
    skeleton_by_count,
)
from posegcn.keypoints.values import a_list, a_mapping, entry_of, numbers, whole_number
from posegcn.skeletons.datasets import H36M_17
from posegcn.skeletons.detectors import COCO_17, HALPE_26

SKELETONS = (COCO_17, HALPE_26, H36M_17)


def recognise(content: Content) -> bool:
    """Whether files are MMPose's: instances with ``keypoint_scores``, or frames of instances."""
    value = content.first_filled()
    if isinstance(value, dict):
        return "instance_info" in value
    first = next(iter(value), None) if isinstance(value, (list, Entries)) else None
    return isinstance(first, dict) and ("keypoint_scores" in first or "instances" in first)


def parse(content: Content, image_size: tuple[int, int] | None) -> Reading:
    """People of the files; the frame is ``frame_id``, or the number at the end of a file's name.

    Raises:
        InputError: A file is damaged.
    """
    names: list[str] = []
    sightings = gathered(_sightings(content, names))
    if len(names) != sightings.num_joints:
        skeleton = skeleton_by_count(SKELETONS[:2], sightings.num_joints, "an instance")
        return Reading(skeleton, sightings)
    skeleton, order = skeleton_of_names(names)
    return Reading(skeleton, sightings.joints(order))


def _sightings(content: Content, names: list[str]) -> Iterator[Sighting]:
    """People, and into ``names`` those of their joints, if a file has them."""
    frames = frame_numbers([document.name for document in content.documents])
    for document in content.documents:
        value, frame = document.value, frames[document.name]
        if isinstance(value, dict):
            names[:] = _names(value) or names
            value = a_list(entry_of(value, "instance_info", "the file"), "frames or instances")
        if not isinstance(value, Entries):
            a_list(value, "frames or instances")
        for entry in value:
            yield from _of_entry(entry, frame)


def _of_entry(entry: Any, frame: int) -> Iterator[Sighting]:
    if "instances" not in a_mapping(entry, "a frame or an instance"):
        yield Sighting(frame, None, _instance(entry, frame))
        return
    number = whole_number(entry_of(entry, "frame_id", "a frame"), "frame_id")
    for person in a_list(entry["instances"], "instances"):
        yield Sighting(number, None, _instance(person, number))


def _instance(entry: Any, frame: int) -> np.ndarray:
    where = f"an instance of frame {frame}"
    keypoints = numbers(entry_of(entry, "keypoints", where), where)
    scores = numbers(entry_of(entry, "keypoint_scores", where), where)
    if keypoints.ndim != 2 or keypoints.shape[1] != 2 or scores.shape != keypoints.shape[:1]:
        raise InputError(
            f"expected [x, y] and a score for each joint in {where}, got keypoints "
            f"{keypoints.shape} and scores {scores.shape}"
        )
    return np.concatenate([keypoints, scores[:, None]], axis=-1)


def _names(value: dict[str, Any]) -> list[str] | None:
    """Names of the keypoints in their order, if ``meta_info`` has them."""
    names = a_mapping(value.get("meta_info") or {}, "meta_info").get("keypoint_id2name")
    if not isinstance(names, dict):
        return None
    return body_names([names.get(str(index)) for index in range(len(names))])
