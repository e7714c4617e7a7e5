"""Reads what easy_ViTPose writes: ``NAME_result.json``.

``{keypoints, skeleton}``: a list with one mapping for each frame, from the number of a person to
the keypoints **(y, x, score)** in this order, and a mapping from the index of a keypoint to its
name. The numbers of people stay the same through a video (SORT). The original ViTPose is used
through MMPose and writes its format.

Source: https://github.com/JunkyByte/easy_ViTPose, README, section "OUTPUT json format"; orders of
the keypoints from ``joints_dict`` in easy_ViTPose/vit_utils/visualization.py: "coco" are the 17 of
COCO, "coco_25" the 25 of OpenPose in another order.
"""

from typing import Any

import numpy as np

from posegcn.errors import InputError
from posegcn.keypoints.content import Content
from posegcn.keypoints.names import skeleton_of_names
from posegcn.keypoints.sighting import (
    Reading,
    Sighting,
    body_names,
    gathered,
    skeleton_by_count,
)
from posegcn.keypoints.values import a_list, a_mapping, entry_of, numbers, person_name, shown
from posegcn.skeletons.detectors import COCO_17, OPENPOSE_25

SKELETONS = (COCO_17, OPENPOSE_25)


def recognise(content: Content) -> bool:
    """Whether a file is easy_ViTPose's: a mapping with a list of frames called ``keypoints``."""
    value = content.single.value
    return isinstance(value, dict) and isinstance(value.get("keypoints"), list)


def parse(content: Content, image_size: tuple[int, int] | None) -> Reading:
    """People of the file; frames are counted from 0.

    Raises:
        InputError: The file is damaged.
    """
    value = content.single.value
    sightings = gathered(
        Sighting(frame, person_name(person), _person(keypoints, frame))
        for frame, people in enumerate(a_list(entry_of(value, "keypoints", "the file"), "frames"))
        for person, keypoints in a_mapping(people or {}, f"frame {frame}").items()
    )
    joints = sightings.num_joints
    names = _names(value)
    if names is None:  # coco_25 is in an order of its own and needs its names
        return Reading(skeleton_by_count((COCO_17,), joints, "a person"), sightings)
    if len(names) != joints:
        raise InputError(f"expected {len(names)} keypoints, as many as names, got {joints}")
    skeleton, order = skeleton_of_names(names)
    return Reading(skeleton, sightings.joints(order))


def _person(keypoints: Any, frame: int) -> np.ndarray:
    values = numbers(keypoints, f"a person of frame {frame}")
    if values.ndim != 2 or values.shape[1] != 3:
        raise InputError(
            f"expected [y, x, score] for each joint in frame {frame}, got {shown(keypoints)}"
        )
    return values[:, [1, 0, 2]]


def _names(value: dict[str, Any]) -> list[str] | None:
    names = value.get("skeleton")
    if not isinstance(names, dict):
        return None
    return body_names([names.get(str(index)) for index in range(len(names))])
