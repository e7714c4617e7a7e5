"""Lifted motion of one person."""

from dataclasses import dataclass, field

from torch import Tensor

from posegcn.skeleton import Skeleton


@dataclass(frozen=True, eq=False)
class Poses:
    """Lifted poses of one person in frame after frame.

    Args:
        skeleton: Body of the joints.
        joints: Metres, camera frame, root-relative; NaN in frames that were only marked.  (T, J, 3)
        root: Root joint in the camera frame, in metres; none without placement.  (T, 3)
        frames: Numbers of the frames.  (T,)
        filled: Frames in which a keypoint was missing and had to be made up.  (T,) bool
        reprojection_px: Mean distance in pixels between the keypoints and the placed pose, seen
            through the same lens; none without placement.  (T,)
        fps: Frames per second, where known.
        person: What the file calls the person.
        image_size: Width and height in pixels.
        focal_px: Focal length that the placement rests on, in pixels.
        focal_source: ``"given"``, ``"35 mm equivalent"`` or ``"assumed"``.
        notes: What was done to the keypoints, one sentence each.
    """

    skeleton: Skeleton
    joints: Tensor = field(repr=False)
    root: Tensor | None = field(repr=False)
    frames: Tensor = field(repr=False)
    filled: Tensor = field(repr=False)
    reprojection_px: Tensor | None = field(default=None, repr=False)
    fps: float | None = None
    person: str = ""
    image_size: tuple[int, int] | None = None
    focal_px: float | None = None
    focal_source: str = ""
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.frames)
