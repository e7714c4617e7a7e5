"""The field's files of dictionaries nested by name, read without executing the pickles inside.

``data_3d_DATASET.npz`` holds world joints, ``data_2d_DATASET_KEYPOINTS.npz`` what a detector found
(or, for ``gt``, the exact projections), both by subject and recording. VideoPose3D (Pavllo et al.,
CVPR 2019) brought the two into the field.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from posegcn.camera import Camera, normalise_image
from posegcn.data.clips import Clip
from posegcn.data.npz import read_npz
from posegcn.errors import InputError, look_up
from posegcn.metrics import root_relative
from posegcn.skeleton import Skeleton
from posegcn.skeletons import COCO_17
from posegcn.skeletons.conversion import convert, made_up


class Format(NamedTuple):
    """What the two files of a data set are called and may hold.

    Args:
        dataset: Its name in the names of the files.
        bodies: Skeletons that the joints may be those of.
        layouts: Skeletons that the keypoints may be those of.
    """

    dataset: str
    bodies: tuple[Skeleton, ...]
    layouts: tuple[Skeleton, ...]


class Recording(NamedTuple):
    """One recording of a subject, from both files.

    Args:
        subject: Person.
        name: Action and take.
        world: World metres.  (T, J, 3)
        views: What was found for each camera.
        layout: Skeleton of the keypoints.
    """

    subject: str
    name: str
    world: Tensor
    views: list[Any]
    layout: Skeleton

    @property
    def action(self) -> str:
        """The name up to its first space, so that takes are averaged together."""
        return self.name.split(" ")[0]


def read_recordings(
    form: Format,
    folder: str | Path,
    keypoints: str,
    skeleton: Skeleton,
    keep: Callable[[str, str], bool],
) -> Iterator[Recording]:
    """The recordings of both files.

    Args:
        form: What the files are called and may hold.
        folder: Where they are.
        keypoints: Which detections: ``gt``, ...
        skeleton: Body wanted for the world joints.
        keep: Whether a recording is wanted, by its subject and name.

    Raises:
        InputError: A file is missing, damaged or hostile, or the two do not fit together.
    """
    folder, prefix = Path(folder), f"data_2d_{form.dataset}_"
    path_3d, path_2d = folder / f"data_3d_{form.dataset}.npz", folder / f"{prefix}{keypoints}.npz"
    if held := {path.stem.removeprefix(prefix): path for path in folder.glob(f"{prefix}*")}:
        look_up(f"keypoints of {folder}", keypoints, held)
    motion = by_name(path_3d, read_npz(path_3d, ["positions_3d"])["positions_3d"])
    detected = read_npz(path_2d, ["positions_2d", "metadata"])
    layout = _keypoint_layout(path_2d, by_name(path_2d, detected["metadata"]), form.layouts)
    found = by_name(path_2d, detected["positions_2d"])
    for subject, recordings in motion.items():
        for name, world in by_name(path_3d, recordings).items():
            if keep(subject, name):
                joints = _world_joints(path_3d, world, form.bodies, skeleton)
                views = by_name(path_2d, found.get(subject, {}))
                if name not in views:
                    raise InputError(f"{path_2d} has no keypoints for {subject} {name!r}")
                yield Recording(subject, name, joints, _as_list(views[name]), layout)


def seen_by(
    cameras: Sequence[Camera], recording: Recording, skeleton: Skeleton, calibrated: bool = True
) -> Iterator[Clip]:
    """The recording as each camera sees it; keypoints longer than the motion are cut to it.

    Args:
        cameras: In the order of the keypoints.
        recording: Its world joints are those of ``skeleton``.
        skeleton: Body wanted.
        calibrated: Whether the focal lengths and centres of the cameras are known.

    Raises:
        InputError: The keypoints do not fit cameras or motion.
    """
    subject, name, world, views, layout = recording
    if len(views) != len(cameras):
        raise InputError(
            f"expected keypoints of {len(cameras)} cameras for {subject} {name!r}, got {len(views)}"
        )
    for camera, view in zip(cameras, views, strict=True):
        joints, got = camera.to_camera(world), shape(view)
        fits = len(got) == 3 and got[0] >= len(joints) and got[1] == layout.num_joints
        if not (fits and got[2] >= 2):
            raise InputError(
                f"{subject} {name!r}, camera {camera.name}: expected keypoints of at least "
                f"{len(joints)} frames and {layout.num_joints} joints, got shape {got}"
            )
        pixels = torch.from_numpy(view[: len(joints), :, :2].astype(np.float32))
        yield Clip(
            subject,
            recording.action,
            camera.name,
            camera.image_size,
            keypoints=normalise_image(_converted(pixels, layout, skeleton), camera.image_size),
            joints=root_relative(joints, skeleton.root),
            root=joints[:, skeleton.root],
            intrinsics=camera.intrinsics(joints) if calibrated else None,
        )


def _converted(pixels: Tensor, layout: Skeleton, skeleton: Skeleton) -> Tensor:
    """Keypoints of the skeleton wanted; only those of COCO are made of others, as the field does.

    Raises:
        InputError: The file lacks a joint.
    """
    made = [] if layout.same_body(COCO_17) else made_up(layout, skeleton)
    if made:
        raise InputError(
            f"skeleton {layout.name!r} has no joint {made[0]!r} of {skeleton.name!r}; take a "
            "network for the joints of the file"
        )
    return convert(pixels, layout, skeleton)


def by_name(path: Path, content: Any) -> Mapping[str, Any]:
    """The same, if it is a dictionary by name."""
    if not (isinstance(content, Mapping) and all(isinstance(name, str) for name in content)):
        raise InputError(f"{path} is not nested by subject and recording, as the field's files are")
    return content


def shape(array: Any, kinds: str = "iuf") -> tuple[int, ...]:
    """The shape of an array of numbers; of anything else, none."""
    numbers = isinstance(array, np.ndarray) and array.dtype.kind in kinds
    return array.shape if numbers else ()


def require_body(source: str, body: Skeleton, skeleton: Skeleton) -> None:
    """Refuse any skeleton but the one whose joints a data set has."""
    if not skeleton.same_body(body):
        raise InputError(
            f"{source} has the joints of {body.name!r}, not those of {skeleton.name!r}; "
            f"choose a recipe or network for {body.name!r}"
        )


def _world_joints(
    path: Path, world: np.ndarray, bodies: tuple[Skeleton, ...], skeleton: Skeleton
) -> Tensor:
    for body in bodies:
        if shape(world)[1:] == (body.num_joints, 3):
            return body.select(torch.from_numpy(world.astype(np.float32)), skeleton)
    raise InputError(
        f"{path}: expected joints of shape (T, {bodies[0].num_joints}, 3), got {shape(world)}"
    )


def _as_list(views: Any) -> list[Any]:
    """What a list, tuple or array holds; anything else holds nothing."""
    if isinstance(views, np.ndarray):
        return list(views) if views.ndim else []
    return list(views) if isinstance(views, (list, tuple)) else []


def _keypoint_layout(
    path: Path, metadata: Mapping[str, Any], layouts: tuple[Skeleton, ...]
) -> Skeleton:
    """The joint order of the detections, told by which indices they call left and right."""
    if "keypoints_symmetry" not in metadata:
        raise InputError(f"{path}: its metadata have no keypoints_symmetry, which tells the joints")
    try:
        left, right = (sorted(map(int, side)) for side in metadata["keypoints_symmetry"])
    except (TypeError, ValueError) as error:
        raise InputError(f"{path}: its keypoints_symmetry is no list of left and right") from error
    for layout in layouts:
        same_size = metadata.get("num_joints", layout.num_joints) == layout.num_joints
        if same_size and (left, right) == (sorted(layout.left), sorted(layout.right)):
            return layout
    names = ", ".join(layout.name for layout in layouts)
    raise InputError(
        f"{path} has keypoints in an order that is none of {names}: its left joints are {left}"
    )
