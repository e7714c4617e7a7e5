"""The linear baseline: a residual multilayer perceptron over all joints at once."""

import torch
from torch import Tensor, nn

from posegcn.errors import InputError
from posegcn.layers.dropout import Dropout
from posegcn.skeleton import Skeleton


class LinearLifter(nn.Module):
    """Residual perceptron that sees the pose as one vector and knows no graph.

    The root is not predicted: it is zero.

    Args:
        skeleton: Body whose joints are lifted.
        channels: Width of the hidden layers.
        num_stages: Number of residual stages of two layers each.
        dropout: Probability of zeroing a feature in training.

    Shape:
        - input: ``(B, J, 2)`` normalised image coordinates
        - output: ``(B, J, 3)`` metres, camera frame, root-relative

    Raises:
        InputError: The input has another number of joints.

    Source: Martinez et al., A simple yet effective baseline for 3D human pose estimation,
    ICCV 2017, as re-implemented in the public code of SemGCN. Differs from that: nothing.
    """

    def __init__(
        self,
        skeleton: Skeleton,
        *,
        channels: int = 1024,
        num_stages: int = 2,
        dropout: float = 0.5,
    ):
        super().__init__()
        self.skeleton = skeleton
        joints = skeleton.num_joints
        self.input = LinearBlock(2 * joints, channels, dropout)
        self.stages = nn.ModuleList(
            nn.Sequential(
                LinearBlock(channels, channels, dropout), LinearBlock(channels, channels, dropout)
            )
            for _ in range(num_stages)
        )
        self.output = nn.Linear(channels, 3 * (joints - 1))
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.kaiming_normal_(module.weight)

    def forward(self, keypoints: Tensor) -> Tensor:
        """Lift keypoints.  (B, J, 2) -> (B, J, 3)"""
        joints = self.skeleton.num_joints
        if keypoints.shape[1:] != (joints, 2):
            raise InputError(f"LinearLifter expects (B, {joints}, 2), got {tuple(keypoints.shape)}")
        y = self.input(keypoints.flatten(1))
        for stage in self.stages:
            y = y + stage(y)
        y = self.output(y).unflatten(-1, (joints - 1, 3))
        root = self.skeleton.root
        return torch.cat([y[:, :root], torch.zeros_like(y[:, :1]), y[:, root:]], dim=1)


class LinearBlock(nn.Module):
    """Linear map, batch norm, ReLU and dropout.  (B, in) -> (B, out)"""

    def __init__(self, in_channels: int, out_channels: int, dropout: float):
        super().__init__()
        self.linear = nn.Linear(in_channels, out_channels)
        self.norm = nn.BatchNorm1d(out_channels)
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block.  (B, in_channels) -> (B, out_channels)"""
        return self.dropout(self.norm(self.linear(x)).relu_())
