"""From world motion and a camera to clips: projection, detector noise, frames in view."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from posegcn.camera import Camera, normalise_image
from posegcn.data.clips import Clip
from posegcn.errors import InputError
from posegcn.metrics import root_relative
from posegcn.skeleton import Skeleton

Detector = Callable[[Tensor], Tensor]


def see(
    world: Tensor,
    camera: Camera,
    skeleton: Skeleton,
    *,
    subject: str,
    action: str,
    detector: Detector | None = None,
    points: Tensor | None = None,
) -> Iterator[Clip]:
    """The clips in which a camera sees the whole body: one for each run of such frames.

    Args:
        world: Joints in world metres.  (T, J, 3)
        camera: Where from.
        skeleton: Body of the joints.
        subject: Person.
        action: What the person does.
        detector: Turns exact keypoints in pixels into detected ones, ``(T, J, 2) -> (T, J, 2)``;
            exact keypoints without it.
        points: What the keypoints are of, in world metres, where that is not the joints.
            (T, K, 3)

    Raises:
        InputError: A joint is NaN or infinite.
    """
    if not world.isfinite().all():
        raise InputError(f"subject {subject}, action {action!r} holds NaN or infinite joints")
    joints = camera.to_camera(world)
    looked_at = joints if points is None else camera.to_camera(points)
    seen = camera.sees(joints) & camera.sees(looked_at)
    pixels = camera.project_px(looked_at)
    if detector is not None:
        pixels = detector(pixels)
    clip = Clip(
        subject,
        action,
        camera.name,
        camera.image_size,
        keypoints=normalise_image(pixels, camera.image_size),
        joints=root_relative(joints, skeleton.root),
        root=joints[:, skeleton.root],
        intrinsics=camera.intrinsics(joints),
    )
    for start, end in runs(seen):
        yield clip[start:end]


def runs(mask: Tensor) -> list[tuple[int, int]]:
    """Start and end of each run of true values.  (T,) bool -> [(start, end), ...]"""
    padded = torch.nn.functional.pad(mask.int(), (1, 1))
    change = padded.diff()
    starts, ends = (change > 0).nonzero(), (change < 0).nonzero()
    return list(zip(starts.flatten().tolist(), ends.flatten().tolist(), strict=True))
