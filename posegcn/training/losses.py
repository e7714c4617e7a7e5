"""Training losses by name, in metres."""

from collections.abc import Callable

from torch import Tensor

from posegcn.skeleton import Skeleton

Loss = Callable[[Tensor, Tensor, Skeleton], Tensor]


def mse(predicted: Tensor, target: Tensor, skeleton: Skeleton) -> Tensor:
    """Mean squared error over poses, joints (the root too) and coordinates.  (B, J, 3) -> ()"""
    return (predicted - target).square().mean()


def mse_without_root(predicted: Tensor, target: Tensor, skeleton: Skeleton) -> Tensor:
    """Mean squared error over the joints that are not the root.  (B, J, 3) -> ()

    For networks that do not predict the root, whose mean would only shrink by its zeros.
    """
    joints = skeleton.num_joints
    return mse(predicted, target, skeleton) * (joints / (joints - 1))


LOSSES: dict[str, Loss] = {"mse": mse, "mse_without_root": mse_without_root}
