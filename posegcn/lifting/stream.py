"""Lifting of a video that comes frame by frame."""

import torch
from torch import Tensor, nn

from posegcn.camera import normalise_image
from posegcn.data.framing import Sizes, framing
from posegcn.errors import InputError
from posegcn.lifting.preparation import as_keypoints
from posegcn.prediction import context, keypoint_skeleton, predict


class Stream:
    """A video that comes frame by frame, equal to the video lifted at once.

    That holds for people of the sizes that training had. Others are scaled as their first frame
    says, because the median over the video is not known yet. The last frames are kept in a ring, as
    many as the network sees. Before the first frame, and behind the last, that frame stands again.

    Args:
        model: Lifting network.
        folded: The same, folded.
        image_size: Width and height in pixels.
        sizes: How large people were in training, see :func:`posegcn.data.framing.sizes_seen`.
    """

    def __init__(
        self,
        model: nn.Module,
        folded: nn.Module,
        image_size: tuple[int, int],
        sizes: Sizes | None = None,
    ):
        self.folded, self.sizes = folded, sizes
        self.image_size = image_size
        self.root = model.skeleton.root
        self.keypoint_skeleton = keypoint_skeleton(model)
        before, after = context(model) or (0, 0)
        self.over_time = context(model) is not None
        self.latency = after
        self.num_frames = 0
        self.ring = torch.zeros(before + 1 + after, self.keypoint_skeleton.num_joints, 2)

    def push(self, keypoints_px: Tensor) -> Tensor | None:
        """Take the next frame; joints of the frame ``latency`` frames ago, if there was one.

        (J, 2) -> (J, 3)

        Raises:
            InputError: The keypoints have another shape, or one is missing (NaN).
        """
        keypoints_px = as_keypoints(keypoints_px, self.keypoint_skeleton, num_axes=2)
        if not keypoints_px.isfinite().all():
            raise InputError(
                "a keypoint is NaN or infinite: fill in what the detector has missed, for instance "
                "from the frames before"
            )
        keypoints = normalise_image(keypoints_px, self.image_size)
        if self.num_frames == 0:
            self.factor, self.middle = framing(keypoints[None], self.sizes)
        keypoints = (keypoints - self.middle) * self.factor
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
        joints = predict(self.folded, items).flatten(0, -3)[0]
        return joints - joints[self.root]
