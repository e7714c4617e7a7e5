"""How hard is a data set? Two lifters without a network: the mean pose and ridge regression."""

import torch
from torch import Tensor, nn

from posegcn import metrics
from posegcn.data.clips import Clips
from posegcn.evaluation import pose_error_mm
from posegcn.skeleton import Skeleton

PENALTIES = (1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0)


class LinearMap(nn.Module):
    """Root-relative keypoints and a constant, times a matrix.

    Args:
        skeleton: Body that is lifted.
        weights: ``(2 J + 1, 3 J)``, in double precision.
        penalty: Ridge penalty with which they were found; none for a constant.

    Shape:
        - input: ``(B, J, 2)`` normalised image coordinates
        - output: ``(B, J, 3)`` metres, camera frame, root-relative
    """

    def __init__(self, skeleton: Skeleton, weights: Tensor, penalty: float | None = None):
        super().__init__()
        self.skeleton = skeleton
        self.penalty = penalty
        self.weights = nn.Parameter(weights, requires_grad=False)

    def forward(self, keypoints: Tensor) -> Tensor:
        """Lift keypoints.  (B, J, 2) -> (B, J, 3)"""
        joints = features(keypoints, self.skeleton) @ self.weights
        return joints.unflatten(-1, (self.skeleton.num_joints, 3)).to(keypoints.dtype)


def features(keypoints: Tensor, skeleton: Skeleton) -> Tensor:
    """What the linear map sees, in double precision.  (B, J, 2) -> (B, 2 J + 1)"""
    relative = metrics.root_relative(keypoints, skeleton.root).flatten(1).double()
    return torch.cat([relative, relative.new_ones(len(relative), 1)], dim=1)


def mean_pose(train: Clips) -> LinearMap:
    """The mean training pose, whatever the keypoints."""
    joints = train.skeleton.num_joints
    weights = torch.zeros(2 * joints + 1, 3 * joints, dtype=torch.float64)
    weights[-1] = train.joints.flatten(1).double().mean(dim=0)
    return LinearMap(train.skeleton, weights)


def ridge(train: Clips, validation: Clips) -> LinearMap:
    """The best linear map; of ``PENALTIES`` it takes that with the lowest validation P1."""
    inputs, targets = features(train.keypoints, train.skeleton), train.joints.flatten(1).double()
    gram, moment = inputs.T @ inputs, inputs.T @ targets

    def solve(penalty: float) -> LinearMap:
        weights = torch.linalg.solve(gram + penalty * torch.eye(len(gram)), moment)
        return LinearMap(train.skeleton, weights, penalty)

    return min(map(solve, PENALTIES), key=lambda model: pose_error_mm(model, validation))
