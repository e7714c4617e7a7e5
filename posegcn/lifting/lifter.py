"""Lifting of a video: keypoints in pixels in, joints in metres out, at once or frame by frame."""

from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from posegcn.camera import normalise_image
from posegcn.checkpoints import load_checkpoint
from posegcn.data.clips import Clip, Clips
from posegcn.errors import InputError
from posegcn.folding import fold
from posegcn.prediction import (
    check_takes_keypoints,
    context,
    keypoint_skeleton,
    predict,
    predict_clips,
)


@dataclass(frozen=True)
class Poses:
    """Lifted poses.

    Args:
        joints: Metres, camera frame, root-relative.  (T, J, 3)
    """

    joints: Tensor = field(repr=False)


class Lifter:
    """A lifting network with what stands before and behind it.

    Args:
        model: Lifting network that takes keypoints alone.

    Raises:
        InputError: It takes more.
    """

    def __init__(self, model: nn.Module):
        check_takes_keypoints(model)
        self.model = model.eval()
        self.folded = fold(model)
        self.skeleton = model.skeleton
        self.keypoint_skeleton = keypoint_skeleton(model)

    @classmethod
    def from_checkpoint(cls, path: str | Path) -> "Lifter":
        """The lifter of a checkpoint.

        Raises:
            InputError: The checkpoint cannot be read, or its network takes more than keypoints.
        """
        model, _ = load_checkpoint(path)
        return cls(model)

    def __call__(
        self, keypoints_px: Tensor, image_size: tuple[int, int], *, flip: bool = False
    ) -> Poses:
        """Lift a whole video.

        Args:
            keypoints_px: Keypoints of consecutive frames in pixels.  (T, J, 2)
            image_size: Width and height in pixels.
            flip: Average with the mirrored prediction of the mirrored keypoints.

        Raises:
            InputError: The keypoints have another shape, or one is missing (NaN).
        """
        keypoints = self.normalise(keypoints_px, image_size, num_axes=3)
        nowhere = keypoints.new_zeros(len(keypoints), self.skeleton.num_joints, 3)
        clip = Clip("", "", "", image_size, keypoints, nowhere, nowhere[:, 0])
        clips = Clips.from_clips("the video", self.keypoint_skeleton, {}, [clip])
        return Poses(predict_clips(self.folded, clips, flip=flip))

    def stream(self, image_size: tuple[int, int]) -> "Stream":
        """Begin a video whose frames come one at a time."""
        return Stream(self, image_size)

    def normalise(
        self, keypoints_px: Tensor, image_size: tuple[int, int], *, num_axes: int
    ) -> Tensor:
        """Pixels to what the network takes, with a sentence for what it cannot take."""
        keypoints_px = torch.as_tensor(keypoints_px, dtype=torch.float32)
        joints = self.keypoint_skeleton.num_joints
        if keypoints_px.ndim != num_axes or keypoints_px.shape[-2:] != (joints, 2):
            wanted = (*["T"] * (num_axes - 2), joints, 2)
            raise InputError(
                f"expected keypoints of shape {wanted} in the order of "
                f"{self.keypoint_skeleton.name!r}, got {tuple(keypoints_px.shape)}"
            )
        if not keypoints_px.isfinite().all():
            raise InputError(
                "a keypoint is NaN or infinite: fill in what the detector has missed, for instance "
                "from the frames around it"
            )
        return normalise_image(keypoints_px, image_size)


class Stream:
    """A video that comes frame by frame, equal to the video lifted at once.

    The last frames are kept in a ring, as many as the network sees. Before the first frame, and
    behind the last, that frame stands again.

    Args:
        lifter: What to lift with.
        image_size: Width and height in pixels.
    """

    def __init__(self, lifter: Lifter, image_size: tuple[int, int]):
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
        if self.over_time:
            return predict(self.lifter.folded, window[None])[0, 0]
        return predict(self.lifter.folded, window)[0]
