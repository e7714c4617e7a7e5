"""Lifting of a video that comes frame by frame."""

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from posegcn.prediction import context, predict

if TYPE_CHECKING:
    from posegcn.lifting.lifter import Lifter


class Stream:
    """A video that comes frame by frame, equal to the video lifted at once.

    The last frames are kept in a ring, as many as the network sees. Before the first frame, and
    behind the last, that frame stands again.

    Args:
        lifter: What to lift with.
        image_size: Width and height in pixels.
    """

    def __init__(self, lifter: "Lifter", image_size: tuple[int, int]):
        self.lifter = lifter
        self.image_size = image_size
        before, after = context(lifter.model) or (0, 0)
        self.over_time = context(lifter.model) is not None
        self.latency = after
        self.num_frames = 0
        self.ring = torch.zeros(before + 1 + after, lifter.keypoint_skeleton.num_joints, 2)

    def push(self, keypoints_px: Tensor) -> Tensor | None:
        """Take the next frame; joints of the frame ``latency`` frames ago, if there was one.

        (J, 2) -> (J, 3)

        Raises:
            InputError: The keypoints have another shape, or one is missing (NaN).
        """
        keypoints = self.lifter.normalise(keypoints_px, self.image_size, num_axes=2)
        if self.num_frames == 0:
            self.ring[:] = keypoints
        return self._advance(keypoints)

    def finish(self) -> list[Tensor]:
        """Joints of the frames that are still owed, at the end of the video; ``latency`` many."""
        if self.num_frames == 0:
            return []
        last = self.ring[(self.num_frames - 1) % len(self.ring)].clone()
        owed = [self._advance(last) for _ in range(self.latency)]
        return [joints for joints in owed if joints is not None]

    def _advance(self, keypoints: Tensor) -> Tensor | None:
        self.ring[self.num_frames % len(self.ring)] = keypoints
        self.num_frames += 1
        if self.num_frames <= self.latency:
            return None
        window = self.ring.roll(-(self.num_frames % len(self.ring)), dims=0)
        items = window[None] if self.over_time else window
        joints = predict(self.lifter.folded, items).flatten(0, -3)[0]
        return joints - joints[self.lifter.skeleton.root]
