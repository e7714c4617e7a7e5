"""Lifted motion as files; the suffix of the name chooses the format."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from torch import Tensor

from posegcn.errors import InputError, look_up
from posegcn.files import write_atomically
from posegcn.lifting.poses import Poses
from posegcn.outputs.arrays import npz_bytes, read_npz_poses
from posegcn.outputs.bvh import bvh_bytes, residual_mm
from posegcn.outputs.document import json_bytes, read_json_poses
from posegcn.outputs.table import csv_bytes

OUTPUTS: dict[str, Callable[[Sequence[Poses]], bytes]] = {
    ".npz": npz_bytes,
    ".csv": csv_bytes,
    ".json": json_bytes,
    ".bvh": bvh_bytes,
}
READERS = {".npz": read_npz_poses, ".json": read_json_poses}
ONE_PERSON = (".bvh",)
TURNED = "turned out of the frame of the camera, into one that stands level"

__all__ = ["OUTPUTS", "READERS", "check_new", "load_poses", "residual_mm", "save", "turned"]


def save(
    poses: Poses | Sequence[Poses],
    path: str | Path,
    *,
    force: bool = False,
    upright: Tensor | None = None,
) -> tuple[Path, ...]:
    """Write lifted motion; the files that were written.

    A format for one person alone (``.bvh``) gets a file each for several, ``out_NAME.bvh``.

    Args:
        poses: One person or several, of one skeleton.
        path: Ends in a suffix of ``OUTPUTS``.
        force: Overwrite what is there.
        upright: Rotation from the camera frame to one that stands level, y still downwards;
            joints and roots are turned by it, and a note says so. None: the camera frame.  (3, 3)

    Raises:
        InputError: The suffix is unknown, a file is there already, there is nobody, or the
            people differ in skeleton.
    """
    path = Path(path)
    people = [poses] if isinstance(poses, Poses) else list(poses)
    write = look_up("suffix of an output", path.suffix.lower(), OUTPUTS)
    if not people:
        raise InputError(f"there is nobody to write to {path}: no person was lifted")
    if not all(person.skeleton.same_body(people[0].skeleton) for person in people):
        names = sorted({person.skeleton.name for person in people})
        raise InputError(f"expected people of one skeleton for {path}, got {', '.join(names)}")
    if upright is not None:
        people = [turned(person, upright) for person in people]
    files = {path: people}
    if path.suffix.lower() in ONE_PERSON and len(people) > 1:
        files = _one_file_each(path, people)
    for target in files:
        check_new(target, force)
    contents = {target: write(its_people) for target, its_people in files.items()}
    for target, content in contents.items():
        write_atomically(target, content)
    return tuple(files)


def check_new(path: str | Path, force: bool = False) -> None:
    """Make sure that writing a file overwrites nothing.

    Raises:
        InputError: The file is there already, and ``force`` is not given.
    """
    if Path(path).exists() and not force:
        raise InputError(f"{path} exists already: choose another name, or overwrite it by force")


def load_poses(path: str | Path) -> tuple[Poses, ...]:
    """The people in a file that :func:`save` wrote.

    Args:
        path: Ends in a suffix of ``READERS``.

    Raises:
        InputError: There is no such file, or it holds something else.
    """
    path = Path(path)
    read = look_up("suffix of lifted motion", path.suffix.lower(), READERS)
    if not path.is_file():
        raise InputError(f"there is no file {path}")
    return tuple(read(path))


def turned(poses: Poses, rotation: Tensor) -> Poses:
    """The same motion in a frame that is turned by a rotation.  (3, 3)"""
    root = None if poses.root is None else poses.root @ rotation.to(poses.root).mT
    joints = poses.joints @ rotation.to(poses.joints).mT
    return replace(poses, joints=joints, root=root, notes=(*poses.notes, TURNED))


def _one_file_each(path: Path, people: Sequence[Poses]) -> dict[Path, list[Poses]]:
    files = {}
    for person in people:
        name = re.sub(r"[^\w.-]+", "_", person.person)
        files[path.with_name(f"{path.stem}_{name}{path.suffix}")] = [person]
    if len(files) != len(people):
        names = ", ".join(repr(person.person) for person in people)
        raise InputError(f"{path} needs a file for each person, but they are called {names}")
    return files
