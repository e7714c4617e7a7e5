"""Lifted motion as a table of comma-separated values, a row for each joint.

Columns: ``frame``, ``person``, ``joint``; ``x_m``, ``y_m``, ``z_m``, in metres from the root joint,
x right, y down, z forwards; ``camera_x_m``, ``camera_y_m``, ``camera_z_m``, in metres from the
camera; ``filled``, 1 where a keypoint of the frame was missing and had to be made up. A cell is
empty where there is no number.
"""

import csv
import io
from collections.abc import Iterator, Sequence

import torch

from posegcn.lifting.poses import Poses

COLUMNS = (
    *("frame", "person", "joint", "x_m", "y_m", "z_m"),
    *("camera_x_m", "camera_y_m", "camera_z_m", "filled"),
)


def csv_bytes(people: Sequence[Poses]) -> bytes:
    """The file as bytes, in UTF-8; numbers to the micrometre."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for person in people:
        writer.writerows(_rows(person))
    return stream.getvalue().encode()


def _rows(person: Poses) -> Iterator[list]:
    nowhere = torch.full_like(person.joints[:, 0], torch.nan)
    root = nowhere if person.root is None else person.root
    points = torch.cat([person.joints, person.joints + root[:, None]], dim=-1)
    numbers = zip(person.frames.tolist(), points.tolist(), person.filled.tolist(), strict=True)
    for frame, pose, filled in numbers:
        for joint, point in zip(person.skeleton.joints, pose, strict=True):
            cells = ["" if value != value else f"{value:.6f}" for value in point]
            yield [frame, person.person, joint, *cells, int(filled)]
