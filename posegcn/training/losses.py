"""Training losses by name, in metres."""

from collections.abc import Callable

from torch import Tensor

from posegcn import metrics
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


def mpjpe(predicted: Tensor, target: Tensor, skeleton: Skeleton) -> Tensor:
    """Mean distance over poses and joints (the root too).  (B, J, 3) -> ()"""
    return metrics.mpjpe(predicted, target).mean()


def with_l1(loss: Loss, share: float) -> Loss:
    r"""The loss that Modulated GCN mixes with the mean absolute error.

    .. math:: (1 - \lambda) \, L + \lambda \, L_1

    Squares of metres are small numbers: with errors of 30 to 40 mm and :math:`\lambda = 0.1`, the
    absolute error outweighs the squared one about five to one.
    """

    def mixed(predicted: Tensor, target: Tensor, skeleton: Skeleton) -> Tensor:
        absolute = (predicted - target).abs().mean()
        return (1 - share) * loss(predicted, target, skeleton) + share * absolute

    return mixed if share else loss


LOSSES: dict[str, Loss] = {"mse": mse, "mse_without_root": mse_without_root, "mpjpe": mpjpe}
