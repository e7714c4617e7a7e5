"""What a training run writes of one network: checkpoints, log and learning curve."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import nn

from posegcn.checkpoints import save_checkpoint
from posegcn.errors import InputError
from posegcn.files import remove_leftovers, write_atomically
from posegcn.training.history import Epoch, best_epoch, to_csv

SECONDS_BETWEEN_PICTURES = 20


class Records:
    """``best.safetensors`` and ``last.safetensors`` with their cards, ``log.csv``, ``curve.png``.

    Args:
        path: Folder of the network.
        tensorboard: Write event files for TensorBoard too.

    Raises:
        InputError: TensorBoard is wanted and not installed.
    """

    def __init__(self, path: Path, *, tensorboard: bool):
        self.path = path
        remove_leftovers(path)
        self.writer = _tensorboard_writer(path) if tensorboard else None
        self.last_picture = 0.0

    def write(self, model: nn.Module, card: Mapping[str, Any], history: Sequence[Epoch]) -> None:
        """Write everything after an epoch."""
        if best_epoch(history) == history[-1]:
            save_checkpoint(self.path / "best.safetensors", model, card)
        save_checkpoint(self.path / "last.safetensors", model, card)
        write_atomically(self.path / "log.csv", to_csv(history).encode())
        if self.writer is not None:
            self._write_events(history[-1])
        if time.monotonic() - self.last_picture > SECONDS_BETWEEN_PICTURES:
            self.draw(history)

    def draw(self, history: Sequence[Epoch]) -> None:
        """Draw the learning curve."""
        from posegcn.viz.curves import learning_curve_png

        write_atomically(self.path / "curve.png", learning_curve_png(history))
        self.last_picture = time.monotonic()

    def _write_events(self, epoch: Epoch) -> None:
        for name in ("loss", "validation_mm", "learning_rate"):
            if (value := getattr(epoch, name)) is not None:
                self.writer.add_scalar(name, value, epoch.step)
        self.writer.flush()


def _tensorboard_writer(path: Path):
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise InputError("--tensorboard needs the package: pip install tensorboard") from error
    return SummaryWriter(path / "tensorboard")
