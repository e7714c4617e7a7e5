"""Small data sets for tests."""

import torch

from posegcn import metrics
from posegcn.data import Clip, Clips
from posegcn.skeletons import H36M_16, H36M_17


def clips_of(lengths, skeleton=H36M_17, valid=None):
    """Frames that carry their own number, as those of the reference do."""
    clips = []
    for index, length in enumerate(lengths):
        frame = 1 + torch.arange(length) + 100.0 * index
        joint = 1 + torch.arange(float(skeleton.num_joints))
        keypoints = torch.stack(torch.broadcast_tensors(frame[:, None], joint), dim=-1)
        joints = torch.cat([keypoints, torch.full_like(keypoints[..., :1], 10.0 + index)], dim=-1)
        mask = None if valid is None else valid[index]
        camera = (1000, 1000)
        root = joints[:, 0]
        clips.append(Clip("A", "walk", f"{index}", camera, keypoints, joints, root, valid=mask))
    return Clips.from_clips("toy", skeleton, {}, clips)


def random_clip(action, frames, seed):
    generator = torch.Generator().manual_seed(seed)
    joints = torch.randn(frames, 16, 3, generator=generator)
    keypoints = torch.randn(frames, 16, 2, generator=generator)
    joints = metrics.root_relative(joints)
    return Clip("A", action, "camera0", (1000, 1000), keypoints, joints, joints[:, 0])


TOY = Clips.from_clips(
    "toy",
    H36M_16,
    {},
    [random_clip("walk", 5, 1), random_clip("run", 3, 2), random_clip("walk", 4, 3)],
)
