"""Training losses by name, in metres."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from posegcn import metrics
from posegcn.errors import look_up
from posegcn.recipes import Recipe
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


def symmetry(predicted: Tensor, skeleton: Skeleton) -> Tensor:
    """How much the left bones differ from the right ones, summed over pairs.  (B, J, 3) -> ()"""
    return _left_minus_right(predicted, skeleton).abs().mean(dim=0).sum()


def signed_symmetry(predicted: Tensor, skeleton: Skeleton) -> Tensor:
    """The penalty of the public code, which forgets the absolute value.  (B, J, 3) -> ()

    It is lowest where the right bones are longest.
    """
    return _left_minus_right(predicted, skeleton).mean(dim=0).sum()


def _left_minus_right(joints: Tensor, skeleton: Skeleton) -> Tensor:
    bones = [(child, parent) for child, parent in skeleton.bones if child in skeleton.left]
    if not bones:
        return joints.new_zeros(len(joints), 0)
    left, right = (
        (_pick(joints, children) - _pick(joints, parents)).norm(dim=-1)
        for children, parents in (
            zip(*bones, strict=True),
            zip(*((skeleton.mirror[c], skeleton.mirror[p]) for c, p in bones), strict=True),
        )
    )
    return left - right  # (B, pairs)


def _pick(joints: Tensor, numbers: Sequence[int]) -> Tensor:
    """Some joints, without a tensor of their numbers to send to the device.  -> (B, n, 3)"""
    return torch.stack([joints[:, number] for number in numbers], dim=1)


def training_loss(recipe: Recipe) -> Loss:
    r"""What a recipe minimises.

    .. math:: (1 - \lambda) \, L + \lambda \, L_1

    with ``loss`` for L and ``l1_weight`` for :math:`\lambda`. Squares of metres are small numbers:
    with errors of 30 to 40 mm and :math:`\lambda = 0.1`, the absolute error outweighs the squared
    one about four to one.

    A network with pose refinement gives two poses. The second adds its mean distance and
    ``symmetry_weight`` times its symmetry penalty. A network over time with a sequence head gives
    its target and all frames of the window, whose distances are added.

    Raises:
        InputError: The recipe names a loss or penalty that does not exist.
    """
    distance = look_up("loss", recipe.loss, LOSSES)
    penalty = look_up("symmetry penalty", recipe.symmetry, SYMMETRIES)

    def difference(predicted: Tensor, target: Tensor, skeleton: Skeleton) -> Tensor:
        total = distance(predicted, target, skeleton)
        if share := recipe.l1_weight:
            total = (1 - share) * total + share * (predicted - target).abs().mean()
        return total

    def loss(predicted: Tensor | tuple[Tensor, Tensor], target: Tensor, skeleton: Skeleton):
        if not isinstance(predicted, tuple):
            return difference(predicted, target, skeleton)
        first, second = predicted
        if target.ndim == 4:  # over time: the target of the window, and all of its frames
            middle = target.shape[1] // 2
            centre = difference(first, target[:, middle : middle + 1], skeleton)
            return centre + difference(second, target, skeleton)
        total = difference(first, target, skeleton) + mpjpe(second, target, skeleton)
        return total + recipe.symmetry_weight * penalty(second, skeleton)

    return loss


LOSSES: dict[str, Loss] = {"mse": mse, "mse_without_root": mse_without_root, "mpjpe": mpjpe}
SYMMETRIES = {"absolute": symmetry, "signed": signed_symmetry}
