"""Bodies of joints on a line, for checks of numbers."""

import torch

from posegcn.doctor.body import Body
from posegcn.keypoints import Track
from posegcn.skeletons import H36M_17


def body(keypoints, skeleton=H36M_17, confidence=None):
    confidence = torch.ones(keypoints.shape[:2]) if confidence is None else confidence
    return Body(Track("0", skeleton, torch.arange(len(keypoints)), keypoints, confidence))


def straight(frames=30):
    """Joints on a slope: 160 wide, 320 tall."""
    line = torch.arange(17.0)[:, None] * torch.tensor([10.0, 20.0]) + 100
    return line.repeat(frames, 1, 1)
