"""Other cameras for the same motion: raised, or with another focal length."""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from posegcn.camera import project, rotate
from posegcn.data.clip import Clip
from posegcn.data.clips import Clips
from posegcn.errors import InputError

View = Callable[[Clip], Clip]


def raise_camera(clips: Clips, metres: float) -> Clips:
    r"""The clips as their cameras see them from higher up, turned to where the person is.

    The camera moves by h along the vertical of its own image, which is up for a camera that is
    level, and turns about the horizontal of its image until the mean root c of the clip is as far
    above or below the middle of the image as before:

    .. math:: P' = R_x(\delta) (P + (0, h, 0)), \qquad
        \delta = \arctan \frac{c_y + h}{c_z} - \arctan \frac{c_y}{c_z}

    Keypoints, joints and root are those of the new camera. Every frame stays, also those in which
    a joint now lies outside the image, so that all heights are measured on the same poses. What a
    detector did wrong goes along, and keeps its size in relation to the person.

    Args:
        clips: Clips of calibrated cameras.
        metres: How much higher; negative: lower.

    Raises:
        InputError: A camera is not calibrated.

    Source: ours.
    """

    def raised(clip: Clip) -> Clip:
        _, y, z = clip.root.double().mean(dim=0)
        half = (torch.atan2(y + metres, z) - torch.atan2(y, z)) / 2
        turn = torch.stack([half.cos(), half.sin(), 0 * half, 0 * half]).to(clip.root.dtype)
        root = rotate(turn, clip.root + clip.root.new_tensor([0, metres, 0]))
        return replace(clip, joints=rotate(turn, clip.joints), root=root)

    return _seen_anew(clips, raised)


def change_focal_length(clips: Clips, factor: float) -> Clips:
    """The clips as lenses of another focal length see them from the same place.

    The person is larger or smaller in the image, and no distance changes. Frames and the errors
    of a detector stay as with :func:`raise_camera`.

    Args:
        clips: Clips of calibrated cameras.
        factor: New focal length divided by the old one.

    Raises:
        InputError: A camera is not calibrated.
    """

    def changed(clip: Clip) -> Clip:
        intrinsics = clip.intrinsics.clone()
        intrinsics[:2] *= factor
        return replace(clip, intrinsics=intrinsics)

    return _seen_anew(clips, changed)


def _seen_anew(clips: Clips, view: View) -> Clips:
    """The clips with the keypoints of other views, and the old errors of a detector on them."""
    if clips.keypoint_skeleton != clips.skeleton:
        raise InputError(
            f"{clips.source} has keypoints of {clips.keypoint_skeleton.name!r}, expected those of "
            "its joints: only joints can be seen from elsewhere"
        )
    seen = []
    for clip in clips:
        if clip.intrinsics is None:
            raise InputError(
                f"{clips.source}: the camera of subject {clip.subject}, action {clip.action!r} is "
                "not calibrated, expected one whose focal length and centre are known"
            )
        new = view(clip)
        growth = _person_size(new) / _person_size(clip)
        keypoints = _projected(new) + growth * (clip.keypoints - _projected(clip))
        seen.append(replace(new, keypoints=keypoints))
    return clips.with_clips(seen)


def _projected(clip: Clip) -> Tensor:
    """Exact keypoints.  -> (T, J, 2)"""
    return project(clip.joints + clip.root[:, None], clip.intrinsics)


def _person_size(clip: Clip) -> Tensor:
    """Image width of a metre at the root.  -> (T, 1, 1)"""
    return (clip.intrinsics[0] / clip.root[:, 2])[:, None, None]
