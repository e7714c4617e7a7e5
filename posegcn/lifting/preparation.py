"""From what a detector found to what a network takes."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from posegcn.camera import normalise_image
from posegcn.data.framing import Sizes, body_size, framed, framing
from posegcn.errors import InputError
from posegcn.keypoints.track import Track
from posegcn.lifting.doubts import check_units, doubts
from posegcn.lifting.gaps import Filled, fill_gaps, leave_gaps
from posegcn.skeleton import Skeleton
from posegcn.skeletons import get_skeleton
from posegcn.skeletons.conversion import convert, lacking, made_up, origins

# Bodies whose keypoints networks in the book's folder take, for advice.
SHIPPED = {"coco_17": "coco_cmu", "h36m_17": "joints_cmu"}
MOST_FRAMES_PER_FOUND = 100  # beyond it there is nothing to go by, only memory to fill


@dataclass(frozen=True, eq=False)
class Prepared:
    """The keypoints of one person as a network takes them.

    Args:
        track: As found, with a row for every frame.
        seen: Keypoints of the network's body without gaps, in normalised image units.  (T, J, 2)
        trust: Confidence of each; 0 where it was missing or is made up of others.  (T, J)
        keypoints: The same as the network takes them, framed as in training.  (T, J, 2)
        made_up: Frames in which a keypoint was missing.  (T,) bool
        without_pose: Frames in which too much is missing.  (T,) bool
        notes: What was done, one sentence each.
    """

    track: Track
    seen: Tensor = field(repr=False)
    trust: Tensor = field(repr=False)
    keypoints: Tensor = field(repr=False)
    made_up: Tensor = field(repr=False)
    without_pose: Tensor = field(repr=False)
    notes: tuple[str, ...]


def prepare(
    track: Track,
    image_size: tuple[int, int],
    skeleton: Skeleton,
    *,
    sizes: Sizes | None = None,
    gaps: str = "fill",
    least_confidence: float = 0.1,
    stills: bool = False,
) -> Prepared:
    """Missing keypoints filled, bodies converted, people as large as in training.

    Keypoints that the network's body does not need may be missing.

    Args:
        track: Keypoints of one person.
        image_size: Width and height in pixels.
        skeleton: Body of the keypoints that the network takes.
        sizes: How large people were in training, see :func:`posegcn.data.framing.sizes_seen`.
            Where the median size lies outside, all frames are scaled by one factor, about the
            middle of the person's path, so that it is as in training; without it they stay.
        gaps: Name in ``posegcn.lifting.gaps.POLICIES``.
        least_confidence: Keypoints below it count as missing.
        stills: Each frame is a picture for itself.

    Raises:
        InputError: The network's keypoints cannot be made of those found, coordinates are no
            pixels; or see :func:`~posegcn.lifting.gaps.fill_gaps`.
    """
    _check_body(track.skeleton, skeleton)
    if not len(track):
        raise InputError(f"person {track.person!r} has no frame to lift")
    check_units(track)
    given, track = track, track if stills else _in_every_frame(track)
    missing = track.missing | (track.confidence < least_confidence)
    shares = origins(track.skeleton, skeleton).values()
    needed = torch.tensor([any(name in own for own in shares) for name in track.skeleton.joints])
    missing_now = missing & needed
    if missing_now[:, needed].all():
        raise InputError(f"person {track.person!r} has no keypoint to lift")
    found = normalise_image(track.keypoints_px, image_size)
    fill = leave_gaps if stills else fill_gaps
    filled = fill(found, missing_now, track.skeleton, gaps, frames=track.frames)
    seen = convert(filled.keypoints, track.skeleton, skeleton)
    trust = torch.where(missing, 0, track.confidence)
    notes = _conversion_notes(track.skeleton, skeleton) + _gap_notes(filled)
    keypoints, note = (_framed_stills if stills else _framed)(seen, sizes)
    notes += [*note, *doubts(given, image_size, stills=stills)]
    return Prepared(
        track=track,
        seen=seen,
        trust=convert_trust(trust, track.skeleton, skeleton),
        keypoints=keypoints,
        made_up=filled.made_up.any(dim=1),
        without_pose=filled.without_pose,
        notes=tuple(notes),
    )


def convert_trust(trust: Tensor, source: Skeleton, target: Skeleton) -> Tensor:
    """Trust in the joints of ``target``; 0 in those that are made up of others.  (T, J) -> (T, J')

    Raises:
        InputError: See :func:`~posegcn.skeletons.conversion.convert`.
    """
    trust = convert(trust[..., None], source, target)[..., 0].clone()
    trust[:, [target.index(name) for name in made_up(source, target)]] = 0
    return trust


def _check_body(found: Skeleton, taken: Skeleton) -> None:
    lost = lacking(found, taken)
    if not lost:
        return
    fitting = [name for body, name in SHIPPED.items() if not lacking(found, get_skeleton(body))]
    advice = f", as book/weights/{fitting[0]}.safetensors does" if fitting else ""
    raise InputError(
        f"the network takes keypoints of {taken.name}, and those of {found.name} do not give "
        f"{', '.join(lost)}: take a network that lifts {found.name} or what can be made of "
        f"it{advice}"
    )


def _in_every_frame(track: Track) -> Track:
    span = int(track.frames[-1] - track.frames[0]) + 1
    if span > MOST_FRAMES_PER_FOUND * len(track):
        raise InputError(
            f"person {track.person!r} was found in {len(track)} of {span} frames, too few to say "
            "what is in between: if they are not of one video, lift each picture for itself "
            "(--stills), else the parts one by one"
        )
    return track.in_every_frame()


def as_keypoints(keypoints_px: Tensor, skeleton: Skeleton, num_axes: int) -> Tensor:
    """Keypoints as floats.  (J, 2), or (T, J, 2) with three axes

    Raises:
        InputError: They have another shape.
    """
    keypoints_px = torch.as_tensor(keypoints_px, dtype=torch.float32)
    joints = skeleton.num_joints
    if keypoints_px.ndim != num_axes or keypoints_px.shape[-2:] != (joints, 2):
        wanted = (*["T"] * (num_axes - 2), joints, 2)
        raise InputError(
            f"expected keypoints of shape {wanted} in the order of {skeleton.name!r}, "
            f"got {tuple(keypoints_px.shape)}"
        )
    return keypoints_px


def _framed(keypoints: Tensor, sizes: Sizes | None) -> tuple[Tensor, list[str]]:
    """A video as large as in training, and a note where it was not.  (T, J, 2)"""
    factor, _ = framing(keypoints, sizes)
    if factor == 1:
        return framed(keypoints, sizes), []
    low, _, high = sizes
    size = body_size(keypoints).median().item()
    note = (
        f"the person is {size / 2:.2f} image widths large, in training {low / 2:.2f} to "
        f"{high / 2:.2f}: keypoints were scaled by {factor:.2f} about the middle of the path"
    )
    return framed(keypoints, sizes), [note]


def _framed_stills(keypoints: Tensor, sizes: Sizes | None) -> tuple[Tensor, list[str]]:
    """The same for pictures, each for itself."""
    each = torch.cat([framed(picture, sizes) for picture in keypoints.split(1)])
    count = int((each != keypoints).any(dim=(1, 2)).sum())
    if not count:
        return each, []
    return each, [f"scaled to the size that training had: {count} of {len(each)} pictures"]


def _conversion_notes(source: Skeleton, target: Skeleton) -> list[str]:
    if source.joints == target.joints:
        return []
    made = made_up(source, target)
    tail = f"; made up as means: {', '.join(made)}" if made else ""
    return [f"keypoints of {source.name} were converted to {target.name} by name{tail}"]


def _gap_notes(filled: Filled) -> list[str]:
    count = int(filled.made_up.any(dim=1).sum())
    if not count:
        return []
    lost = int(filled.without_pose.sum())
    tail = f"; {lost} of them have no pose" if lost else ""
    return [f"keypoints were missing in {count} of {len(filled.made_up)} frames{tail}"]
