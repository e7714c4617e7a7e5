"""Windows: the frames around a target, by index arithmetic on one tensor of frames."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from posegcn.data.clips import Clips


@dataclass(frozen=True, eq=False)
class Windows:
    """Which frames of a data set belong to which item; nothing of the data is copied.

    An item is a target frame, or a chunk of consecutive ones. Frames beyond the ends of its clip
    are the first or the last frame again.

    Args:
        first: First target frame of each item; that of a chunk may lie before its clip.  (M,)
        lower: First frame of the clip.  (M,)
        upper: Last frame of the clip.  (M,)
        chunk: Number of target frames of an item.

    Source: the edge clamping and the chunks are those of the generators of VideoPose3D (Pavllo et
    al., CVPR 2019, public code).
    """

    first: Tensor
    lower: Tensor
    upper: Tensor
    chunk: int = 1

    @classmethod
    def of_targets(cls, clips: Clips) -> "Windows":
        """One item for each frame that counts."""
        lower = clips.starts[clips.target_clips]
        lengths = torch.tensor([len(clip) for clip in clips])
        return cls(clips.targets, lower, lower + lengths[clips.target_clips] - 1)

    @classmethod
    def of_chunks(cls, clips: Clips, chunk: int) -> "Windows":
        """The clips cut into chunks, as many as cover them; what is too much is shared out."""
        rows = []
        for start, clip in zip(clips.starts.tolist(), clips, strict=True):
            number = -(-len(clip) // chunk)
            too_early = (number * chunk - len(clip)) // 2
            first = start - too_early + chunk * torch.arange(number)
            bounds = torch.tensor([start, start + len(clip) - 1])
            rows.append(torch.cat([first[:, None], bounds.expand(number, 2)], dim=1))
        return cls(*torch.cat(rows).unbind(dim=1), chunk)

    def __len__(self) -> int:
        """Number of items M."""
        return len(self.first)

    def frames(self, items: Tensor, before: int = 0, after: int = 0) -> Tensor:
        """Numbers of the frames of some items.  (B,) -> (B, before + chunk + after)

        Args:
            items: Numbers of the items.
            before: Frames of context before the first target.
            after: Frames of context after the last one.
        """
        offsets = torch.arange(-before, self.chunk + after, device=items.device)
        wanted = self.first[items][:, None] + offsets
        return wanted.clamp(self.lower[items][:, None], self.upper[items][:, None])

    def to(self, device: torch.device) -> "Windows":
        """The windows with their numbers on a device."""
        moved = {name: getattr(self, name).to(device) for name in ("first", "lower", "upper")}
        return replace(self, **moved)
