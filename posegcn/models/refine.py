"""Pose refinement: image coordinates and predicted depth, weighed against the prediction."""

import torch
from torch import Tensor, nn

from posegcn.camera import place_root, unproject
from posegcn.errors import InputError, look_up
from posegcn.layers.dropout import Dropout
from posegcn.models.residual_gcn import ResidualGCN
from posegcn.skeleton import Skeleton


class PoseRefinement(nn.Module):
    r"""Gates between two poses, one for x and one for y of each joint; z stays.

    .. math:: \hat P_{xy} = s \odot P_{xy} + (1 - s) \odot P'_{xy}, \qquad
        s = \sigma\big(W_2 \operatorname{ReLU}(W_1 [P, P'] + b_1) + b_2\big)

    Args:
        skeleton: Body whose joints are refined.
        channels: Width of the hidden layer.
        dropout: Probability of zeroing a hidden feature in training.

    Shape:
        - joints P, projected P': ``(B, J, 3)`` metres, root-relative
        - output: ``(B, J, 3)`` metres, root-relative

    Source: Cai et al., Exploiting spatial-temporal relationships for 3D pose estimation via graph
    convolutional networks, ICCV 2019, as in the public code of Modulated GCN. Differs from that:
    dropout ends with training.
    """

    def __init__(self, skeleton: Skeleton, *, channels: int = 1024, dropout: float = 0.5):
        super().__init__()
        self.skeleton = skeleton
        self.hidden = nn.Linear(6 * skeleton.num_joints, channels)
        self.dropout = Dropout(dropout)
        self.gates = nn.Linear(channels, 2 * skeleton.num_joints)

    def forward(self, joints: Tensor, projected: Tensor) -> Tensor:
        """Weigh two poses against each other.  (B, J, 3), (B, J, 3) -> (B, J, 3)"""
        both = torch.cat([joints, projected], dim=-1).flatten(1)  # (B, 6 J)
        gates = self.gates(self.dropout(self.hidden(both).relu())).sigmoid()
        gates = gates.unflatten(-1, (-1, 2))  # (B, J, 2)
        plane = gates * joints[..., :2] + (1 - gates) * projected[..., :2]
        return torch.cat([plane, joints[..., 2:]], dim=-1)


class RefinedGCN(nn.Module):
    """Modulated GCN for detected keypoints, and the refinement of its poses.

    A keypoint, a depth and the camera give a point. The depth is that of the predicted joint plus
    that of the root, which has to come from somewhere.

    Args:
        skeleton: Body whose joints are lifted.
        layer: Name of the graph convolution.
        channels: Width of the trunk.
        num_blocks: Number of residual blocks.
        dropout: Probability of zeroing a feature of the trunk in training.
        root_depth: ``"estimated"``: where the predicted pose must be to be seen as it is.
            ``"published"``: the true one, also at test time, as in the public code.
        **options: Options of the layer.

    Shape:
        - keypoints: ``(B, J, 2)`` normalised image coordinates
        - intrinsics: ``(B, 9)``, of which focal length and centre count
        - root: ``(B, 3)`` metres, camera frame; with ``root_depth="published"`` only
        - output: ``(B, J, 3)`` metres, camera frame, root-relative; in training the pose before
          and the pose after refinement

    Raises:
        InputError: The root is missing, or given although its depth is to be estimated.

    Source: Zou and Tang, Modulated graph convolutional network for 3D human pose estimation,
    ICCV 2021, public code. Differs from it: the root's depth is estimated by default, and flip
    averaging averages two refined poses, where that refines the average.
    """

    def __init__(
        self,
        skeleton: Skeleton,
        *,
        layer: str = "modulated",
        channels: int = 384,
        num_blocks: int = 4,
        dropout: float = 0.0,
        root_depth: str = "estimated",
        **options,
    ):
        super().__init__()
        self.skeleton = skeleton
        use_root_depth(self, root_depth)
        trunk = {"layer": layer, "channels": channels, "num_blocks": num_blocks}
        self.lifter = ResidualGCN(
            skeleton, **trunk, dropout=dropout, final_non_local=True, **options
        )
        # As make_model would set it, so that the lifter can be written alone.
        name = {"name": "modulated_gcn_cpn"}
        self.lifter.config = {**name, **trunk, "dropout": dropout, **options}
        self.refinement = PoseRefinement(skeleton)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of what it takes, in order."""
        return INPUTS[self.root_depth]

    def forward(
        self, keypoints: Tensor, intrinsics: Tensor, root: Tensor | None = None
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Lift and refine.  (B, J, 2), (B, 9) -> (B, J, 3)"""
        if (root is None) != (self.root_depth == "estimated"):
            raise InputError(
                f"with root depth {self.root_depth!r} the network takes {', '.join(self.inputs)}"
            )
        joints = self.lifter(keypoints)
        if root is None:
            root = place_root(joints.detach(), keypoints, intrinsics)
        depth = root[:, 2].clamp(min=NEAREST)
        projected = project_pose(keypoints, joints, depth, intrinsics, self.skeleton.root)
        refined = self.refinement(joints, projected)
        return (joints, refined) if self.training else refined


def use_root_depth(model: nn.Module, name: str) -> None:
    """Say where a network with refinement takes the depth of the root from.

    Raises:
        InputError: The network has no refinement, or the name is unknown.
    """
    look_up("root depth", name, INPUTS)
    if not isinstance(model, RefinedGCN):
        raise InputError("root depth is for networks with refinement, and this one has none")
    model.root_depth = name
    if hasattr(model, "config"):  # so that a checkpoint says so too
        model.config["root_depth"] = name


def project_pose(
    keypoints: Tensor, joints: Tensor, root_depth: Tensor, intrinsics: Tensor, root: int
) -> Tensor:
    """The pose that lies behind the keypoints at the predicted depths, without distortion.

    Shape:
        - keypoints: ``(B, J, 2)`` normalised image coordinates
        - joints: ``(B, J, 3)`` metres, of which z counts
        - root_depth: ``(B,)`` metres
        - intrinsics: ``(B, 9)``
        - output: ``(B, J, 3)`` metres, root-relative
    """
    depth = joints[..., 2] + root_depth[:, None]  # (B, J)
    depth = torch.cat([depth[:, :root], root_depth[:, None], depth[:, root + 1 :]], dim=1)
    points = unproject(keypoints, depth, intrinsics[:, None], distortion=False)
    return points - points[:, root : root + 1]


NEAREST = 0.5  # metres: an untrained pose may seem to stand behind the camera
INPUTS = {
    "estimated": ("keypoints", "intrinsics"),
    "published": ("keypoints", "intrinsics", "root"),
}
