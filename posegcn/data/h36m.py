"""Human3.6M, from the files the field passes around.

``data_3d_h36m.npz`` holds world joints, ``data_2d_h36m_KEYPOINTS.npz`` what a detector found (or,
for ``gt``, the exact projections). Both are read without executing the pickles inside.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from posegcn.camera import normalise_image
from posegcn.data.clips import Clip, Clips
from posegcn.data.npz import read_npz
from posegcn.errors import InputError, look_up
from posegcn.metrics import root_relative
from posegcn.rig import h36m_cameras
from posegcn.skeleton import Skeleton
from posegcn.skeletons import H36M_16, H36M_17, H36M_32, MPII_16

SUBJECTS = {
    "train": ("S1", "S5", "S6", "S7"),
    "validation": ("S8",),
    "test": ("S9", "S11"),
}
# Its video is corrupt; the public code of SemGCN and VideoPose3D leaves it out too.
CORRUPT = {("S11", "Directions")}


def h36m_clips(source: str, folder: str | Path, keypoints: str, skeleton: Skeleton) -> Clips:
    """Clips of all subjects in both files.

    An action is the name of the recording up to its first space, so that takes are averaged
    together. Detections longer than the motion are cut to it, as the field does.

    Args:
        source: Name to keep with the data.
        folder: Where the two files are.
        keypoints: Which detections: ``gt``, ``cpn_ft_h36m_dbb``, ``detectron_ft_h36m``, ...
        skeleton: Human3.6M skeleton of 16 or 17 joints.

    Raises:
        InputError: A file is missing, damaged or hostile, or the two do not fit together.
    """
    folder = Path(folder)
    path_3d, path_2d = folder / "data_3d_h36m.npz", folder / f"data_2d_h36m_{keypoints}.npz"
    held = {path.stem.removeprefix("data_2d_h36m_"): path for path in folder.glob("data_2d_h36m_*")}
    if held:
        look_up(f"keypoints of {folder}", keypoints, held)
    positions = read_npz(path_3d, ["positions_3d"])["positions_3d"]
    detected = read_npz(path_2d, ["positions_2d", "metadata"])
    layout = _keypoint_layout(path_2d, _by_name(path_2d, detected["metadata"]))
    views = _by_name(path_2d, detected["positions_2d"])
    clips = (
        clip
        for subject, recordings in _by_name(path_3d, positions).items()
        for name, world in _by_name(path_3d, recordings).items()
        if (subject, name) not in CORRUPT
        for clip in _recording(
            subject,
            name,
            _world_joints(path_3d, world, skeleton),
            _views(path_2d, views, subject, name),
            layout,
            skeleton,
        )
    )
    return Clips.from_clips(source, skeleton, SUBJECTS, clips)


def _recording(
    subject: str,
    name: str,
    world: Tensor,
    views: list[np.ndarray],
    layout: Skeleton,
    skeleton: Skeleton,
) -> Iterator[Clip]:
    for camera, view in zip(h36m_cameras(subject), views, strict=True):
        joints = camera.to_camera(world)
        shape = _shape(view)
        fits = len(shape) == 3 and shape[0] >= len(joints) and shape[1] == layout.num_joints
        if not (fits and shape[2] >= 2):
            raise InputError(
                f"{subject} {name!r}, camera {camera.name}: expected keypoints of at least "
                f"{len(joints)} frames and {layout.num_joints} joints, got shape {shape}"
            )
        pixels = torch.from_numpy(view[: len(joints), :, :2].astype(np.float32))
        yield Clip(
            subject,
            name.split(" ")[0],
            camera.name,
            camera.image_size,
            keypoints=normalise_image(layout.select(pixels, skeleton), camera.image_size),
            joints=root_relative(joints, skeleton.root),
            root=joints[:, skeleton.root],
            intrinsics=camera.intrinsics(joints),
        )


def _by_name(path: Path, content: Any) -> Mapping[str, Any]:
    if not (isinstance(content, Mapping) and all(isinstance(name, str) for name in content)):
        raise InputError(f"{path} is not nested by subject and recording, as the field's files are")
    return content


def _shape(array: Any) -> tuple[int, ...]:
    """The shape of an array of numbers; of anything else, none."""
    numbers = isinstance(array, np.ndarray) and array.dtype.kind in "iuf"
    return array.shape if numbers else ()


def _world_joints(path: Path, world: np.ndarray, skeleton: Skeleton) -> Tensor:
    for full in (H36M_32, H36M_17):
        if _shape(world)[1:] == (full.num_joints, 3):
            return full.select(torch.from_numpy(world.astype(np.float32)), skeleton)
    raise InputError(f"{path}: expected joints of shape (T, 32, 3), got {_shape(world)}")


def _views(path: Path, detected: Mapping[str, Any], subject: str, name: str) -> list[np.ndarray]:
    """The detections of the four cameras."""
    recordings = _by_name(path, detected.get(subject, {}))
    if name not in recordings:
        raise InputError(f"{path} has no keypoints for {subject} {name!r}")
    views = recordings[name]
    if not isinstance(views, (list, tuple, np.ndarray)) or len(views) != 4:
        raise InputError(f"{path}: expected keypoints of 4 cameras for {subject} {name!r}")
    return list(views)


def _keypoint_layout(path: Path, metadata: Mapping[str, Any]) -> Skeleton:
    """The joint order of the detections, told by which indices they call left and right."""
    if "keypoints_symmetry" not in metadata:
        raise InputError(f"{path}: its metadata have no keypoints_symmetry, which tells the joints")
    try:
        left, right = (sorted(map(int, side)) for side in metadata["keypoints_symmetry"])
    except (TypeError, ValueError) as error:
        raise InputError(f"{path}: its keypoints_symmetry is no list of left and right") from error
    for layout in (H36M_17, H36M_16, MPII_16):
        same_size = metadata.get("num_joints", layout.num_joints) == layout.num_joints
        if same_size and (left, right) == (sorted(layout.left), sorted(layout.right)):
            return layout
    raise InputError(
        f"{path} has keypoints in an order that is none of Human3.6M's (left joints {left}); "
        "COCO detections have other joints than the 3D data and cannot be lifted by name"
    )
