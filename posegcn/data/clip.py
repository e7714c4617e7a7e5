"""A clip: one recording, and how the frames of several become one tensor."""

from dataclasses import dataclass, field, replace

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Clip:
    """One recording: consecutive frames of one subject and action, seen by one camera.

    Args:
        subject: Person.
        action: What the person does; errors are averaged by action.
        camera: Name of the camera.
        image_size: Width and height in pixels.
        keypoints: Normalised image coordinates.  (T, J, 2)
        joints: Metres, camera frame, root-relative.  (T, J, 3)
        root: Root joint in the camera frame, in metres.  (T, 3)
        intrinsics: Those of the camera, ``fx fy cx cy k1 k2 k3 p1 p2``, in normalised image
            units; none where they are not known.  (9,)
        valid: Which frames have joints to learn from or be measured on; the others are only
            context for their neighbours. None: all.  (T,) bool
    """

    subject: str
    action: str
    camera: str
    image_size: tuple[int, int]
    keypoints: Tensor = field(repr=False)
    joints: Tensor = field(repr=False)
    root: Tensor = field(repr=False)
    intrinsics: Tensor | None = field(default=None, repr=False)
    valid: Tensor | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.keypoints)

    def __getitem__(self, frames: slice) -> "Clip":
        return replace(
            self,
            keypoints=self.keypoints[frames],
            joints=self.joints[frames],
            root=self.root[frames],
            valid=None if self.valid is None else self.valid[frames],
        )

    def targets_every(self, step: int) -> "Clip":
        """All frames, of which only every ``step``-th counts (if it did before)."""
        chosen = torch.arange(len(self)) % step == 0
        return replace(self, valid=chosen if self.valid is None else chosen & self.valid)


def join(parts: list[Tensor]) -> Tensor:
    """All frames as one tensor: a view where they lie one behind the other, and are kept once."""
    first = parts[0]
    ends = [part.storage_offset() + part.numel() for part in parts]
    adjacent = all(
        part.is_contiguous()
        and part.untyped_storage().data_ptr() == first.untyped_storage().data_ptr()
        and part.storage_offset() == end
        for part, end in zip(parts, [first.storage_offset(), *ends], strict=False)
    )
    if not adjacent:
        return torch.cat(parts)
    count = ends[-1] - first.storage_offset()
    return first.as_strided((count,), (1,), first.storage_offset()).view(-1, *first.shape[1:])
