"""Defects of 2D keypoints, as detectors have them: clips with other keypoints and the same truth.

Every function takes clips, one strength and what is drawn from, and gives new clips. Shares are
from 0 to 1; with 0 nothing changes. From one state of the generator, what a share hits is also hit
by every greater share.
"""

from dataclasses import replace

import torch
from torch import Generator, Tensor

from posegcn.data.clips import Clips
from posegcn.skeleton import Skeleton

IMAGE_WIDTH_PX = 1000


def jitter(clips: Clips, pixels: float, generator: Generator) -> Clips:
    """Gaussian noise on both coordinates of every keypoint, independent in each frame.

    Args:
        clips: The clips.
        pixels: Standard deviation, as if the image were 1000 pixels wide.
        generator: Draws.
    """
    noise = torch.randn(clips.keypoints.shape, generator=generator)
    return _with_keypoints(clips, clips.keypoints + 2 * pixels / IMAGE_WIDTH_PX * noise)


def swap(clips: Clips, share: float, generator: Generator) -> Clips:
    """Left and right exchanged in a share of the frames, all joints at once."""
    swapped = _happens(share, (clips.num_frames, 1, 1), generator)
    mirrored = clips.keypoints[:, clips.keypoint_skeleton.mirror]
    return _with_keypoints(clips, torch.where(swapped, mirrored, clips.keypoints))


def missing(clips: Clips, share: float, generator: Generator) -> Clips:
    """A share of the frames missing: the last seen one stands again.

    The first frame of every clip is seen.
    """
    return _hold(clips, _happens(share, (clips.num_frames, 1), generator))


def occlusion(clips: Clips, share: float, generator: Generator) -> Clips:
    """A share of the joints other than the root missing, independent in each frame.

    They are put where the root is seen, as by a pipeline that centres poses on the root and
    writes zeros for what was not found.
    """
    return _at_root(clips, _occluded(clips, share, generator))


def occlusion_held(clips: Clips, share: float, generator: Generator) -> Clips:
    """As :func:`occlusion`, but each joint stays where it was last seen, as in a tracker.

    The first frame of every clip is seen.
    """
    return _hold(clips, _occluded(clips, share, generator))


def limb(clips: Clips, share: float, generator: Generator) -> Clips:
    """One arm or leg of each clip missing, at the root, in one run of a share of its frames.

    Which limb does not depend on the share, where the run begins does.
    """
    lengths = torch.tensor([len(clip) for clip in clips])
    clip_of = torch.arange(len(clips)).repeat_interleave(lengths)  # (N,)
    joints = torch.tensor(limbs(clips.keypoint_skeleton))
    table = torch.zeros(len(joints), clips.keypoint_skeleton.num_joints, dtype=torch.bool)
    table.scatter_(1, joints, True)
    chosen = table[torch.randint(len(joints), (len(clips),), generator=generator)]  # (C, J)
    durations = (share * lengths).round()
    first = (torch.rand(len(clips), generator=generator) * (lengths - durations + 1)).floor()
    frame = torch.arange(clips.num_frames) - clips.starts[clip_of]
    during = (frame >= first[clip_of]) & (frame < (first + durations)[clip_of])
    return _at_root(clips, during[:, None] & chosen[clip_of])


def limbs(skeleton: Skeleton) -> list[tuple[int, ...]]:
    """Arms and legs: the end of each, and the two joints before it on the same side."""
    found = []
    for end in sorted(set(range(skeleton.num_joints)) - set(skeleton.parent_indices)):
        chain = tuple(map(skeleton.index, skeleton.path_to_root(skeleton.joints[end])[:3]))
        if set(chain) <= set(skeleton.left) or set(chain) <= set(skeleton.right):
            found.append(chain)
    return found


def _happens(share: float, shape: tuple[int, ...], generator: Generator) -> Tensor:
    return torch.rand(shape, generator=generator) < share


def _occluded(clips: Clips, share: float, generator: Generator) -> Tensor:
    """Which keypoints are occluded; never the root.  (N, J) bool"""
    hidden = _happens(share, clips.keypoints.shape[:2], generator)
    hidden[:, clips.keypoint_skeleton.root] = False
    return hidden


def _at_root(clips: Clips, hidden: Tensor) -> Clips:
    root = clips.keypoints[:, clips.keypoint_skeleton.root, None]
    return _with_keypoints(clips, torch.where(hidden[..., None], root, clips.keypoints))


def _hold(clips: Clips, hidden: Tensor) -> Clips:
    """Hidden keypoints as they were last seen.

    Args:
        clips: The clips.
        hidden: ``(N, J)`` bool, or ``(N, 1)`` for all joints at once.
    """
    seen = ~hidden
    seen[clips.starts] = True
    frames = torch.arange(clips.num_frames)[:, None]
    latest = torch.where(seen, frames, 0).cummax(dim=0).values
    held = clips.keypoints.gather(0, latest[..., None].expand_as(clips.keypoints))
    return _with_keypoints(clips, held)


def _with_keypoints(clips: Clips, keypoints: Tensor) -> Clips:
    parts = zip(clips, keypoints.split([len(clip) for clip in clips]), strict=True)
    changed = (replace(clip, keypoints=part) for clip, part in parts)
    return clips.with_clips(changed)
