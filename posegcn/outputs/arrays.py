"""Lifted motion as arrays in an ``.npz`` file, without pickles.

There is a row for each frame of each person, N together; the people follow one another.

============== ============ ==================================================================
key            shape        what
============== ============ ==================================================================
joints         (N, J, 3)    metres, root-relative; x right, y down, z forwards; NaN: not lifted
root           (N, 3)       root joint in metres from the camera; NaN: not placed
frames         (N,)         number of the frame
person         (N,)         index into ``people``
filled         (N,)         whether a keypoint was missing and had to be made up
reprojection   (N,)         mean distance to the keypoints in pixels; NaN: not placed
people         (P,)         names
focal          (P,)         focal length in pixels; NaN: none
focal_source   (P,)         where it comes from
fps            (P,)         frames per second; NaN: not known
image_size     (P, 2)       width and height in pixels; 0: not known
notes          (P,)         what was done to the keypoints, a line each
skeleton       ()           name
joint_names    (J,)         in the order of the joints
parents        (J,)         index of each joint's parent, -1 for the root
============== ============ ==================================================================
"""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from posegcn.data.npz import read_npz
from posegcn.errors import InputError
from posegcn.lifting.poses import Poses
from posegcn.skeleton import Skeleton

KEYS = (
    *("joints", "root", "frames", "person", "filled", "reprojection", "people", "focal"),
    *("focal_source", "fps", "image_size", "notes", "skeleton", "joint_names", "parents"),
)


def npz_bytes(people: Sequence[Poses]) -> bytes:
    """The file as bytes; arrays as this module's table lists them."""
    skeleton = people[0].skeleton
    lengths = [len(person) for person in people]
    arrays = {
        "joints": np.concatenate([person.joints.numpy() for person in people]),
        "root": np.concatenate([_rows(person, person.root, 3) for person in people]),
        "frames": np.concatenate([person.frames.numpy() for person in people]),
        "person": np.repeat(np.arange(len(people)), lengths),
        "filled": np.concatenate([person.filled.numpy() for person in people]),
        "reprojection": np.concatenate([_rows(p, p.reprojection_px) for p in people]),
        "people": [person.person for person in people],
        "focal": [person.focal_px or np.nan for person in people],
        "focal_source": [person.focal_source for person in people],
        "fps": [person.fps or np.nan for person in people],
        "image_size": [person.image_size or (0, 0) for person in people],
        "notes": ["\n".join(person.notes) for person in people],
        "skeleton": skeleton.name,
        "joint_names": skeleton.joints,
        "parents": skeleton.parent_indices,
    }
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def read_npz_poses(path: Path) -> list[Poses]:
    """The people in such a file.

    Raises:
        InputError: The file is damaged or holds something else.
    """
    held = read_npz(path, KEYS)
    try:
        names, parents = held["joint_names"].tolist(), held["parents"].tolist()
        above = [names[parent] if parent >= 0 else None for parent in parents]
        skeleton = Skeleton(str(held["skeleton"]), tuple(names), tuple(above))
        return [_person(held, index, skeleton) for index in range(len(held["people"]))]
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path} holds no lifted motion as posegcn writes it ({error})") from error


def _person(held: dict[str, np.ndarray], index: int, skeleton: Skeleton) -> Poses:
    rows = held["person"] == index
    root, reprojection = held["root"][rows], held["reprojection"][rows]
    placed = bool(np.isfinite(root).any())
    width, height = held["image_size"][index].tolist()
    return Poses(
        skeleton,
        torch.from_numpy(held["joints"][rows]),
        torch.from_numpy(root) if placed else None,
        torch.from_numpy(held["frames"][rows]),
        torch.from_numpy(held["filled"][rows]),
        torch.from_numpy(reprojection) if placed else None,
        fps=_number(held["fps"][index]),
        person=str(held["people"][index]),
        image_size=(width, height) if width else None,
        focal_px=_number(held["focal"][index]),
        focal_source=str(held["focal_source"][index]),
        notes=tuple(str(held["notes"][index]).splitlines()),
    )


def _rows(person: Poses, values: torch.Tensor | None, *channels: int) -> np.ndarray:
    """The values, or as many rows of NaN."""
    if values is None:
        return np.full((len(person), *channels), np.nan, dtype=np.float32)
    return values.numpy()


def _number(value: np.floating) -> float | None:
    return None if np.isnan(value) else float(value)
