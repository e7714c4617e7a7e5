"""What a detector found: people, frame by frame."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import torch
from torch import Tensor

from posegcn.errors import InputError
from posegcn.skeleton import Skeleton


@dataclass(frozen=True, eq=False)
class Track:
    """The keypoints of one person through a video, as the detector wrote them.

    Args:
        person: What the file calls the person.
        skeleton: Body of the keypoints.
        frames: Numbers of the frames in which the person was found, increasing.  (T,)
        keypoints_px: Pixels; NaN where the file holds no number.  (T, J, 2)
        confidence: From 0 to 1; 1 everywhere where the detector gives none.  (T, J)
        confidence_range: The least and the greatest that the file states; what is not from 0 to 1
            is cut off in ``confidence``.

    Raises:
        InputError: The shapes do not fit each other, or a frame comes twice or out of order.
    """

    person: str
    skeleton: Skeleton
    frames: Tensor = field(repr=False)
    keypoints_px: Tensor = field(repr=False)
    confidence: Tensor = field(repr=False)
    confidence_range: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self):
        frames, joints = len(self.frames), self.skeleton.num_joints
        found = tuple(self.keypoints_px.shape), tuple(self.confidence.shape)
        if found != ((frames, joints, 2), (frames, joints)):
            raise InputError(
                f"expected keypoints ({frames}, {joints}, 2) and confidences ({frames}, {joints}) "
                f"for person {self.person}, got {found[0]} and {found[1]}"
            )
        if (self.frames.diff() <= 0).any():
            raise InputError(f"person {self.person} comes twice in a frame, or frames go back")

    def __len__(self) -> int:
        return len(self.frames)

    @cached_property
    def missing(self) -> Tensor:
        """Which keypoints the detector did not find.  (T, J) bool

        Those that are NaN, have confidence 0, or both coordinates 0.
        """
        empty = ~self.keypoints_px.isfinite().all(dim=-1) | (self.keypoints_px == 0).all(dim=-1)
        return empty | ~(self.confidence > 0)

    def in_every_frame(self) -> "Track":
        """The same with a row for each frame from the first to the last; NaN in those added."""
        first, last = int(self.frames[0]), int(self.frames[-1])
        rows = self.frames - first
        count, joints = last - first + 1, self.skeleton.num_joints
        keypoints = self.keypoints_px.new_full((count, joints, 2), torch.nan)
        confidence = self.confidence.new_zeros(count, joints)
        keypoints[rows], confidence[rows] = self.keypoints_px, self.confidence
        frames = torch.arange(first, last + 1)
        return replace(self, frames=frames, keypoints_px=keypoints, confidence=confidence)


@dataclass(frozen=True, eq=False)
class Detections:
    """The contents of a file of keypoints.

    Args:
        path: File or folder.
        format: Name in ``posegcn.keypoints.FORMATS``.
        tracks: People; at least one.
        image_size: Width and height in pixels, where the file or the reader's caller says.
        fps: Frames per second, likewise.
        has_tracks: Whether the file tells who is who in the next frame. If not, and there were
            several people in a frame, ``tracks`` follows them by what is near.
    """

    path: str
    format: str
    tracks: tuple[Track, ...]
    image_size: tuple[int, int] | None = None
    fps: float | None = None
    has_tracks: bool = True

    def person(self, name: str | None = None) -> Track:
        """One person: by name, or the one that is there in most frames.

        Raises:
            InputError: Nobody is called so.
        """
        if name is None:
            return max(self.tracks, key=len)
        for track in self.tracks:
            if track.person == name:
                return track
        names = ", ".join(track.person for track in self.tracks)
        raise InputError(f"{self.path} has no person {name!r}, only: {names}")
