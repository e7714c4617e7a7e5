"""From the skeletons of the CMU database, at 120 Hz, to the 17 joints of Human3.6M, at 50 Hz."""

from collections.abc import Mapping

import numpy as np
import torch

from posegcn.data.acclaim import Body, forward_kinematics
from posegcn.data.projection import runs
from posegcn.errors import InputError
from posegcn.skeletons import H36M_17

SOURCE_FPS, FPS = 120, 50
INCH_M = 0.0254

# What no body does: a glitch of the tracking. It spoils the frames around it too.
MAX_SPEED, MAX_ACCELERATION = 15, 1800  # metres per second, and per second squared
MARGIN, SHORTEST = 6, 96  # frames at 120 Hz; 96 are 0.8 s

# Joints that are the end of a bone, on either side.
LIMBS = {
    "hip": "hipjoint",
    "knee": "femur",
    "foot": "tibia",
    "shoulder": "clavicle",
    "elbow": "humerus",
    "wrist": "wrist",
}
MIDDLE = ("lowerback", "upperback", "thorax", "upperneck", "head")
BONES = (*MIDDLE, *(side + bone for side in "lr" for bone in LIMBS.values()))


def h36m_joints(body: Body, motion: Mapping[str, np.ndarray]) -> np.ndarray:
    """World joints in metres, z up, of a CMU skeleton in motion.  (T, 17, 3)

    Joints that the skeleton lacks are made up from its bones: the spine is the middle of the upper
    back, the thorax (the base of the neck) three quarters of the thorax bone above its end, the
    top of the head 1.3 head bones above the base of the skull. The hip is between the two hips;
    the root of the file is some 10 cm above it.

    Raises:
        InputError: The skeleton lacks a bone.

    Source: joints ours; the unit of length from the database's list of questions
    (mocap.cs.cmu.edu/faqs.php), which multiplies by 2.54 / 100 / 0.45.
    """
    if missing := [name for name in BONES if name not in body.bones]:
        raise InputError(f"{body.path} has no bone {missing[0]!r}, as skeletons of CMU have")
    ends = forward_kinematics(body, motion)
    points = {
        "hip": (ends["rhipjoint"] + ends["lhipjoint"]) / 2,
        "spine": (ends["lowerback"] + ends["upperback"]) / 2,
        "thorax": ends["thorax"] + 0.75 * (ends["thorax"] - ends["upperback"]),
        "neck_nose": ends["upperneck"],
        "head": ends["upperneck"] + 1.3 * (ends["head"] - ends["upperneck"]),
        **{side + joint: ends[side + bone] for side in "lr" for joint, bone in LIMBS.items()},
    }
    joints = np.stack([points[joint] for joint in H36M_17.joints], axis=1)
    x, up, towards = np.moveaxis(joints * (INCH_M / body.length), -1, 0)
    return np.stack([x, -towards, up], axis=-1)


def clean_parts(joints: np.ndarray) -> list[tuple[int, int]]:
    """First and last (exclusive) frame of each part of 0.8 s or more without a glitch.

    A step faster than 15 m/s spoils both its frames, an acceleration above 1800 m/s^2 (second
    difference) the middle one of its three; 6 frames on either side go with them.

    Shape:
        - joints: ``(T, 17, 3)`` metres at 120 Hz
    """
    from scipy.ndimage import binary_dilation

    step = np.diff(joints, axis=0)
    fast = _size(step) * SOURCE_FPS > MAX_SPEED
    flung = _size(np.diff(step, axis=0)) * SOURCE_FPS**2 > MAX_ACCELERATION
    glitch = np.zeros(len(joints), dtype=bool)
    glitch[:-1] |= fast
    glitch[1:] |= fast
    glitch[1:-1] |= flung
    spoilt = binary_dilation(glitch, np.ones(2 * MARGIN + 1))
    parts = runs(torch.from_numpy(~spoilt))
    return [(start, end) for start, end in parts if end - start >= SHORTEST]


def _size(vectors: np.ndarray) -> np.ndarray:
    """Length of the longest vector of each frame.  (T, J, 3) -> (T,)"""
    return np.linalg.norm(vectors, axis=-1).max(axis=-1)


def resample(joints: np.ndarray) -> np.ndarray:
    """120 Hz to 50 Hz with a cubic spline per coordinate, from the first frame on.  (T, J, 3)"""
    from scipy.interpolate import CubicSpline

    num_frames = (len(joints) - 1) * FPS // SOURCE_FPS + 1
    spline = CubicSpline(np.arange(len(joints)) / SOURCE_FPS, joints, axis=0)
    return spline(np.arange(num_frames) / FPS)


def centre(joints: np.ndarray) -> np.ndarray:
    """Shifted along the floor: the middle of the box around the path of the hip is the origin.

    Shape:
        - joints: ``(T, 17, 3)`` world metres, z up
        - output: the same
    """
    path = joints[:, H36M_17.root, :2]
    middle = (path.min(axis=0) + path.max(axis=0)) / 2
    return joints - np.append(middle, 0)
