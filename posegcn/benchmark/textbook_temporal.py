"""VideoPose3D as its public code computes a window: channels, frames."""

from torch import Tensor, nn

from posegcn.benchmark.textbook_blocks import batch_norm
from posegcn.errors import InputError
from posegcn.models.temporal_conv import Level, TemporalConv


class TextbookConvLevel(nn.Module):
    """Strided convolution over time, one over channels, middle frames.  (N, C, T) -> (N, C, T')"""

    def __init__(self, level: Level):
        super().__init__()
        self.kept, self.width = level.kept, level.width
        self.over_time = _strided(level.over_time, level.width)
        self.over_time_norm = batch_norm(level.over_time_norm)
        self.over_channels = level.over_channels
        self.over_channels_norm = batch_norm(level.over_channels_norm)
        self.dropout = nn.Dropout(level.dropout.p)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the level."""
        kept = x[:, :, self.kept :: self.width]
        x = self.dropout(self.over_time_norm(self.over_time(x)).relu())
        return kept + self.dropout(self.over_channels_norm(self.over_channels(x)).relu())


def _strided(conv: nn.Conv1d, stride: int) -> nn.Conv1d:
    twin = nn.Conv1d(*conv.weight.shape[1::-1], conv.weight.shape[2], stride, bias=False)
    twin.weight = conv.weight
    return twin


class TextbookTemporalConv(nn.Module):
    """VideoPose3D, window by window."""

    def __init__(self, model: TemporalConv):
        super().__init__()
        if model.dense:
            raise InputError("the temporal convolution has a textbook form without option 'dense'")
        self.skeleton, self.receptive_field = model.skeleton, model.receptive_field
        self.lookahead, self.num_outputs = model.lookahead, model.num_outputs
        self.expand = _strided(model.expand, model.widths[0])
        self.expand_norm = batch_norm(model.expand_norm)
        self.levels = nn.ModuleList(map(TextbookConvLevel, model.levels))
        self.dropout = nn.Dropout(model.dropout.p)
        self.head = model.head

    def forward(self, keypoints: Tensor) -> Tensor:
        """Lift windows.  (N, R, J, 2) -> (N, 1, J, 3)"""
        batch, frames = keypoints.shape[:2]
        x = keypoints.view(batch, frames, -1).permute(0, 2, 1)
        x = self.dropout(self.expand_norm(self.expand(x)).relu())
        for level in self.levels:
            x = level(x)
        return self.head(x).permute(0, 2, 1).contiguous().view(batch, -1, self.num_outputs, 3)
