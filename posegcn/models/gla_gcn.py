"""GLA-GCN: adaptive graph convolutions over a window, strided down to its middle frame."""

import math

import torch
from torch import Tensor, nn

from posegcn.errors import InputError, look_up
from posegcn.graph import Graph
from posegcn.layers.base import normalise
from posegcn.layers.dropout import Dropout
from posegcn.models.adaptive_blocks import SpatioTemporalBlock
from posegcn.models.receptive_field import receptive_field
from posegcn.skeleton import Skeleton


class GLAGCN(nn.Module):
    """Global-local adaptive graph convolutional network.

    Args:
        skeleton: Body whose joints are lifted.
        strides: Odd factors by which the levels shorten the window; their product is the
            receptive field: (3, 3, 3) 27 frames, two more 243.
        channels: Width.
        dropout: Probability of zeroing a feature in training.
        links: Parts of the fixed graphs, see :class:`~posegcn.layers.adaptive.AdaptiveGraphConv`.
        input_norm: Batch norm of the keypoints.
        head: ``"shared"``: one linear map for all joints, as in the public code;
            ``"per_joint"``: one for each (individually connected layers).
        sequence_head: Predict joints of all frames too, before the window is shortened, to learn
            from them: the global branch of the paper. In training the network then returns both.
        num_sequence_blocks: Blocks before that branch; the paper does not say how many.

    Shape:
        - input: ``(B, T, J, 2)`` normalised image coordinates; T is the receptive field; some
          other numbers pass as in the public code, which then averages over what is left
        - output: ``(B, 1, J, 3)`` metres, camera frame, root-relative, of the middle frame; with
          ``sequence_head`` in training also ``(B, T, J, 3)``

    Raises:
        InputError: The input has another number of joints or frames, or a stride is even.

    Source: Yu et al., GLA-GCN: Global-local adaptive graph convolutional network for 3D human
    pose estimation from monocular video, ICCV 2023; sizes and order of operations are those of
    the public code, commit fd72990. Differs from it: see ``links``, ``head``, ``sequence_head``;
    dropout in the spatial blocks follows the option (there it is 0.1 always).
    """

    def __init__(
        self,
        skeleton: Skeleton,
        *,
        strides: tuple[int, ...] = (3, 3, 3, 3, 3),
        channels: int = 96,
        dropout: float = 0.1,
        links: str = "tree",
        input_norm: bool = True,
        head: str = "shared",
        sequence_head: bool = False,
        num_sequence_blocks: int = 0,
    ):
        super().__init__()
        self.skeleton = skeleton
        self.strides = tuple(strides)
        self.receptive_field = receptive_field("strides", strides)
        self.lookahead = self.receptive_field // 2
        graph = Graph.from_skeleton(skeleton)
        block = {"dropout": dropout, "links": links}
        self.norm = nn.BatchNorm1d(2 * skeleton.num_joints) if input_norm else None
        self.expand = SpatioTemporalBlock(2, channels, graph, **block)
        self.sequence_blocks = nn.Sequential(
            *(
                SpatioTemporalBlock(channels, channels, graph, **block)
                for _ in range(num_sequence_blocks)
            )
        )
        self.sequence = None
        if sequence_head:  # its last ReLU is left out: coordinates can be negative
            self.sequence = SpatioTemporalBlock(channels, 3, graph, activation=False, **block)
        self.levels = nn.ModuleList(Level(channels, graph, stride, **block) for stride in strides)
        self.head = look_up("head", head, HEADS)(skeleton.num_joints, channels)

    def forward(self, keypoints: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """Lift windows.  (B, T, J, 2) -> (B, 1, J, 3)"""
        self._check(keypoints)
        x = keypoints
        if self.norm is not None:
            x = normalise(self.norm, x.flatten(-2)).unflatten(-1, x.shape[-2:])
        x = self.sequence_blocks(self.expand(x))
        features = x
        for level in self.levels:
            x = level(x)
        joints = self.head(x.mean(dim=1, keepdim=True))  # (B, 1, J, C) -> (B, 1, J, 3)
        if self.training and self.sequence is not None:
            return joints, self.sequence(features)
        return joints

    def _check(self, keypoints: Tensor) -> None:
        joints = self.skeleton.num_joints
        if keypoints.ndim != 4 or keypoints.shape[2:] != (joints, 2):
            raise InputError(f"GLAGCN expects (B, T, {joints}, 2), got {tuple(keypoints.shape)}")
        frames = keypoints.shape[1]
        for stride in self.strides:
            middle = (frames - stride // 2 - 1) // stride + 1
            shorter = (frames - 1) // stride + 1
            if not frames or middle not in (
                shorter,
                1,
            ):  # one middle frame stands beside any number
                raise InputError(
                    f"GLAGCN with strides {self.strides} expects windows of "
                    f"{self.receptive_field} frames, got {keypoints.shape[1]}"
                )
            frames = shorter


class Level(nn.Module):
    """Two blocks, the second of which shortens the window, beside the middle frames themselves.

    Shape:
        - input: ``(B, T, J, channels)``
        - output: ``(B, (T - 1) // stride + 1, J, channels)``
    """

    def __init__(self, channels: int, graph: Graph, stride: int, *, dropout: float, links: str):
        super().__init__()
        self.stride = stride
        options = {"dropout": dropout, "links": links}
        self.first = SpatioTemporalBlock(channels, channels, graph, **options)
        self.second = SpatioTemporalBlock(
            channels, channels, graph, stride=stride, shortcut=False, **options
        )
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Shorten the window.  (B, T, J, C) -> (B, T', J, C)"""
        middle = x[:, self.stride // 2 :: self.stride]
        return middle + self.dropout(self.second(self.dropout(self.first(x))))


class SharedHead(nn.Linear):
    """One linear map for all joints.  (..., J, C) -> (..., J, 3)"""

    def __init__(self, num_joints: int, channels: int):
        super().__init__(channels, 3)


class PerJointHead(nn.Module):
    r"""One linear map for each joint.  (..., J, C) -> (..., J, 3)

    .. math:: p_j = v_j W_j + b_j
    """

    def __init__(self, num_joints: int, channels: int):
        super().__init__()
        bound = 1 / math.sqrt(channels)
        self.weight = nn.Parameter(torch.empty(num_joints, channels, 3).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(num_joints, 3).uniform_(-bound, bound))

    def forward(self, x: Tensor) -> Tensor:
        """Apply the maps.  (..., J, C) -> (..., J, 3)"""
        return torch.einsum("...jc,jco->...jo", x, self.weight) + self.bias


HEADS = {"shared": SharedHead, "per_joint": PerJointHead}
