"""Graph Stacked Hourglass: hourglasses in sequence, their outputs side by side."""

import torch
from torch import Tensor, nn

from posegcn.errors import InputError
from posegcn.models.blocks import GraphConvBlock, check_keypoints
from posegcn.models.hourglass import Hourglass
from posegcn.pooling import make_pyramid
from posegcn.skeleton import Skeleton


class SqueezeExcitation(nn.Module):
    r"""Rescale every channel by a gate that has seen all joints.

    .. math:: y_j = x_j \odot \sigma\big(W_2 \operatorname{ReLU}(W_1 \bar x + b_1) + b_2\big),
        \qquad \bar x = \frac{1}{J} \sum_j x_j

    Args:
        channels: Channels of a joint.

    Shape:
        - input: ``(..., J, channels)``
        - output: ``(..., J, channels)``

    Source: Hu et al., Squeeze-and-excitation networks, CVPR 2018. Differs from it: nothing.
    """

    def __init__(self, channels: int):
        super().__init__()
        inner = max(channels // REDUCTION, 1)
        self.squeeze = nn.Linear(channels, inner)
        self.excite = nn.Linear(inner, channels)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the gates.  (..., J, channels) -> (..., J, channels)"""
        mean = x.mean(dim=-2, keepdim=True)  # (..., 1, C)
        return x * self.excite(self.squeeze(mean).relu()).sigmoid()


class GraphStackedHourglass(nn.Module):
    """Hourglasses in sequence; each gives a share of the features from which joints are read.

    Args:
        skeleton: Body whose joints are lifted.
        layer: Name of the graph convolution.
        channels: Width on the body; wider on the coarser levels.
        stacks: Number of hourglasses.
        pyramid: ``"derived"`` from the skeleton; ``"published"``: the tables of the public code,
            which exchange the legs on the way up; ``"mended"``: their groups without the errors.
        dropout: Probability of zeroing a feature in training.
        **options: Options of the layer.

    Shape:
        - input: ``(B, J, 2)`` normalised image coordinates
        - output: ``(B, J, 3)`` metres, camera frame, root-relative

    Raises:
        InputError: There are more stacks than channels, or the pyramid is not that of the
            skeleton, or the input has another number of joints.

    Source: Xu and Takano, Graph stacked hourglass networks for 3D human pose estimation,
    CVPR 2021, with the sizes of the public code (a re-implementation). Differs from that: any
    skeleton, any number of stacks, and a pyramid without its errors.
    """

    def __init__(
        self,
        skeleton: Skeleton,
        *,
        layer: str = "dc_preagg",
        channels: int = 64,
        stacks: int = 4,
        pyramid: str = "derived",
        dropout: float = 0.0,
        **options,
    ):
        super().__init__()
        if stacks > channels:
            raise InputError(f"{stacks} stacks need at least as many channels, got {channels}")
        self.skeleton = skeleton
        levels = make_pyramid(pyramid, skeleton)
        block = {"layer": layer, "dropout": dropout, **options}
        self.input = GraphConvBlock(2, channels, levels.graphs[0], **block)
        self.hourglasses = nn.ModuleList(
            Hourglass(channels, levels, **block) for _ in range(stacks)
        )
        # The shares add up to the width: equal ones where the width can be divided.
        shares = [channels // stacks + (index < channels % stacks) for index in range(stacks)]
        self.shares = nn.ModuleList(nn.Linear(channels, share) for share in shares)
        self.gate = SqueezeExcitation(channels)
        self.head = nn.Linear(channels, 3)

    def forward(self, keypoints: Tensor) -> Tensor:
        """Lift keypoints.  (B, J, 2) -> (B, J, 3)"""
        check_keypoints(self, keypoints)
        x = self.input(keypoints)
        levels = []
        for hourglass, share in zip(self.hourglasses, self.shares, strict=True):
            x = hourglass(x)
            levels.append(share(x))
        return self.head(self.gate(torch.cat(levels, dim=-1)))


REDUCTION = 8
