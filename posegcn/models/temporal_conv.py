"""Temporal convolution over whole poses: VideoPose3D, the baseline in time."""

from torch import Tensor, nn
from torch.nn import functional

from posegcn.errors import InputError
from posegcn.layers.dropout import Dropout
from posegcn.models.receptive_field import receptive_field
from posegcn.skeleton import Skeleton
from posegcn.skeletons import get_skeleton


class TemporalConv(nn.Module):
    r"""Residual network of dilated convolutions over time; a pose is one vector of a frame.

    It computes the same in two ways. A clip of T frames gives T - R + 1 poses at once by dilated
    convolutions, which share the work between frames. A window of just R frames gives one pose
    by strided ones, which leave out what that pose does not need.

    Args:
        skeleton: Body whose joints are lifted.
        widths: Odd numbers of frames that the levels see; the receptive field R is their product.
        channels: Width.
        dropout: Probability of zeroing a feature in training.
        causal: Predict the last frame of the window, not the middle one: nothing is looked at
            before it happens.
        dense: Convolutions of the same reach without dilation, for comparison: many more weights.
        trajectory: Predict the position of the root alone, absolute, instead of the joints.
        keypoint_skeleton: Body of the keypoints by name, where it is another: what a detector
            finds need not be what is lifted.

    Shape:
        - input: ``(B, T, J, 2)`` normalised image coordinates, T >= R
        - output: ``(B, T - R + 1, J, 3)`` metres, camera frame, root-relative; one joint for
          ``trajectory``

    Raises:
        InputError: The input has another number of joints or too few frames, or a width is even.

    Source: Pavllo et al., 3D human pose estimation in video with temporal convolutions and
    semi-supervised training, CVPR 2019, section 3, and its public code, commit 1afb1ca. Differs
    from them: nothing.
    """

    takes_clips = True  # of any length: frames share the work

    def __init__(
        self,
        skeleton: Skeleton,
        *,
        widths: tuple[int, ...] = (3, 3, 3, 3, 3),
        channels: int = 1024,
        dropout: float = 0.25,
        causal: bool = False,
        dense: bool = False,
        trajectory: bool = False,
        keypoint_skeleton: str = "same",
    ):
        super().__init__()
        self.skeleton = skeleton
        same = keypoint_skeleton == "same"
        self.keypoint_skeleton = skeleton if same else get_skeleton(keypoint_skeleton)
        self.widths = tuple(widths)
        self.dense = dense
        self.receptive_field = receptive_field("widths", widths)
        self.lookahead = 0 if causal else self.receptive_field // 2
        self.num_outputs = 1 if trajectory else skeleton.num_joints
        first, *others = self.widths
        self.expand = nn.Conv1d(2 * self.keypoint_skeleton.num_joints, channels, first, bias=False)
        self.expand_norm = nn.BatchNorm1d(channels)
        self.levels, reach = nn.ModuleList(), first
        for width in others:
            self.levels.append(Level(channels, width, reach, dropout, causal=causal, dense=dense))
            reach *= width
        self.dropout = Dropout(dropout)
        self.head = nn.Conv1d(channels, 3 * self.num_outputs, 1)

    def forward(self, keypoints: Tensor) -> Tensor:
        """Lift clips.  (B, T, J, 2) -> (B, T - R + 1, J, 3)"""
        self._check(keypoints)
        strided = keypoints.shape[1] == self.receptive_field and not self.dense
        x = keypoints.flatten(2).mT  # (B, 2 J, T)
        stride = self.widths[0] if strided else 1
        x = functional.conv1d(x, self.expand.weight, self.expand.bias, stride=stride)
        x = self.dropout(self.expand_norm(x).relu_())
        for level in self.levels:
            x = level(x, strided)
        return self.head(x).mT.unflatten(-1, (self.num_outputs, 3))

    def _check(self, keypoints: Tensor) -> None:
        shape, joints = tuple(keypoints.shape), self.keypoint_skeleton.num_joints
        if len(shape) != 4 or shape[2:] != (joints, 2) or shape[1] < self.receptive_field:
            raise InputError(
                f"TemporalConv expects (B, T, {joints}, 2) with at least {self.receptive_field} "
                f"frames, got {shape}"
            )


class Level(nn.Module):
    """Convolution over a few frames far apart, one over channels, and the frames themselves.

    Args:
        channels: Width.
        width: Frames it sees.
        reach: Frames that one of its inputs has seen, which is the distance between them.
        dropout: Probability of zeroing a feature in training.
        causal: The shortcut takes the last frame instead of the middle one.
        dense: See all frames in between too.

    Shape:
        - input: ``(B, channels, T)``
        - output: ``(B, channels, T - (width - 1) reach)``, or ``(B, channels, T / width)``
          strided
    """

    def __init__(
        self, channels: int, width: int, reach: int, dropout: float, *, causal: bool, dense: bool
    ):
        super().__init__()
        kernel = (width - 1) * reach + 1 if dense else width
        self.width, self.reach = width, reach
        self.dilation = 1 if dense else reach
        self.kept = width - 1 if causal else width // 2
        self.over_time = nn.Conv1d(channels, channels, kernel, bias=False)
        self.over_time_norm = nn.BatchNorm1d(channels)
        self.over_channels = nn.Conv1d(channels, channels, 1, bias=False)
        self.over_channels_norm = nn.BatchNorm1d(channels)
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor, strided: bool) -> Tensor:
        """Apply the level, to every frame or, strided, to every ``width``-th."""
        affine = self.over_time.weight, self.over_time.bias
        if strided:
            y = functional.conv1d(x, *affine, stride=self.width)
            kept = x[..., self.kept :: self.width]
        else:
            y = functional.conv1d(x, *affine, dilation=self.dilation)
            start = self.kept * self.reach
            kept = x[..., start : start + y.shape[-1]]
        y = self.dropout(self.over_time_norm(y).relu_())
        y = self.dropout(self.over_channels_norm(self.over_channels(y)).relu_())
        return kept + y
