"""Lifting of videos: keypoints in pixels in, joints in metres out."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from posegcn.checkpoints import load_checkpoint
from posegcn.data.clips import Clip, Clips
from posegcn.errors import InputError
from posegcn.folding import fold
from posegcn.keypoints.track import Track
from posegcn.lifting.finishing import Options, finish
from posegcn.lifting.placement import focal_length
from posegcn.lifting.poses import Poses
from posegcn.lifting.preparation import Prepared, as_keypoints, prepare
from posegcn.lifting.stream import Stream
from posegcn.prediction import check_takes_keypoints, context, keypoint_skeleton, predict_clips
from posegcn.skeleton import Skeleton
from posegcn.skeletons import get_skeleton


class Lifter:
    """A lifting network with what stands before and behind it.

    Args:
        model: Lifting network that takes keypoints alone.
        card: Card of its checkpoint; says how large people were in training.

    Raises:
        InputError: It takes more.
    """

    def __init__(self, model: nn.Module, card: Mapping[str, Any] | None = None):
        check_takes_keypoints(model)
        self.model = model.eval()
        self.folded = fold(model)
        self.skeleton = model.skeleton
        self.keypoint_skeleton = keypoint_skeleton(model)
        self.sizes = (card or {}).get("body_size")

    @classmethod
    def from_checkpoint(cls, path: str | Path) -> "Lifter":
        """The lifter of a checkpoint.

        Raises:
            InputError: The checkpoint cannot be read, or its network takes more than keypoints.
        """
        return cls(*load_checkpoint(path))

    def __call__(
        self,
        keypoints_px: Tensor,
        image_size: tuple[int, int],
        *,
        skeleton: str | Skeleton | None = None,
        confidence: Tensor | None = None,
        fps: float | None = None,
        **options,
    ) -> Poses:
        """Lift a whole video of one person.

        Args:
            keypoints_px: Keypoints of consecutive frames in pixels; NaN where missing.  (T, J, 2)
            image_size: Width and height in pixels.
            skeleton: Their body, or its name; that of the network where it is not given.
            confidence: From 0 to 1, of each keypoint.  (T, J)
            fps: Frames per second.
            **options: See :class:`~posegcn.lifting.finishing.Options`.

        Raises:
            InputError: The keypoints have another shape, or see :meth:`lift`.
        """
        skeleton = self.keypoint_skeleton if skeleton is None else get_skeleton(skeleton)
        keypoints_px = as_keypoints(keypoints_px, skeleton, num_axes=3)
        if confidence is None:
            confidence = torch.ones(keypoints_px.shape[:-1])
        confidence = torch.as_tensor(confidence, dtype=torch.float32)
        frames = torch.arange(len(keypoints_px))
        track = Track("", skeleton, frames, keypoints_px, confidence)
        return self.lift([track], image_size, fps=fps, **options)[0]

    def lift(
        self,
        tracks: Sequence[Track],
        image_size: tuple[int, int],
        *,
        fps: float | None = None,
        **options,
    ) -> list[Poses]:
        """Lift several people at once, each alone.

        Args:
            tracks: Their keypoints.
            image_size: Width and height in pixels.
            fps: Frames per second.
            **options: See :class:`~posegcn.lifting.finishing.Options`.

        Raises:
            InputError: A keypoint is missing throughout or cannot be made up, or an option is out
                of range or wants for something.
        """
        chosen = Options(**options)
        if chosen.smooth and not fps:
            raise InputError("smoothing needs the frames per second of the video")
        if chosen.stills and context(self.model) is not None:
            raise InputError(
                f"the network sees {sum(context(self.model)) + 1} frames of a video at a time: "
                "lift single pictures with a network of one frame"
            )
        focal = focal_length(image_size, focal_px=chosen.focal_px, focal_35mm=chosen.focal_35mm)
        prepared = [
            prepare(
                track,
                image_size,
                self.keypoint_skeleton,
                sizes=self.sizes,
                gaps=chosen.gaps,
                least_confidence=chosen.least_confidence,
                stills=chosen.stills,
            )
            for track in tracks
        ]
        lifted = self._joints(prepared, image_size, chosen.flip)
        bodies = self.keypoint_skeleton, self.skeleton
        return [
            finish(one, joints, bodies, image_size, focal, fps, chosen)
            for one, joints in zip(prepared, lifted, strict=True)
        ]

    def stream(self, image_size: tuple[int, int]) -> Stream:
        """Begin a video whose frames come one at a time."""
        return Stream(self.model, self.folded, image_size, self.sizes)

    def _joints(
        self, prepared: Sequence[Prepared], image_size: tuple[int, int], flip: bool
    ) -> Sequence[Tensor]:
        """Root-relative joints of each person."""
        clips = []
        for one in prepared:
            nowhere = torch.zeros(len(one.keypoints), self.skeleton.num_joints, 3)
            clips.append(Clip("", "", "", image_size, one.keypoints, nowhere, nowhere[:, 0]))
        bodies = self.skeleton, self.keypoint_skeleton
        together = Clips.from_clips("the video", bodies[0], {}, clips, bodies[1])
        joints = predict_clips(self.folded, together, flip=flip)
        joints = joints - joints[:, [self.skeleton.root]]
        return joints.split([len(clip) for clip in clips])
