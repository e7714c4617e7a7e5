"""What a parser finds in a file: people in frames, before anyone is followed through them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from posegcn.errors import InputError
from posegcn.keypoints.values import finite, shown
from posegcn.skeleton import Skeleton

# A number at the end of a file's name; OpenPose writes NAME_000000000012_keypoints.json.
_AT_THE_END = re.compile(r"(?<!\d)(\d{1,18})(?:_keypoints)?$", re.ASCII)
MOST_SIGHTINGS = 300_000  # of three people for half an hour at 50 frames per second
# Keypoints of whole bodies, and how many of them, the first, are those of a body that we know.
# COCO-WholeBody (https://github.com/jin-s13/COCO-WholeBody, data_format.md, and MMPose's
# configs/_base_/datasets/coco_wholebody.py) begins with COCO's 17, Halpe
# (https://github.com/Fang-Haoshu/Halpe-FullBody, "Keypoints format") with the 26 of its body.
BODY_OF = {133: 17, 136: 26}
_BLOCK = 5000  # sightings that are put into an array at a time
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


@dataclass(frozen=True, eq=False)
class Sightings:
    """All sightings of a file, in any order.

    Args:
        frames: Number of the frame of each.
        people: What the file calls the person, None where it does not say who it is.
        values: x and y in pixels and the confidence; NaN where there is no number.  (N, J, 3)
    """

    frames: Sequence[int]
    people: Sequence[str | None]
    values: np.ndarray

    @property
    def num_joints(self) -> int:
        """Keypoints of each person."""
        return self.values.shape[1]

    def joints(self, order: Sequence[int]) -> "Sightings":
        """The same with some joints only, in another order."""
        if list(order) == list(range(self.num_joints)):
            return self
        return replace(self, values=self.values[:, order])


@dataclass(frozen=True, eq=False)
class Reading:
    """What a parser makes of a file.

    Args:
        skeleton: Body of the keypoints.
        sightings: Everybody in every frame.
        image_size: Width and height in pixels, if the file says.
        fps: Frames per second, if the file says.
    """

    skeleton: Skeleton
    sightings: Sightings
    image_size: tuple[int, int] | None = None
    fps: float | None = None


def gathered(sightings: Iterable[Sighting]) -> Sightings:
    """Sightings as they come from a parser, in arrays; of whole bodies, the body alone.

    Raises:
        InputError: There are none or too many, they differ in their number of joints, or a number
            is larger than any coordinate could be.
    """
    frames, people, rows, blocks = [], [], [], []
    joints = None
    for frame, person, values in sightings:
        joints = len(values) if joints is None else joints
        if len(values) != joints:
            raise InputError(
                f"expected as many keypoints for everyone, got {shown([joints, len(values)])}"
            )
        frames.append(frame)
        people.append(person)
        rows.append(values[: BODY_OF.get(joints, joints)])
        if len(rows) == _BLOCK:
            check_count(len(frames))
            blocks.append(_block(rows, frames))
            rows = []
    if not frames:
        raise InputError("expected people with keypoints, got nobody in any frame")
    if rows:
        blocks.append(_block(rows, frames))
    return Sightings(frames, people, np.concatenate(blocks))


def _block(rows: list[np.ndarray], frames: list[int]) -> np.ndarray:
    first, last = shown(frames[-len(rows)]), shown(frames[-1])
    return finite(np.stack(rows), f"frames {first} to {last}").astype(np.float32)


def body_names(names: Any) -> list[str] | None:
    """Names of joints, of whole bodies those of the body alone; None where they are no list."""
    if not isinstance(names, list):
        return None
    return [str(name) for name in names[: BODY_OF.get(len(names), len(names))]]


def check_count(count: int) -> None:
    """Refuse more people in all frames together than memory is meant for.

    Raises:
        InputError: There are more.
    """
    if count > MOST_SIGHTINGS:
        raise InputError(
            f"expected at most {MOST_SIGHTINGS} people in all frames together, got more; cut the "
            "clip into parts"
        )


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


def _without_ending(name: str) -> str:
    for ending in _ENDINGS:
        if name.lower().endswith(ending):
            return name[: -len(ending)]
    return name
