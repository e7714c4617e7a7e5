"""Keypoints that the detector has missed."""

from typing import NamedTuple

import torch
from torch import Tensor

from posegcn.errors import InputError, look_up
from posegcn.skeleton import Skeleton

# What to do with missing keypoints.
POLICIES = {
    "fill": "made up from the frames around; frames inside a longer gap stay without pose",
    "mark": "as fill, but no frame with a keypoint that was made up has a pose",
    "refuse": "none may be missing",
}
LONGEST_GAP = 25  # frames: half a second at 50 per second


class Filled(NamedTuple):
    """Keypoints without gaps.

    Args:
        keypoints: No NaN any more.  (T, J, 2)
        made_up: Which were missing.  (T, J) bool
        without_pose: Frames that are too far from any in which all was seen.  (T,) bool
    """

    keypoints: Tensor
    made_up: Tensor
    without_pose: Tensor


def fill_gaps(
    keypoints: Tensor,
    missing: Tensor,
    skeleton: Skeleton,
    policy: str = "fill",
    *,
    frames: Tensor | None = None,
) -> Filled:
    """Each missing keypoint on the line between where it was seen last and where it is seen next.

    Before it is first seen it stands where it appears, after it was last seen where it vanished.

    Args:
        keypoints: In any unit; what is missing may be NaN.  (T, J, 2)
        missing: Which are.  (T, J) bool
        skeleton: Their names.
        policy: Name in ``POLICIES``.
        frames: Numbers of the frames, for messages; counted from 0 without them.  (T,)

    Raises:
        InputError: A keypoint is missing in every frame; or any, with policy ``"refuse"``.
    """
    rows = torch.arange(len(keypoints))
    _check(missing, skeleton, policy, rows if frames is None else frames)
    rows = rows[:, None].expand_as(missing)
    last = torch.where(missing, -1, rows).cummax(dim=0).values
    after = len(keypoints)
    following = torch.where(missing, after, rows).flip(0).cummin(dim=0).values.flip(0)
    gap = following.clamp(max=after) - last.clamp(min=-1) - 1  # frames of the gap it lies in
    last, following = (
        torch.where(last < 0, following, last),
        torch.where(following == after, last, following),
    )
    share = (rows - last) / (following - last).clamp(min=1)
    before, behind = (
        keypoints.gather(0, index[..., None].expand_as(keypoints)) for index in (last, following)
    )
    line = before + share[..., None] * (behind - before)
    filled = torch.where(missing[..., None], line, keypoints)
    if policy == "mark":
        without_pose = missing.any(dim=1)
    else:
        without_pose = (missing & (gap > LONGEST_GAP)).any(dim=1)
    return Filled(filled, missing, without_pose)


def leave_gaps(
    keypoints: Tensor,
    missing: Tensor,
    skeleton: Skeleton,
    policy: str = "mark",
    *,
    frames: Tensor | None = None,
) -> Filled:
    """Single pictures: none tells of another, and one in which a keypoint is missing has no pose.

    In the place of those missing stands the middle of those found, so that all are numbers.
    Arguments and errors are those of :func:`fill_gaps`.
    """
    _check(missing, skeleton, policy, torch.arange(len(missing)) if frames is None else frames)
    found = keypoints.masked_fill(missing[..., None], torch.nan)
    middle = found.nanmean(dim=1, keepdim=True).nan_to_num(nan=0.0)
    return Filled(torch.where(missing[..., None], middle, keypoints), missing, missing.any(dim=1))


def _check(missing: Tensor, skeleton: Skeleton, policy: str, frames: Tensor) -> None:
    look_up("policy", policy, POLICIES)
    never = [name for name, gone in zip(skeleton.joints, missing.all(dim=0), strict=True) if gone]
    if never:
        raise InputError(
            f"{', '.join(never)} of {skeleton.name} missing in every frame, {len(missing)} in all: "
            "lift with a model that does not need it, or lower the least confidence if the file "
            "has it with less"
        )
    if policy == "refuse" and missing.any():
        row = int(missing.any(dim=1).nonzero()[0])
        names = [name for name, gone in zip(skeleton.joints, missing[row], strict=True) if gone]
        raise InputError(
            f"{', '.join(names)} missing in frame {int(frames[row])}, expected every keypoint in "
            "every frame: fill the gaps, or ask for gaps to be filled"
        )
