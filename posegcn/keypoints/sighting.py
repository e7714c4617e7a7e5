"""What a parser finds in a file: people in frames, before anyone is followed through them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from posegcn.errors import InputError
from posegcn.keypoints.values import shown
from posegcn.skeleton import Skeleton

# A number at the end of a file's name; OpenPose writes NAME_000000000012_keypoints.json.
_AT_THE_END = re.compile(r"(?<!\d)(\d{1,18})(?:_keypoints)?$", re.ASCII)
_ENDINGS = (".json", ".txt", ".jpg", ".jpeg", ".png", ".bmp")


class Sighting(NamedTuple):
    """One person in one frame.

    Args:
        frame: Number of the frame.
        person: What the file calls the person, None where it does not say who it is.
        values: x and y in pixels and the confidence.  (J, 3)
    """

    frame: int
    person: str | None
    values: np.ndarray


@dataclass(frozen=True)
class Reading:
    """All sightings of a file, and what else the file says.

    Args:
        skeleton: Body of the keypoints.
        sightings: In any order.
        image_size: Width and height in pixels, if the file says.
        fps: Frames per second, if the file says.
    """

    skeleton: Skeleton
    sightings: Sequence[Sighting]
    image_size: tuple[int, int] | None = None
    fps: float | None = None


def frame_numbers(names: Sequence[str]) -> dict[str, int]:
    """Number of the frame for each distinct name of a file or image.

    The number at the end of the name, as in ``12.jpg`` or ``clip_000012_keypoints.json``; if a
    name has none, or two have the same, all names are counted from 0 in the order in which they
    come.
    """
    distinct = list(dict.fromkeys(names))
    found = [_AT_THE_END.search(_without_ending(name)) for name in distinct]
    if all(found):
        values = [int(match[1]) for match in found]
        if len(set(values)) == len(values):
            return dict(zip(distinct, values, strict=True))
    return {name: index for index, name in enumerate(distinct)}


def skeleton_by_count(skeletons: Sequence[Skeleton], joints: int, what: str) -> Skeleton:
    """The one of some skeletons that has ``joints`` joints.

    Raises:
        InputError: None has.
    """
    for skeleton in skeletons:
        if skeleton.num_joints == joints:
            return skeleton
    known = " or ".join(f"{s.num_joints} ({s.name})" for s in skeletons)
    raise InputError(f"expected {known} keypoints for {what}, got {joints}")


def same_count(sightings: Sequence[Sighting]) -> int:
    """Number of joints that all sightings have.

    Raises:
        InputError: There are no sightings, or they differ.
    """
    counts = list(dict.fromkeys(len(sighting.values) for sighting in sightings))
    if not counts:
        raise InputError("expected people with keypoints, got nobody in any frame")
    if len(counts) > 1:
        raise InputError(f"expected as many keypoints for everyone, got {shown(counts)}")
    return counts[0]


def _without_ending(name: str) -> str:
    for ending in _ENDINGS:
        if name.lower().endswith(ending):
            return name[: -len(ending)]
    return name
