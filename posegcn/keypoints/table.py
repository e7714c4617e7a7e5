"""Reads our own plain table: one line for each joint of each person in each frame.

CSV with a header, columns in any order, separated by commas:

==============  ==================================================================================
``frame``       whole number of the frame
``joint``       name of the joint, as ``posegcn list skeletons`` writes it
``x``, ``y``    pixels, from the upper left corner; empty for a joint that was not found
``person``      any name; needed if there are several people
``confidence``  from 0 to 1; 1 without this column
==============  ==================================================================================

The joints of the file decide its skeleton: it is the one that has exactly these. A joint may be
left out of single frames. Lines that begin with # are comments. Other columns are not read.
"""

import csv
from typing import NamedTuple

import numpy as np

from posegcn.errors import InputError
from posegcn.keypoints.content import Content
from posegcn.keypoints.names import skeleton_of_names
from posegcn.keypoints.sighting import Reading, Sighting
from posegcn.keypoints.values import finite, person_name, shown, whole_number
from posegcn.skeletons import SKELETONS as _ALL

SKELETONS = tuple(_ALL.values())
_NEEDED = ("frame", "joint", "x", "y")


class _Line(NamedTuple):
    frame: int
    person: str
    joint: str
    values: tuple[float, float, float]


def recognise(content: Content) -> bool:
    """Whether a file is our table: its header has ``frame``, ``joint``, ``x`` and ``y``."""
    header = next(iter(_without_comments(content.single.value)), "")
    return set(_NEEDED) <= {word.strip().strip('"') for word in header.split(",")}


def parse(content: Content, image_size: tuple[int, int] | None) -> Reading:
    """People of the table.

    Raises:
        InputError: A column is missing, a line is damaged or comes twice, or no skeleton has the
            joints.
    """
    lines = _lines(_without_comments(content.single.value))
    skeleton, order = skeleton_of_names(list(dict.fromkeys(line.joint for line in lines)))
    joints = dict.fromkeys(line.joint for line in lines)
    place = {joint: index for index, joint in enumerate(joints)}
    people: dict[tuple[int, str], np.ndarray] = {}
    given = set()
    for line in lines:
        key = (line.frame, line.person)
        if (*key, line.joint) in given:
            raise InputError(
                f"expected one line for {shown(line.joint)} of person {line.person} in frame "
                f"{shown(line.frame)}, got two (the column person tells people apart)"
            )
        given.add((*key, line.joint))
        if key not in people:
            people[key] = np.full((len(joints), 3), (np.nan, np.nan, 0.0))
        people[key][place[line.joint]] = line.values
    sightings = [
        Sighting(frame, person, finite(values[order], f"frame {shown(frame)}"))
        for (frame, person), values in people.items()
    ]
    return Reading(skeleton, sightings)


def _without_comments(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


def _lines(text: list[str]) -> list[_Line]:
    reader = csv.reader(text, strict=True, skipinitialspace=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        if missing := [name for name in _NEEDED if name not in header]:
            raise InputError(f"expected a column {missing[0]!r}, got {shown(header)}")
        return [_line(dict(zip(header, row, strict=True))) for row in reader if row]
    except csv.Error as error:
        raise InputError(f"is a damaged table ({error}) near line {reader.line_num}") from error
    except InputError:
        raise
    except ValueError as error:  # rows of another length, or words in the place of numbers
        raise InputError(f"is a damaged table near line {reader.line_num}") from error


def _line(row: dict[str, str]) -> _Line:
    if not (joint := row["joint"].strip()):
        raise InputError("expected the name of a joint in every line, got none")
    frame = whole_number(float(row["frame"]), "the frame")
    numbers = row["x"], row["y"], row.get("confidence", "1")
    x, y, confidence = (float(number) if number.strip() else np.nan for number in numbers)
    return _Line(frame, person_name(row.get("person", "0")), joint, (x, y, confidence))
