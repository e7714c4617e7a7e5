"""What is done behind a network: smoothing, bones, placement."""

from dataclasses import dataclass

import torch
from torch import Tensor

from posegcn.data.framing import body_size
from posegcn.errors import InputError, look_up
from posegcn.lifting.bones import constant_bones
from posegcn.lifting.doubts import doubts_seen_again
from posegcn.lifting.gaps import POLICIES
from posegcn.lifting.placement import Focal, intrinsics_of, place, reprojection_error
from posegcn.lifting.poses import Poses
from posegcn.lifting.preparation import Prepared, convert_trust
from posegcn.lifting.smoothing import one_euro
from posegcn.skeleton import Skeleton
from posegcn.skeletons.conversion import convert


@dataclass(frozen=True)
class Options:
    """What a lifter does besides lifting.

    Args:
        flip: Average with the mirrored prediction of the mirrored keypoints.
        gaps: What to do with missing keypoints, name in ``posegcn.lifting.gaps.POLICIES``.
        least_confidence: Keypoints below it count as missing.
        focal_px: Focal length in pixels, for the placement.
        focal_35mm: 35 mm equivalent of the focal length instead.
        smooth: Calm the joints with the one-euro filter; needs the frame rate.
        constant_bones: Give every bone its median length.
        stills: Frames are pictures that have nothing to do with each other: nothing is filled,
            and each person is scaled to the size of training alone.

    Raises:
        InputError: A policy is unknown, a number out of range, or stills are to be smoothed.
    """

    flip: bool = False
    gaps: str = "fill"
    least_confidence: float = 0.1
    focal_px: float | None = None
    focal_35mm: float | None = None
    smooth: bool = False
    constant_bones: bool = False
    stills: bool = False

    def __post_init__(self):
        look_up("policy", self.gaps, POLICIES)
        if not 0 <= self.least_confidence <= 1:
            raise InputError(
                f"expected a least confidence from 0 to 1, got {self.least_confidence:g}"
            )
        if self.stills and (self.smooth or self.constant_bones):
            raise InputError(
                "single pictures have nothing before and after them to smooth or to take the "
                "length of bones from: leave that out, or lift them as a video"
            )


def finish(
    prepared: Prepared,
    joints: Tensor,
    bodies: tuple[Skeleton, Skeleton],
    image_size: tuple[int, int],
    focal: Focal,
    fps: float | None,
    options: Options,
) -> Poses:
    """The poses of one person, placed in front of the camera.

    Args:
        prepared: The keypoints.
        joints: What the network made of them: metres, root-relative.  (T, J, 3)
        bodies: Of the keypoints and of the joints.
        image_size: Width and height in pixels.
        focal: Focal length.
        fps: Frames per second.
        options: What is asked for.
    """
    skeleton = bodies[1]
    joints = torch.where(prepared.without_pose[:, None, None], torch.nan, joints)
    if options.smooth:
        joints = one_euro(joints, fps)
    if options.constant_bones:
        joints = constant_bones(joints, skeleton)
    intrinsics = intrinsics_of(focal, image_size)
    seen = convert(prepared.seen, *bodies)
    trust = convert_trust(prepared.trust, *bodies)
    root = place(joints, seen, intrinsics, trust)
    if options.smooth:
        root = one_euro(root, fps)
    unit = image_size[0] / 2  # pixels
    error = reprojection_error(joints, root, seen, intrinsics) * unit
    error = torch.where(trust > 0, error, torch.nan).nanmean(dim=1)
    return Poses(
        skeleton=skeleton,
        joints=joints,
        root=root,
        frames=prepared.track.frames,
        filled=prepared.made_up,
        reprojection_px=error,
        fps=fps,
        person=prepared.track.person,
        image_size=tuple(image_size),
        focal_px=focal.pixels,
        focal_source=focal.source,
        notes=(*prepared.notes, *doubts_seen_again(error, body_size(prepared.seen) * unit)),
    )
