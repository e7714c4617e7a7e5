"""From the keypoints of a detector to the joints of another skeleton, inside a network."""

import torch
from torch import Tensor, nn

from posegcn.skeleton import Skeleton
from posegcn.skeletons.conversion import origins


class KeypointMap(nn.Module):
    r"""Learned means of keypoints, one for each joint.

    .. math:: u_i = \sum_k m_{ik} \, p_k

    The matrix begins with what joint names say (:func:`posegcn.skeletons.conversion.origins`):
    a joint is the keypoint of the same name or a mean of several. Training finds where in between
    the joints really are, and how much a face tells about the head.

    Args:
        source: Body of the keypoints.
        target: Body of the joints.

    Shape:
        - input: ``(..., K, 2)``
        - output: ``(..., J, 2)``

    Raises:
        InputError: A joint of ``target`` can neither be found nor made up.

    Source: ours.
    """

    def __init__(self, source: Skeleton, target: Skeleton):
        super().__init__()
        weight = torch.zeros(target.num_joints, source.num_joints)
        for row, shares in zip(weight, origins(source, target).values(), strict=True):
            for joint, share in shares.items():
                row[source.index(joint)] = share
        self.weight = nn.Parameter(weight)

    def forward(self, keypoints: Tensor) -> Tensor:
        """Keypoints for the joints.  (..., K, 2) -> (..., J, 2)"""
        return self.weight @ keypoints
