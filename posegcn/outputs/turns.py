"""Rotations of the bones of a motion, of which only the places of the joints are known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from posegcn.rotation import best_rotation, smallest_rotation
from posegcn.skeleton import Skeleton

# How much of the frame that a fork hangs on goes into its own: so little that it decides only what
# the bones leave open, as when they lie on one line.
PRIOR = 1e-8
LOCKED = 1e-6  # cosine of the middle angle below which the outer two are one

# The middle angle of a bone turns about the axis along which the bone lies at rest: that is its
# twist, which stays far from 90 degrees, where the outer two angles cannot be told apart.
ORDERS = ("ZXY", "ZYX", "XZY")
FORK_ORDER = "ZXY"


@dataclass(frozen=True)
class Node:
    """A place in the tree that turns.

    A joint with several children is a fork: it has a frame of its own, and each of its bones
    hangs on a further node at the same place.

    Args:
        name: Joint, or ``parent_to_child`` at a fork.
        joint: Index of the joint that stands here.
        carries: Index of the child whose bone turns with the node; none for forks and ends.
        parent: Index of the node that this one hangs on, -1 for the first.
        order: Axes of the three angles, as their matrices are multiplied.
    """

    name: str
    joint: int
    carries: int | None
    parent: int
    order: str


def tree(skeleton: Skeleton, rest: Tensor) -> list[Node]:
    """The nodes of a skeleton, each before those that hang on it, depth first."""
    nodes: list[Node] = []
    axes = rest.abs().argmax(dim=-1).tolist()

    def add(name: str, joint: int, carries: int | None, parent: int) -> int:
        order = FORK_ORDER if carries is None else ORDERS[axes[carries]]
        nodes.append(Node(name, joint, carries, parent, order))
        return len(nodes) - 1

    def grow(joint: int, parent: int) -> None:
        name = skeleton.joints[joint]
        children = [child for child, above in skeleton.bones if above == joint]
        here = add(name, joint, children[0] if len(children) == 1 else None, parent)
        for child in children:
            stem = here
            if len(children) > 1:
                stem = add(f"{name}_to_{skeleton.joints[child]}", joint, child, here)
            grow(child, stem)

    grow(skeleton.root, -1)
    return nodes


def node_rotations(nodes: Sequence[Node], directions: Tensor, rest: Tensor) -> Tensor:
    r"""Rotation of each node relative to the node that it hangs on.

    A node that carries a bone turns by the smallest angle that brings the bone, as it lies in the
    frame above, to where it is: no twist is made up. A fork takes the frame that fits all of its
    bones best, each counted alike, :math:`\min_R \sum_c |d_c - R \, r_c|^2`. An end does not turn.

    Shape:
        - directions: ``(T, J, 3)`` unit vectors from parent to joint
        - rest: ``(J, 3)`` the same in the rest pose
        - output: ``(T, N, 3, 3)``
    """
    upright = torch.eye(3, dtype=rest.dtype).expand(len(directions), 3, 3)
    frames: list[Tensor] = []
    local = []
    for index, node in enumerate(nodes):
        above = upright if node.parent < 0 else frames[node.parent]
        fork = [n.carries for n in nodes if n.parent == index and n.joint == node.joint]
        if node.carries is not None:
            start = (above @ rest[node.carries][:, None])[..., 0]
            frame = smallest_rotation(start, directions[:, node.carries]) @ above
        elif fork:
            seen = torch.einsum("tci,cj->tij", directions[:, fork], rest[fork])
            frame = best_rotation(seen + PRIOR * above)
        else:
            frame = above
        frames.append(frame)
        local.append(above.mT @ frame)
    return torch.stack(local, dim=1)


def euler_degrees(rotations: Tensor, order: str) -> Tensor:
    r"""Angles whose turns multiply to the rotations, without jumps in time.

    .. math:: R = R_i(\alpha) \, R_j(\beta) \, R_k(\gamma)

    Of the two triples that give a rotation, and all whole turns more, each frame takes what is
    nearest to the frame before it.

    Args:
        rotations: Of consecutive frames.  (T, 3, 3)
        order: Axes i, j, k, all different, as in ``"ZXY"``.

    Shape:
        - output: ``(T, 3)`` degrees
    """
    i, j, k = ("XYZ".index(axis) for axis in order)
    sign = 1 if (j - i) % 3 == 1 else -1
    r = rotations.numpy()
    sine = np.clip(sign * r[:, i, k], -1, 1)
    first = np.arctan2(-sign * r[:, j, k], r[:, k, k])
    last = np.arctan2(-sign * r[:, i, j], r[:, i, i])
    locked = np.hypot(r[:, i, i], r[:, i, j]) < LOCKED
    first = np.where(locked, np.arctan2(sign * r[:, k, j], r[:, j, j]), first)
    last = np.where(locked, 0, last)
    middle = np.arctan2(sine, np.hypot(r[:, i, i], r[:, i, j]))
    angles = np.stack([first, middle, last], axis=-1)
    others = np.stack([first + np.pi, np.pi - middle, last + np.pi], axis=-1)
    return torch.from_numpy(np.rad2deg(_without_jumps(np.stack([angles, others], axis=1))))


def _without_jumps(candidates: np.ndarray) -> np.ndarray:
    """Of several triples a frame, and whole turns more, the nearest to the last.  (T, K, 3)"""
    chosen = np.empty_like(candidates[:, 0])
    last = np.zeros(3)
    for frame, triples in enumerate(candidates):
        near = triples - 2 * np.pi * np.round((triples - last) / (2 * np.pi))
        last = chosen[frame] = near[np.abs(near - last).sum(axis=-1).argmin()]
    return chosen
