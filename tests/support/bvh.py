"""A reader of BVH files that shares nothing with the writer: words in, 4 x 4 matrices out.

Written from the description of the format, research.cs.wisc.edu/graphics/Courses/cs-838-1999/Jeff:
a joint's matrix is its parent's, times the shift by its offset, times one matrix for each channel
in the order in which the file lists them.
"""

import re
from dataclasses import dataclass, field

import numpy as np
from scipy.spatial.transform import Rotation


@dataclass
class Joint:
    name: str
    parent: int
    offset: list[float] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)


@dataclass
class Bvh:
    joints: list[Joint]
    frame_time: float
    rows: np.ndarray

    def positions(self):
        """Where each joint and each end is, in the unit of the file.  name -> (T, 3)"""
        matrices, found, column = [], {}, 0
        for joint in self.joints:
            matrix = np.tile(np.eye(4), (len(self.rows), 1, 1))
            if joint.parent >= 0:
                matrix = matrices[joint.parent].copy()
            matrix = matrix @ shift(np.array(joint.offset)[None])
            for channel in joint.channels:
                matrix = matrix @ one_channel(channel, self.rows[:, column])
                column += 1
            matrices.append(matrix)
            found[joint.name] = matrix[:, :3, 3]
        assert column == self.rows.shape[1]
        return found


def shift(vectors):
    matrix = np.tile(np.eye(4), (len(vectors), 1, 1))
    matrix[:, :3, 3] = vectors
    return matrix


def one_channel(channel, values):
    axis = channel[0].lower()
    if channel.endswith("position"):
        return shift(values[:, None] * np.eye(3)["xyz".index(axis)])
    assert channel.endswith("rotation")
    matrix = shift(np.zeros((len(values), 3)))
    matrix[:, :3, :3] = Rotation.from_euler(axis, values[:, None], degrees=True).as_matrix()
    return matrix


def read_bvh(path):
    head, motion = path.read_text().split("MOTION\n")
    joints, open_joints = [], []
    for line in head.splitlines()[1:]:
        word, *rest = line.split()
        if word in ("ROOT", "JOINT", "End"):
            parent = open_joints[-1] if open_joints else -1
            name = f"{joints[parent].name} end" if word == "End" else rest[0]
            joints.append(Joint(name, parent))
        elif word == "{":
            open_joints.append(len(joints) - 1)
        elif word == "}":
            open_joints.pop()
        elif word == "OFFSET":
            joints[-1].offset = [float(number) for number in rest]
        else:
            assert word == "CHANNELS"
            assert int(rest[0]) == len(rest[1:])
            joints[-1].channels = rest[1:]
    assert not open_joints
    assert len({joint.name for joint in joints}) == len(joints)
    frames, time, numbers = motion.split("\n", 2)
    rows = np.array([line.split() for line in numbers.splitlines()], dtype=float)
    assert len(rows) == int(re.fullmatch(r"Frames: (\d+)", frames)[1])
    return Bvh(joints, float(re.fullmatch(r"Frame Time: ([\d.]+)", time)[1]), rows)
