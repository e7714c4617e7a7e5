"""The embedded data: procedural human motion, made in seconds, with no file on disk.

Seven subjects with their own bones, fifteen actions, four Human3.6M-like cameras with distortion.
It poses the lifting problem, it does not replace real motion: numbers on it compare methods with
one another, and with nothing that is published.
"""

from collections.abc import Iterator
from zlib import crc32

import numpy as np
import torch
from torch import Tensor

from posegcn.data.clips import Clip, Clips
from posegcn.data.coco_points import coco_points, head_turns
from posegcn.data.noise import DetectorNoise
from posegcn.data.projection import see
from posegcn.data.synthetic.actions import ACTIONS
from posegcn.data.synthetic.body import BONES, DEGREE, LIMITS, forward_kinematics
from posegcn.data.synthetic.motion import Motion
from posegcn.rig import random_rig
from posegcn.skeleton import Skeleton
from posegcn.skeletons import COCO_17, H36M_17

FPS = 50
SUBJECTS = {
    "train": ("P1", "P2", "P3", "P4"),
    "validation": ("P5",),
    "test": ("P6", "P7"),
}


def synthetic_clips(
    source: str,
    skeleton: Skeleton,
    *,
    noise: type[DetectorNoise] | None = None,
    coco: bool = False,
    seed: int = 0,
    frames: int = 200,
) -> Clips:
    """Procedural motion seen by four cameras per subject.

    Args:
        source: Name to keep with the data.
        skeleton: Human3.6M skeleton of 16 or 17 joints.
        noise: The detector to emulate; exact keypoints without it.
        coco: Keypoints of COCO (:mod:`posegcn.data.coco_points`) instead of those of the joints.
        seed: Same seed, same data to the last bit.
        frames: Frames of each of the 105 motions, at 50 Hz.
    """
    options = {"skeleton": skeleton, "noise": noise, "coco": coco, "seed": seed, "frames": frames}
    subjects = (subject for split in SUBJECTS.values() for subject in split)
    clips = (clip for subject in subjects for clip in _subject_clips(subject, **options))
    return Clips.from_clips(source, skeleton, SUBJECTS, clips, COCO_17 if coco else None)


def _subject_clips(
    subject: str,
    *,
    skeleton: Skeleton,
    noise: type[DetectorNoise] | None,
    coco: bool,
    seed: int,
    frames: int,
) -> Iterator[Clip]:
    personal = crc32(f"{subject} {seed}".encode())
    detector = noise(COCO_17 if coco else skeleton, personal) if noise else None
    lengths = bone_lengths(np.random.default_rng(personal))
    for action in ACTIONS:
        moves = crc32(f"{subject} {action} {seed}".encode())
        world = motion(action, lengths, moves, frames)
        points = coco_points(world, head_turns(len(world), moves)) if coco else None
        joints = H36M_17.select(world, skeleton)
        who = {"subject": subject, "action": action}
        for camera in random_rig(personal, distortion=True):
            yield from see(joints, camera, skeleton, **who, detector=detector, points=points)


def bone_lengths(rng: np.random.Generator) -> dict[str, float]:
    """Bones of a random person: height 1.55 to 1.95 m, each bone a few percent its own."""
    height = rng.uniform(1.55, 1.95) / 1.75
    return {name: height * length * rng.uniform(0.95, 1.05) for name, length in BONES.items()}


def motion(action: str, lengths: dict[str, float], seed: int, frames: int = 200) -> Tensor:
    """World joints of one person doing one action.

    Args:
        action: Name in ``ACTIONS``.
        lengths: Bone lengths in metres, see :func:`bone_lengths`.
        seed: Tempo, size, side and order of the movement.
        frames: Number of frames T at 50 Hz.

    Shape:
        - output: ``(T, 17, 3)`` metres, z up
    """
    rng = np.random.default_rng(seed)
    m = Motion(np.arange(frames) / FPS, rng)
    ACTIONS[action](m)
    for name in LIMITS:
        m.angles[name] += m.wander(4)
    radius = rng.choice((-1, 1)) * m.uniform(1.0, 1.5)
    m.angles["pelvis_yaw"] += m.uniform(0, 360) + np.cumsum(m.speed / radius) / FPS / DEGREE
    yaw = m.angles["pelvis_yaw"] * DEGREE
    path = np.cumsum(m.speed * np.stack([-np.sin(yaw), np.cos(yaw)]), axis=1) / FPS
    ground = path.T - path.mean(axis=1) + rng.uniform(-0.4, 0.4, 2)
    angles = {name: torch.from_numpy(degrees * DEGREE) for name, degrees in m.angles.items()}
    joints = forward_kinematics(angles, lengths, torch.from_numpy(ground), torch.from_numpy(m.lift))
    return joints.float()
