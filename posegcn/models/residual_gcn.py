"""Residual graph network: SemGCN and Modulated GCN."""

from torch import Tensor, nn

from posegcn.graph import Graph
from posegcn.layers import make_layer
from posegcn.layers.nonlocal_block import EmbeddedGaussianNonLocal, GroupedNonLocal
from posegcn.models.blocks import GraphConvBlock, ResidualBlock, check_keypoints
from posegcn.models.keypoint_map import KeypointMap
from posegcn.skeleton import Skeleton
from posegcn.skeletons import get_skeleton


class ResidualGCN(nn.Module):
    """Graph-convolution block, residual blocks, and a bare graph convolution to 3D.

    Args:
        skeleton: Body whose joints are lifted.
        layer: Name of the graph convolution.
        channels: Width of the trunk.
        num_blocks: Number of residual blocks.
        non_local: Add a non-local block after the first block and after every residual block,
            over the groups of the skeleton (SemGCN).
        final_non_local: Add a non-local block over all joints before the last layer (Modulated
            GCN for detected keypoints).
        dropout: Probability of zeroing a feature in training.
        keypoint_skeleton: Body of the keypoints by name, where it is another: a learned
            :class:`~posegcn.models.keypoint_map.KeypointMap` then stands in front.
        **options: Options of the layer.

    Shape:
        - input: ``(B, J, 2)`` normalised image coordinates
        - output: ``(B, J, 3)`` metres, camera frame, root-relative

    Raises:
        InputError: The input has another number of joints.

    Source: Zhao et al., Semantic graph convolutional networks for 3D human pose regression,
    CVPR 2019; Zou and Tang, Modulated graph convolutional network for 3D human pose estimation,
    ICCV 2021; with the sizes of their public code. Differs from them: any layer, any skeleton,
    also another one for the keypoints.
    """

    def __init__(
        self,
        skeleton: Skeleton,
        *,
        layer: str = "semantic",
        channels: int = 128,
        num_blocks: int = 4,
        non_local: bool = False,
        final_non_local: bool = False,
        dropout: float = 0.0,
        keypoint_skeleton: str = "same",
        **options,
    ):
        super().__init__()
        self.skeleton, self.keypoint_skeleton = skeleton, skeleton
        self.entry = None
        if keypoint_skeleton != "same":
            self.keypoint_skeleton = get_skeleton(keypoint_skeleton)
            self.entry = KeypointMap(self.keypoint_skeleton, skeleton)
        graph = Graph.from_skeleton(skeleton)
        self.trunk = nn.Sequential()
        for index in range(num_blocks + 1):
            block = {"layer": layer, "dropout": dropout, **options}
            if index == 0:
                self.trunk.append(GraphConvBlock(2, channels, graph, **block))
            else:
                self.trunk.append(ResidualBlock(channels, graph, **block))
            if non_local:
                self.trunk.append(GroupedNonLocal(channels, skeleton.groups))
        if final_non_local:
            self.trunk.append(EmbeddedGaussianNonLocal(channels))
        self.head = make_layer(layer, channels, 3, graph, **options)

    def forward(self, keypoints: Tensor) -> Tensor:
        """Lift keypoints.  (B, J, 2) -> (B, J, 3)"""
        check_keypoints(self, keypoints)
        if self.entry is not None:
            keypoints = self.entry(keypoints)
        return self.head(self.trunk(keypoints))
