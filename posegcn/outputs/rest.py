"""The pose in which every joint angle is zero: arms held out, facing forwards."""

import torch
from torch import Tensor

from posegcn.skeleton import Skeleton

# A body about 1.75 m tall: x to its left, y up, z forwards, in metres from the middle of the hips.
# Only directions from joint to joint are taken from here, never lengths.
MIDLINE = {
    "hip": (0, 0, 0),
    "spine_base": (0, 0.1, 0),
    "spine": (0, 0.235, 0),
    "thorax": (0, 0.49, 0),
    "neck": (0, 0.49, 0),
    "neck_nose": (0, 0.6, 0.05),
    "nose": (0, 0.62, 0.1),
    "head": (0, 0.71, 0),
    "head_top": (0, 0.82, 0),
}
SIDED = {
    "hip": (0.13, 0, 0),
    "knee": (0.13, -0.445, 0),
    "foot": (0.13, -0.885, 0),
    "ankle": (0.13, -0.885, 0),
    "toe": (0.13, -0.95, 0.12),
    "toe_end": (0.13, -0.95, 0.18),
    "big_toe": (0.11, -0.95, 0.18),
    "small_toe": (0.18, -0.95, 0.15),
    "heel": (0.13, -0.95, -0.05),
    "foot_index": (0.13, -0.95, 0.18),
    "clavicle": (0.04, 0.475, 0),
    "shoulder": (0.16, 0.475, 0),
    "elbow": (0.44, 0.475, 0),
    "wrist": (0.69, 0.475, 0),
    "wrist_end": (0.73, 0.475, 0),
    "hand": (0.75, 0.475, 0),
    "hand_end": (0.85, 0.475, 0),
    "thumb": (0.76, 0.475, 0.05),
    "index": (0.8, 0.475, 0.02),
    "pinky": (0.78, 0.475, -0.03),
    "eye_inner": (0.015, 0.65, 0.09),
    "eye": (0.03, 0.65, 0.08),
    "eye_outer": (0.045, 0.65, 0.07),
    "ear": (0.07, 0.63, 0),
    "mouth": (0.025, 0.59, 0.08),
}


def rest_directions(skeleton: Skeleton) -> Tensor:
    """Unit vector from each joint's parent to the joint in the rest pose; zero for the root.

    A bone with an end that the tables do not name points upwards, which is as good as any other
    direction.

    Shape:
        - output: ``(J, 3)``, x left, y up, z forwards
    """
    places = [_place(skeleton, joint) for joint in range(skeleton.num_joints)]
    directions = torch.zeros(skeleton.num_joints, 3, dtype=torch.float64)
    for child, parent in skeleton.bones:
        bone = places[child] - places[parent]
        known = bone.isfinite().all() and bone.norm() > 0
        directions[child] = bone / bone.norm() if known else bone.new_tensor([0, 1, 0])
    return directions


def _place(skeleton: Skeleton, joint: int) -> Tensor:
    """Where a joint is; NaN where its name is not known.  (3,)"""
    name, table, outwards = skeleton.joints[joint], MIDLINE, 1
    if joint in skeleton.left or joint in skeleton.right:
        prefix = next(p for p in ("left_", "right_", "l", "r") if name.startswith(p))
        name, table = name.removeprefix(prefix), SIDED
        outwards = 1 if joint in skeleton.left else -1
    x, y, z = table.get(name, (torch.nan,) * 3)
    return torch.tensor([outwards * x, y, z], dtype=torch.float64)
