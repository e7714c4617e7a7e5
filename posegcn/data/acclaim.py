r"""Acclaim skeletons (ASF) and motion (AMC), the files of the CMU motion capture database.

An ASF file holds the bones of one person in the rest pose, the axes about which they turn, and
which bone hangs on which. An AMC file holds, frame by frame, where the root is and how far each
bone is turned.

Source: Acclaim Skeleton File Definition V1.10 (M. Schafer, 1994), with "Acclaim Format - ASF line
Details" (graphics.cs.cmu.edu, course cs229) for the order of the turns. Differs from it: files in
which a bone stretches, or the root has a preset position or orientation, are refused.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from posegcn.errors import InputError

TURNS = {"rx", "ry", "rz"}
LARGEST = 1e9  # of a number that can mean something

Line = tuple[str, list[str]]  # where it is, for complaints, and its words


@dataclass(frozen=True)
class Bone:
    """A bone, or the root.

    Args:
        parent: The bone at whose end it begins; none for the root.
        offset: From its beginning to its end in the rest pose, in units of the file.  (3,)
        axes: Its own axes in the rest pose, as columns.  (3, 3)
        channels: What a frame of motion gives for it, in this order: ``rx``, ``ry``, ``rz`` turns
            about its own axes; for the root also ``tx``, ``ty``, ``tz``, where it is.
    """

    parent: str | None
    offset: np.ndarray
    axes: np.ndarray
    channels: tuple[str, ...]


@dataclass(frozen=True)
class Body:
    """The bones of one person by name, each after the one it hangs on; the first is ``root``.

    Args:
        path: File they come from.
        bones: The bones.
        length: What the file's header divides lengths by: its unit is 1 / ``length`` inches.
    """

    path: Path
    bones: Mapping[str, Bone]
    length: float


def read_amc(path: str | Path, body: Body) -> dict[str, np.ndarray]:
    """The motion of an AMC file: channels of each bone that has any, turns in radians.  (T, C)

    Raises:
        InputError: The file is missing, damaged, cut off, or of another skeleton; the message
            names the line.
    """
    channels = {name: bone.channels for name, bone in body.bones.items() if bone.channels}
    rows: dict[str, list[list[float]]] = {name: [] for name in channels}
    header, frames = set(), []
    where = f"{path}, line 1"
    for where, (name, *values) in read_lines(path):
        if name.startswith(":"):
            header.add(name)
        elif not values and name.isdecimal() and len(name) < 10:
            _refuse_gap(where, rows, frames)
            frames.append(int(name))
            if frames[-1] != frames[0] + len(frames) - 1:
                raise InputError(f"{where}: expected frame {frames[-2] + 1}, got {name}")
        elif name not in channels:
            raise InputError(f"{where}: {name[:40]!r} is no movable bone of {body.path}")
        elif len(rows[name]) == len(frames):
            raise InputError(f"{where}: expected {name!r} once after the number of each frame")
        else:
            rows[name].append(parse_numbers(where, values, len(channels[name])))
    if not frames:
        raise InputError(f"{path} is no AMC file: it holds no frame")
    _refuse_gap(where, rows, frames)
    if len(header & {":degrees", ":radians"}) != 1:
        raise InputError(f"{path}: expected :DEGREES or :RADIANS before its frames")
    unit = math.pi / 180 if ":degrees" in header else 1.0
    return {
        name: np.array(rows[name]) * [unit if channel in TURNS else 1.0 for channel in found]
        for name, found in channels.items()
    }


def forward_kinematics(body: Body, motion: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    r"""Where the root is and each bone ends, in units of the file.  Each (T, 3)

    .. math:: G_b = G_{parent} \, A_b R_b A_b^{-1}, \qquad p_b = p_{parent} + G_b \, o_b

    with a bone's axes A, its turn R and its offset o. The turns R are about fixed axes, one after
    the other in the order of the channels.
    """
    from scipy.spatial.transform import Rotation

    orientation: dict[str | None, np.ndarray] = {None: np.eye(3)}
    ends = {}
    for name, bone in body.bones.items():
        turns = [index for index, channel in enumerate(bone.channels) if channel in TURNS]
        turned = np.eye(3)
        if turns:
            order = "".join(bone.channels[index][1] for index in turns)
            turned = Rotation.from_euler(order, motion[name][:, turns]).as_matrix()  # (T, 3, 3)
        local = bone.axes @ turned @ bone.axes.T
        orientation[name] = orientation[bone.parent] @ local
        if bone.parent is None:
            ends[name] = motion[name][:, [bone.channels.index(axis) for axis in ("tx", "ty", "tz")]]
        else:
            ends[name] = ends[bone.parent] + orientation[name] @ bone.offset
    return ends


def read_lines(path: str | Path) -> Iterator[Line]:
    """The words of each line that has any, in lower case; commas and brackets separate too."""
    if not Path(path).is_file():
        raise InputError(f"there is no file {path}")
    content = Path(path).read_bytes()
    if b"\0" in content:
        raise InputError(f"{path} is no text file; fetch it again")
    spaces = str.maketrans("(),", "   ")
    for number, line in enumerate(content.decode("utf-8-sig", errors="replace").splitlines(), 1):
        if words := line.partition("#")[0].translate(spaces).lower().split():
            yield f"{path}, line {number}", words


def parse_numbers(where: str, words: list[str], count: int) -> list[float]:
    """The words as that many finite numbers."""
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        numbers = []
    if len(numbers) != count or not all(abs(number) < LARGEST for number in numbers):
        raise InputError(f"{where}: expected numbers, {count} of them, got {quote(words)}")
    return numbers


def quote(words: list[str]) -> str:
    """The words for a complaint, cut to a readable length."""
    return repr(" ".join(words)[:60])


def _refuse_gap(where: str, rows: Mapping[str, list], frames: list[int]) -> None:
    if missing := [name for name, found in rows.items() if len(found) < len(frames)]:
        raise InputError(
            f"{where}: frame {frames[-1]} ends without {missing[0]!r}; "
            "the file is damaged or cut off, fetch it again"
        )
