"""Reads our own plain table: one line for each joint of each person in each frame.

CSV with a header, columns in any order:

==============  ==================================================================================
``frame``       whole number of the frame
``joint``       name of the joint, as ``posegcn list skeletons`` writes it
``x``, ``y``    pixels, from the upper left corner; empty for a joint that was not found
``person``      any name; needed if there are several people
``confidence``  from 0 to 1; 1 without this column
==============  ==================================================================================

Capitals do not matter in the header. Columns are separated by commas, semicolons or tabs,
whichever the header has; with semicolons a number may have a decimal comma, as spreadsheets write
it in much of Europe. The joints of the file decide its skeleton: it is the one that has exactly
these. A joint may be left out of single frames. Lines that begin with # are comments. Other columns
are not read.
"""

import numpy as np

from posegcn.errors import InputError
from posegcn.keypoints.content import Content
from posegcn.keypoints.names import skeleton_of_names
from posegcn.keypoints.sighting import Reading, Sightings, check_count
from posegcn.keypoints.table_lines import NEEDED, Block, Names, blocks, header_of, is_wide
from posegcn.keypoints.values import shown
from posegcn.skeletons import SKELETONS as _ALL

SKELETONS = tuple(_ALL.values())
MOST_JOINTS = max(skeleton.num_joints for skeleton in SKELETONS)


def recognise(content: Content) -> bool:
    """Whether a file is our table: its header has ``frame``, ``joint``, ``x`` and ``y``.

    One with columns for each joint is taken as well, to say what is expected.
    """
    header, _ = header_of(content.single.value)
    return set(NEEDED) <= set(header) or is_wide(header)


def parse(content: Content, image_size: tuple[int, int] | None) -> Reading:
    """People of the table.

    Raises:
        InputError: A column is missing, a line is damaged or comes twice, or no skeleton has the
            joints.
    """
    joints, people = Names(), Names()
    parts = []
    for block in blocks(content.single.value, joints, people):
        if len(joints) > MOST_JOINTS:
            break
        _places(block, joints, people)  # a file of one line, a million times, ends here
        parts.append(block)
    if not joints:
        raise InputError("expected people with keypoints, got a table without lines")
    skeleton, order = skeleton_of_names(list(joints))
    lines = Block(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    first, row = _places(lines, joints, people)
    values = np.full((len(first), len(joints), 3), (np.nan, np.nan, 0.0), dtype=np.float32)
    values[row, lines.joints] = lines.values
    names = list(people)
    persons = [names[person] for person in lines.people[first].tolist()]
    sightings = Sightings(lines.frames[first].tolist(), persons, values)
    return Reading(skeleton, sightings.joints(order))


def _places(lines: Block, joints: Names, people: Names) -> tuple[np.ndarray, np.ndarray]:
    """The first line of each person in each frame, and which of these each line belongs to.

    Raises:
        InputError: A joint of a person comes twice in a frame, or there are too many people.
    """
    _, frame = np.unique(lines.frames, return_inverse=True)
    _, first, row = np.unique(
        frame * len(people) + lines.people, return_index=True, return_inverse=True
    )
    check_count(len(first))
    cell = row * len(joints) + lines.joints
    counts = np.bincount(cell)
    if (counts > 1).any():
        line = int(np.flatnonzero(cell == counts.argmax())[0])
        raise InputError(
            f"expected one line for {shown(list(joints)[lines.joints[line]])} of person "
            f"{list(people)[lines.people[line]]} in frame {lines.frames[line]}, got two (the "
            "column person tells people apart)"
        )
    return first, row
