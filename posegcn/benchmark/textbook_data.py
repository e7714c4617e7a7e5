"""Data as the field's public code feeds them: pose by pose, window by window, from NumPy."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from posegcn.data.clips import Clips


class TextbookPoses(Dataset):
    """One item for each pose: joints, keypoints and the action."""

    def __init__(self, clips: Clips):
        self.joints = np.concatenate([clip.joints.numpy() for clip in clips])
        self.keypoints = np.concatenate([clip.keypoints.numpy() for clip in clips])
        self.actions = [clip.action for clip in clips for _ in range(len(clip))]

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, str]:
        """Joints (J, 3), keypoints (J, 2) and the action."""
        joints = torch.from_numpy(self.joints[index]).float()
        keypoints = torch.from_numpy(self.keypoints[index]).float()
        return joints, keypoints, self.actions[index]

    def __len__(self) -> int:
        return len(self.actions)


def pose_loader(
    clips: Clips, batch_size: int, *, shuffle: bool, device: torch.device, seed: int = 0
) -> DataLoader:
    """Batches of poses.

    Eight worker processes and pinned memory for a GPU, as the public programs have them; none
    for a CPU, whose cores compute the step.
    """
    on_gpu = device.type == "cuda"
    return DataLoader(
        TextbookPoses(clips),
        batch_size,
        shuffle=shuffle,
        num_workers=num_workers(device),
        pin_memory=on_gpu,
        generator=torch.Generator().manual_seed(seed),
    )


def num_workers(device: torch.device) -> int:
    """Processes that load poses."""
    return 8 if device.type == "cuda" else 0


class TextbookWindows:
    """Batches of windows, each cut out of its clip and padded by itself.

    Args:
        clips: Where they come from.
        batch_size: Windows.
        frames: Frames of a window before and after its target.
        seed: Order of the windows.
    """

    def __init__(self, clips: Clips, batch_size: int, frames: tuple[int, int], seed: int = 0):
        self.keypoints = [clip.keypoints.numpy() for clip in clips]
        self.joints = [clip.joints.numpy() for clip in clips]
        self.before, self.after = frames
        self.pairs = [(i, start) for i, clip in enumerate(clips) for start in range(len(clip))]
        self.batch_size = batch_size
        self.random = np.random.RandomState(seed)
        length = self.before + 1 + self.after
        self.batch_2d = np.empty((batch_size, length, *self.keypoints[0].shape[1:]))
        self.batch_3d = np.empty((batch_size, 1, *self.joints[0].shape[1:]))

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Joints (B, 1, J, 3) and keypoints (B, T, J, 2) of whole batches, in a drawn order."""
        pairs = self.random.permutation(self.pairs)
        for first in range(0, len(pairs) - self.batch_size + 1, self.batch_size):
            for item, (clip, start) in enumerate(pairs[first : first + self.batch_size]):
                self.batch_2d[item] = self._window(self.keypoints[clip], start)
                self.batch_3d[item] = self.joints[clip][start : start + 1]
            yield (
                torch.from_numpy(self.batch_3d.astype("float32")),
                torch.from_numpy(self.batch_2d.astype("float32")),
            )

    def _window(self, frames: np.ndarray, start: int) -> np.ndarray:
        low, high = start - self.before, start + self.after + 1
        inside = frames[max(low, 0) : min(high, len(frames))]
        missing = max(-low, 0), max(high - len(frames), 0)
        if any(missing):
            return np.pad(inside, (missing, (0, 0), (0, 0)), "edge")
        return inside
