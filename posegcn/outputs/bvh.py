"""Motion as a BVH file: a body at rest, and the turns of its joints in each frame.

Centimetres and degrees; x to the right of the picture, y up, z towards the camera. The joints
alone do not tell how a bone is turned about itself: ``posegcn.outputs.turns.node_rotations``
says what stands here. A bone of a BVH file keeps its length, so each has the median of the
motion; :func:`~posegcn.outputs.residual_mm` measures what that changes. The last joint of a limb
ends in a stub, because nothing is known behind it.

Source: Biovision BVH as described at research.cs.wisc.edu/graphics/Courses/cs-838-1999/Jeff/BVH;
the importer of Blender (manual 4.2, BioVision Motion Capture, and its ``import_bvh.py``), which
takes -z as forward and y as up, the three angles of each joint in the order of its own channels,
the root's position in place of its offset (so the offset is zero), and names without blanks.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from posegcn.errors import InputError
from posegcn.lifting.bones import constant_bones
from posegcn.lifting.poses import Poses
from posegcn.outputs.rest import rest_directions
from posegcn.outputs.turns import Node, euler_degrees, node_rotations, tree
from posegcn.skeleton import Skeleton

ASSUMED_FPS = 25.0
CENTIMETRES = 100.0
STUB = 0.25  # length behind the last joint of a limb, as a share of the limb's last bone
MOST_ROWS_PER_POSE = 100


def bvh_bytes(people: Sequence[Poses]) -> bytes:
    """The BVH file of one person.

    There is a row for each frame from the first to the last; joints and root of frames that are
    missing or NaN lie on straight lines between their neighbours. Without placement the root
    stays at the origin. Where the frame rate is not known it is taken as 25.

    Args:
        people: One person.

    Raises:
        InputError: There are several people, no frame has joints, or the numbers of the frames
            are far apart.
    """
    if len(people) != 1:
        raise InputError(f"a .bvh file holds one person, got {len(people)}: write one file each")
    poses = people[0]
    joints, root = _in_every_frame(poses)
    rest = rest_directions(poses.skeleton)
    nodes = tree(poses.skeleton, rest)
    directions = _directions(joints, poses.skeleton, rest)
    rotations = node_rotations(nodes, directions, rest)
    angles = [euler_degrees(rotations[:, n], node.order) for n, node in enumerate(nodes)]
    rows = torch.cat([CENTIMETRES * root, *angles], dim=-1).numpy()
    lengths = _bones(poses.joints.double(), poses.skeleton).norm(dim=-1).nanmedian(dim=0).values
    hierarchy = _hierarchy(nodes, CENTIMETRES * lengths[:, None] * rest)
    motion = ["MOTION", f"Frames: {len(rows)}", f"Frame Time: {1 / (poses.fps or ASSUMED_FPS):.8f}"]
    numbers = [" ".join(f"{value:.6f}" for value in row) for row in rows]
    return "\n".join([*hierarchy, *motion, *numbers, ""]).encode()


def residual_mm(poses: Poses) -> float:
    """Mean distance between the joints and what a BVH file holds of them, in millimetres."""
    joints = poses.joints.double()
    constant = constant_bones(joints, poses.skeleton)
    return 1000 * float((constant - joints).norm(dim=-1).nanmean())


def _in_every_frame(poses: Poses) -> tuple[Tensor, Tensor]:
    """Joints and root in metres, y up, without gaps.  (T', J, 3), (T', 3)"""
    frames = poses.frames.numpy()
    known = poses.joints.isfinite().all(dim=(1, 2)).numpy()
    if not known.any():
        raise InputError(f"no frame of person {poses.person!r} has joints: there is no motion")
    rows = int(frames[-1] - frames[0]) + 1
    if rows > MOST_ROWS_PER_POSE * len(frames):
        raise InputError(
            f"expected frames that follow each other, got {len(frames)} from {frames[0]} to "
            f"{frames[-1]}: a .bvh file would need {rows} rows; number the frames from 0"
        )
    wanted = np.arange(frames[0], frames[-1] + 1)
    joints = _between(wanted, frames[known], poses.joints[known].flatten(1))
    root = torch.zeros(rows, 3, dtype=torch.float64)
    if poses.root is not None:
        placed = poses.root.isfinite().all(dim=-1).numpy()
        if placed.any():
            root = _between(wanted, frames[placed], poses.root[placed])
    upwards = torch.tensor([1.0, -1.0, -1.0], dtype=torch.float64)  # half a turn about x
    return joints.unflatten(-1, (-1, 3)) * upwards, root * upwards


def _between(wanted: np.ndarray, frames: np.ndarray, values: Tensor) -> Tensor:
    """Each column by straight lines between the frames.  (T, C) -> (T', C)"""
    columns = [np.interp(wanted, frames, column) for column in values.double().numpy().T]
    return torch.from_numpy(np.stack(columns, axis=-1))


def _bones(joints: Tensor, skeleton: Skeleton) -> Tensor:
    """Vector from each joint's parent to the joint; zero for the root.  (T, J, 3)"""
    parents = [max(parent, 0) for parent in skeleton.parent_indices]
    bones = joints - joints[:, parents]
    bones[:, skeleton.root] = 0
    return bones


def _directions(joints: Tensor, skeleton: Skeleton, rest: Tensor) -> Tensor:
    """Unit vectors along the bones; one without length lies as it does at rest.  (T, J, 3)"""
    bones = _bones(joints, skeleton)
    lengths = bones.norm(dim=-1, keepdim=True)
    return torch.where(lengths > 0, bones / lengths.where(lengths > 0, 1), rest)


def _hierarchy(nodes: Sequence[Node], offsets: Tensor) -> list[str]:
    """The lines of the first part of the file."""
    lines = ["HIERARCHY"]

    def write(index: int, offset: Tensor, depth: int) -> None:
        node, tab, inner = nodes[index], "\t" * depth, "\t" * (depth + 1)
        position = ["Xposition", "Yposition", "Zposition"] if depth == 0 else []
        channels = [*position, *(f"{axis}rotation" for axis in node.order)]
        name = "_".join(node.name.split())
        lines.extend([f"{tab}{'JOINT' if depth else 'ROOT'} {name}", f"{tab}{{"])
        lines.append(f"{inner}OFFSET {_numbers(offset)}")
        lines.append(f"{inner}CHANNELS {len(channels)} {' '.join(channels)}")
        hanging = [i for i, other in enumerate(nodes) if other.parent == index]
        for child in hanging:
            same_place = nodes[child].joint == node.joint
            write(child, offsets[nodes[child].joint] * (not same_place), depth + 1)
        if not hanging:
            stub = f"{inner}\tOFFSET {_numbers(STUB * offset)}"
            lines.extend([f"{inner}End Site", f"{inner}{{", stub, f"{inner}}}"])
        lines.append(f"{tab}}}")

    write(0, torch.zeros(3), 0)
    return lines


def _numbers(offset: Tensor) -> str:
    return " ".join(f"{value:.6f}" for value in offset.tolist())
