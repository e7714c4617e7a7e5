"""A jointed body: angles in, joints out, by forward kinematics.

The body stands at the origin facing y, with x to its right and z up. Angles are radians.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from posegcn.camera import Vector
from posegcn.skeleton import Skeleton
from posegcn.skeletons import H36M_17

DEGREE = torch.pi / 180

# Range of each angle in degrees: everyday ranges of motion, rounded, a little inside what
# anatomy tables list as the end of the range.
LIMITS = {
    "pelvis_yaw": (-7200, 7200),
    "pelvis_pitch": (-40, 60),
    "pelvis_roll": (-25, 25),
    "spine_flex": (-25, 80),
    "spine_side": (-30, 30),
    "spine_twist": (-40, 40),
    "neck_flex": (-45, 45),
    "neck_side": (-35, 35),
    "neck_twist": (-70, 70),
    **{
        f"{side}{angle}": limits
        for side in "lr"
        for angle, limits in {
            "shoulder_flex": (-50, 175),
            "shoulder_abduct": (-25, 160),
            "shoulder_twist": (-80, 80),
            "elbow_flex": (2, 145),
            "hip_flex": (-25, 120),
            "hip_abduct": (-20, 45),
            "hip_twist": (-35, 35),
            "knee_flex": (2, 145),
        }.items()
    },
}

# Length of the bone that ends in each joint, in metres, of a body 1.75 m tall.
BONES = {
    "hip": 0.13,
    "knee": 0.445,
    "foot": 0.44,
    "spine": 0.235,
    "thorax": 0.255,
    "neck_nose": 0.12,
    "head": 0.115,
    "shoulder": 0.155,
    "elbow": 0.28,
    "wrist": 0.25,
}
ANKLE_HEIGHT = 0.08


def limit(name: str, angle: Tensor) -> Tensor:
    """The angle kept inside its range without a kink: identity inside, level at the ends."""
    low, high = (bound * DEGREE for bound in LIMITS[name])
    soft = torch.nn.functional.softplus
    sharpness = 20
    return low + soft(angle - low, beta=sharpness) - soft(angle - high, beta=sharpness)


def about(axis: str, angle: Tensor) -> Tensor:
    """Rotation matrices about a coordinate axis.  (T,) -> (T, 3, 3)"""
    c, s = angle.cos(), angle.sin()
    zero, one = torch.zeros_like(c), torch.ones_like(c)
    rows = {
        "x": (one, zero, zero, zero, c, -s, zero, s, c),
        "y": (c, zero, s, zero, one, zero, -s, zero, c),
        "z": (c, -s, zero, s, c, zero, zero, zero, one),
    }
    return torch.stack(rows[axis], dim=-1).unflatten(-1, (3, 3))


def forward_kinematics(
    angles: Mapping[str, Tensor], lengths: Mapping[str, float], ground: Tensor, lift: Tensor
) -> Tensor:
    """World positions of the 17 Human3.6M joints.

    The height of the body follows from its feet: the lower one stands on the floor.

    Args:
        angles: Radians under the names of ``LIMITS``, each ``(T,)``; a missing one is zero.
        lengths: Bone lengths in metres under the names of ``BONES``.
        ground: Where the hip is above the floor, in metres.  (T, 2)
        lift: Height of the lower foot above standing, in metres (a jump).  (T,)

    Shape:
        - output: ``(T, 17, 3)`` metres, z up
    """
    body = _Body(angles, lengths, lift)
    pelvis = about("z", body.angle("pelvis_yaw")) @ about("x", -body.angle("pelvis_pitch"))
    pelvis = pelvis @ about("y", body.angle("pelvis_roll"))
    waist = body.bend(pelvis, "spine", 0.5)
    chest = body.bend(waist, "spine", 0.5)
    neck = body.bend(chest, "neck", 1.0)
    body.place("spine", "hip", waist, (0, 0, 1))
    body.place("thorax", "spine", chest, (0, 0, 1))
    body.place("neck_nose", "thorax", neck, (0, 0.5, 1))
    body.place("head", "neck_nose", neck, (0, -0.25, 1))
    for side, outward in (("l", -1), ("r", 1)):
        body.place(f"{side}hip", "hip", pelvis, (outward, 0, 0))
        body.place(f"{side}shoulder", "thorax", chest, (outward, 0, -0.1))
        body.limb(side, outward, pelvis, ("hip", "knee", "foot"), fold=-1)
        body.limb(side, outward, chest, ("shoulder", "elbow", "wrist"), fold=1)

    joints = torch.stack([body.joints[name] for name in H36M_17.joints], dim=1)
    feet = torch.stack([body.joints["lfoot"][:, 2], body.joints["rfoot"][:, 2]])
    lower = -torch.logsumexp(-40 * feet, dim=0) / 40  # a minimum without a kink
    height = ANKLE_HEIGHT + lift - lower
    return joints + torch.cat([ground, height[:, None]], dim=-1)[:, None]


class _Body:
    """Joints placed one after another along the tree."""

    def __init__(self, angles: Mapping[str, Tensor], lengths: Mapping[str, float], like: Tensor):
        self.angles = angles
        self.lengths = lengths
        self.still = torch.zeros_like(like)
        self.joints = {"hip": like.new_zeros(len(like), 3)}

    def angle(self, name: str) -> Tensor:
        return limit(name, self.angles.get(name, self.still))

    def bend(self, frame: Tensor, part: str, share: float) -> Tensor:
        """The frame after a share of flexion (forwards), side bend (right) and twist (left)."""
        flexed = frame @ about("x", -share * self.angle(f"{part}_flex"))
        bent = flexed @ about("y", share * self.angle(f"{part}_side"))
        return bent @ about("z", share * self.angle(f"{part}_twist"))

    def place(self, name: str, parent: str, frame: Tensor, direction: Vector) -> None:
        """Put a joint at the end of its bone, which has a direction in the frame."""
        bone = torch.tensor(direction, dtype=self.still.dtype)
        length = self.lengths[name if name in self.lengths else name[1:]]
        self.joints[name] = self.joints[parent] + frame @ (length * bone / bone.norm())

    def limb(
        self, side: str, outward: int, trunk: Tensor, names: tuple[str, str, str], fold: int
    ) -> None:
        """Two bones that hang down: a ball joint, then a hinge that folds forwards (1) or back."""
        ball, hinge, end = (side + name for name in names)
        frame = trunk @ about("y", -outward * self.angle(f"{ball}_abduct"))
        frame = frame @ about("x", self.angle(f"{ball}_flex"))
        frame = frame @ about("z", outward * self.angle(f"{ball}_twist"))
        self.place(hinge, ball, frame, (0, 0, -1))
        frame = frame @ about("x", fold * self.angle(f"{hinge}_flex"))
        self.place(end, hinge, frame, (0, 0, -1))


def rest_pose(skeleton: Skeleton) -> Tensor:
    """A standing body with its arms held away, for pictures.  (J, 3) metres, z up"""
    degrees = {"shoulder_abduct": 50.0, "hip_abduct": 8.0}
    angles = {
        side + name: torch.full((1,), value * DEGREE)
        for side in "lr"
        for name, value in degrees.items()
    }
    joints = forward_kinematics(angles, BONES, torch.zeros(1, 2), torch.zeros(1))
    return H36M_17.select(joints[0], skeleton)
