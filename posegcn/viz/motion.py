"""What is animated: the joints of a person beside the keypoints that they were lifted from."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from posegcn.errors import InputError
from posegcn.skeleton import Skeleton

Window = tuple[float, float, float, float]  # left, top, width and height in the image, pixels


@dataclass(frozen=True, eq=False)
class Motion:
    """One person through a video.

    Args:
        keypoints_px: Pixels; NaN where there is none.  (T, K, 2)
        joints: Metres, camera frame, y down; NaN where there is none.  (T, J, 3)
        keypoint_skeleton: Body of the keypoints.
        skeleton: Body of the joints.
        frames: Numbers of the frames, increasing; counted from 0 without them.  (T,)
        errors: Distance of each joint from the truth in metres, by which it is coloured.  (T, J)
        name: Of the person.

    Raises:
        InputError: The shapes do not fit, or there is nothing to draw.
    """

    keypoints_px: Tensor = field(repr=False)
    joints: Tensor = field(repr=False)
    keypoint_skeleton: Skeleton
    skeleton: Skeleton
    frames: Tensor | None = field(default=None, repr=False)
    errors: Tensor | None = field(default=None, repr=False)
    name: str = ""

    def __post_init__(self):
        for part in ("keypoints_px", "joints"):
            object.__setattr__(self, part, torch.as_tensor(getattr(self, part)).cpu())
        if self.frames is None:
            object.__setattr__(self, "frames", torch.arange(len(self.joints)))
        frames = len(self.joints)
        wanted = ((frames, self.keypoint_skeleton.num_joints, 2), (frames, *self._joints))
        got = tuple(self.keypoints_px.shape), tuple(self.joints.shape)
        if got != wanted or len(self.frames) != frames:
            raise InputError(
                f"animate expects keypoints {wanted[0]} and joints {wanted[1]}, got {got[0]} and "
                f"{got[1]}: one row for each frame, in the order of "
                f"{self.keypoint_skeleton.name!r} and {self.skeleton.name!r}"
            )
        if self.errors is not None and self.errors.shape != self.joints.shape[:2]:
            raise InputError(f"expected errors {wanted[1][:2]}, got {tuple(self.errors.shape)}")
        if not len(self.complete) or not self.keypoints_px.isfinite().any():
            raise InputError(
                "there is nothing to draw: no frame has all of its joints and a keypoint"
            )

    @property
    def _joints(self) -> tuple[int, int]:
        return self.skeleton.num_joints, 3

    @property
    def complete(self) -> Tensor:
        """Poses without a joint missing.  (N, J, 3)"""
        return self.joints[self.joints.isfinite().all(dim=(1, 2))]

    @property
    def worst(self) -> float:
        """Error in metres at the end of the scale of colours, which 95 % stay below."""
        if self.errors is None:
            return 0.0
        return float(self.errors[self.errors.isfinite()].quantile(0.95))


def window_of(motions: Sequence[Motion], image_size: tuple[int, int] | None) -> Window:
    """What is shown of the image: all of it, or what holds keypoints where its size is unknown."""
    if image_size is not None:
        return (0, 0, *image_size)
    points = torch.cat([motion.keypoints_px.flatten(0, 1) for motion in motions])
    found = points[points.isfinite().all(dim=-1)]
    low, high = found.amin(dim=0), found.amax(dim=0)
    margin = 0.05 * float((high - low).max()) + 1
    left, top = (low - margin).tolist()
    width, height = (high - low + 2 * margin).tolist()
    return left, top, width, height
