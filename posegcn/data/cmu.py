"""CMU motion capture, converted to the Human3.6M layout and seen by four cameras per subject.

The data used in this project was obtained from mocap.cs.cmu.edu. The database was created with
funding from NSF EIA-0196217.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import torch
from torch import Tensor

from posegcn.data.clips import Clip, Clips
from posegcn.data.coco_points import coco_points, head_turns
from posegcn.data.noise import DetectorNoise
from posegcn.data.npz import read_npz
from posegcn.data.projection import see
from posegcn.errors import InputError
from posegcn.rig import random_rig
from posegcn.skeleton import Skeleton
from posegcn.skeletons import COCO_17, H36M_17

# C127 (acrobatics, exercise, jump, run) is the training subject that is held out: the fewest
# frames, of several classes.
VALIDATION = ("C127",)

COLUMNS = ("subject_ids", "action_classes", "sequence_starts", "sequence_lengths")


def cmu_clips(
    source: str,
    folder: str | Path,
    skeleton: Skeleton,
    *,
    noise: type[DetectorNoise] | None = None,
    coco: bool = False,
    seed: int = 0,
) -> Clips:
    """Clips of ``cmu_train.npz`` and ``cmu_test.npz``, at 50 frames per second.

    Every subject has its own four random pinhole cameras (:func:`posegcn.rig.random_rig`);
    poses with a joint outside the image are left out and cut the clip.

    Args:
        source: Name to keep with the data.
        folder: Where the two files are.
        skeleton: Human3.6M skeleton of 16 or 17 joints.
        noise: The detector to emulate; exact keypoints without it.
        coco: Keypoints of COCO (:mod:`posegcn.data.coco_points`) instead of those of the joints.
        seed: Seed of cameras, noise and turns of heads.

    Raises:
        InputError: A file is missing, damaged, or has other contents.
    """
    clips, subjects = [], {}
    for split in ("train", "test"):
        path = Path(folder) / f"cmu_{split}.npz"
        found = {}
        for subject, action, world in _recordings(path):
            found.setdefault(subject, []).append((action, world))
        subjects[split] = tuple(found)
        for subject, motions in found.items():
            clips += _seen(subject, motions, skeleton, noise, coco, seed)
    subjects["validation"] = VALIDATION
    subjects["train"] = tuple(s for s in subjects["train"] if s not in VALIDATION)
    return Clips.from_clips(source, skeleton, subjects, clips, COCO_17 if coco else None)


def _seen(
    subject: str,
    motions: list[tuple[str, Tensor]],
    skeleton: Skeleton,
    noise: type[DetectorNoise] | None,
    coco: bool,
    seed: int,
) -> Iterator[Clip]:
    personal = crc32(f"{subject} {seed}".encode())
    detector = noise(COCO_17 if coco else skeleton, personal) if noise else None
    cameras = random_rig(personal, distortion=False)
    for number, (action, world) in enumerate(motions):
        turns = head_turns(len(world), personal + number) if coco else None
        points = None if turns is None else coco_points(world, turns)
        joints = H36M_17.select(world, skeleton)
        who = {"subject": subject, "action": action}
        for camera in cameras:
            yield from see(joints, camera, skeleton, **who, detector=detector, points=points)


def _recordings(path: Path) -> Iterator[tuple[str, str, Tensor]]:
    """Subject, action class and world joints in metres of each sequence."""
    arrays = read_npz(path, ("positions", "unit_m", "joint_names", *COLUMNS))
    if wrong := _what_is_wrong(arrays):
        raise InputError(f"{path}: {wrong}")
    world = torch.from_numpy(arrays["positions"].astype(np.float32)) * float(arrays["unit_m"])
    for row in zip(*(arrays[column].tolist() for column in COLUMNS), strict=True):
        subject, action, start, length = row
        yield str(subject), str(action), world[start : start + length]


def _what_is_wrong(arrays: Mapping[str, Any]) -> str | None:
    """Why the arrays are no motion, if they are none."""
    shapes = {name: np.shape(array) for name, array in arrays.items()}
    kinds = {name: np.asarray(array).dtype.kind for name, array in arrays.items()}
    if shapes["positions"][1:] != (17, 3) or kinds["positions"] not in "iuf":
        return f"expected numbers of shape (N, 17, 3) as positions, got {shapes['positions']}"
    if shapes["unit_m"] or kinds["unit_m"] not in "iuf":
        return "expected one number as unit_m"
    if (joints := np.asarray(arrays["joint_names"]).tolist()) != list(H36M_17.joints):
        return f"expected the joints of h36m_17, got {joints}"
    if len({shapes[column] for column in COLUMNS}) > 1 or len(shapes[COLUMNS[0]]) != 1:
        return f"expected one entry for each sequence in {', '.join(COLUMNS)}"
    starts, lengths = (arrays[column] for column in COLUMNS[2:])
    if kinds["sequence_starts"] not in "iu" or kinds["sequence_lengths"] not in "iu":
        return "expected whole numbers as sequence_starts and sequence_lengths"
    if (starts < 0).any() or (lengths < 1).any() or (starts[1:] < (starts + lengths)[:-1]).any():
        return "expected sequences that follow one another"
    if (starts + lengths > shapes["positions"][0]).any():
        return f"a sequence ends behind the last of {shapes['positions'][0]} frames"
    return None
