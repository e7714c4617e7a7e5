"""MPI-INF-3DHP, from the two files the field passes around, read without executing their pickles.

``data_train_3dhp.npz`` nests by subject with sequence and by camera, ``data_test_3dhp.npz`` by test
sequence; both hold pixels and millimetres of the camera frame.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from posegcn.camera import normalise_image
from posegcn.data.clips import Clip, Clips
from posegcn.data.nested import by_name, require_body, shape
from posegcn.data.npz import read_npz
from posegcn.errors import InputError, look_up
from posegcn.metrics import root_relative
from posegcn.skeleton import Skeleton
from posegcn.skeletons import MPI_INF_3DHP_17

INDOORS, OUTDOORS = (2048, 2048), (1920, 1080)
# Width and height of the images, in pixels.
TRAIN_SIZES = {f"S{number}": INDOORS for number in range(1, 9)}
TEST_SIZES = {f"TS{number}": INDOORS for number in range(1, 5)} | {"TS5": OUTDOORS, "TS6": OUTDOORS}
SUBJECTS = {
    "train": tuple(name for name in TRAIN_SIZES if name != "S8"),
    "validation": ("S8",),
    "test": tuple(TEST_SIZES),
}


def mpi_inf_3dhp_clips(source: str, folder: str | Path, skeleton: Skeleton) -> Clips:
    """Clips of both files.

    Training clips are called by subject (S1), sequence (Seq1) and camera (0). A test sequence is
    both subject and action (TS1), its camera is ``test``, and only its valid frames count.

    Args:
        source: Name to keep with the data.
        folder: Where the two files are.
        skeleton: The MPI-INF-3DHP skeleton of 17 joints.

    Raises:
        InputError: A file is missing, damaged or hostile, or holds something else.

    Source: the data are those of Mehta et al., Monocular 3D human pose estimation in the wild
    using improved CNN supervision, 3DV 2017; files and image sizes as in the public code of P-STMO
    (Shan et al., ECCV 2022). Differs from it: metres, and models are selected on S8, not on what
    they are tested on.
    """
    require_body(source, MPI_INF_3DHP_17, skeleton)
    clips = chain(
        _train_clips(Path(folder) / "data_train_3dhp.npz"),
        _test_clips(Path(folder) / "data_test_3dhp.npz"),
    )
    return Clips.from_clips(source, skeleton, SUBJECTS, clips)


def _train_clips(path: Path) -> Iterator[Clip]:
    for name, recording in _read(path).items():
        subject, _, sequence = name.partition(" ")
        size = look_up("MPI-INF-3DHP subject", subject, TRAIN_SIZES)
        if not isinstance(recording, (list, tuple)) or not recording:
            raise InputError(f"{path}: expected the cameras and the frame rate of {name!r}")
        for camera, content in by_name(path, recording[0]).items():
            arrays = _arrays(path, f"{name!r}, camera {camera}", content)
            yield _clip(subject, sequence, camera, size, *arrays)


def _test_clips(path: Path) -> Iterator[Clip]:
    for name, content in _read(path).items():
        size = look_up("MPI-INF-3DHP test sequence", name, TEST_SIZES)
        keypoints, joints = _arrays(path, name, content)
        valid = content.get("valid")
        if (got := shape(valid, "biuf")) != (len(joints),):
            raise InputError(
                f"{path}: {name} needs a 'valid' of shape ({len(joints)},), which tells the frames "
                f"to be measured on, got {got}"
            )
        clip = _clip(name, name, "test", size, keypoints, joints)
        yield replace(clip, valid=torch.from_numpy(valid == 1))


def _read(path: Path) -> Mapping[str, Any]:
    return by_name(path, read_npz(path, ["data"])["data"])


def _arrays(path: Path, where: str, content: Any) -> tuple[Tensor, Tensor]:
    """Pixels (T, 17, 2) and millimetres (T, 17, 3)."""
    content, count = by_name(path, content), MPI_INF_3DHP_17.num_joints
    keypoints, joints = content.get("data_2d"), content.get("data_3d")
    two, three = shape(keypoints), shape(joints)
    if three[1:] != (count, 3) or two != (three[0], count, 2):
        raise InputError(
            f"{path}: {where} needs data_2d of shape (T, {count}, 2) and data_3d of shape "
            f"(T, {count}, 3), got {two} and {three}"
        )
    # In double precision, because the root is still to be subtracted.
    return tuple(torch.from_numpy(array.astype(np.float64)) for array in (keypoints, joints))


def _clip(
    subject: str,
    action: str,
    camera: str,
    image_size: tuple[int, int],
    keypoints_px: Tensor,
    joints_mm: Tensor,
) -> Clip:
    joints, root = joints_mm / 1000, MPI_INF_3DHP_17.root
    return Clip(
        subject,
        action,
        camera,
        image_size,
        keypoints=normalise_image(keypoints_px, image_size).float(),
        joints=root_relative(joints, root).float(),
        root=joints[:, root].float(),
    )
