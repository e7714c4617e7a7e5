"""Lifted motion for tests, from the embedded synthetic data."""

from dataclasses import replace
from functools import cache

import torch

from posegcn.data import open_source
from posegcn.lifting.poses import Poses


@cache
def source():
    return open_source("synthetic", skeleton="h36m_17")


def lifted(frames=30, *, clip=0, noise_m=0.0, person="1", **changes):
    """A clip of 17 joints as if it had been lifted, with noise if wanted."""
    recording = source().clips[clip][:frames]
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(recording.joints.shape, generator=generator)
    joints = recording.joints + noise_m * noise
    poses = Poses(
        source().skeleton,
        joints - joints[:, :1],
        recording.root,
        torch.arange(len(joints)),
        torch.arange(len(joints)) == 2,
        torch.linspace(1, 2, len(joints)),
        fps=50.0,
        person=person,
        image_size=recording.image_size,
        focal_px=1145.0,
        focal_source="given",
        notes=("one keypoint was filled in", "smoothed"),
    )
    return replace(poses, **changes)
