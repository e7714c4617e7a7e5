"""The folder of a training run: checkpoints, log and learning curve, and how to go on."""

import io
import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from posegcn.checkpoints import save_checkpoint
from posegcn.errors import InputError
from posegcn.files import write_atomically
from posegcn.training.history import Epoch, best_epoch, to_csv
from posegcn.training.schedules import OPEN_ENDED

SECONDS_BETWEEN_PICTURES = 20


class RunFolder:
    """Files of one training run.

    ``run.json`` with what is trained on what, ``best.safetensors`` and ``last.safetensors`` with
    their cards, ``log.csv``, ``curve.png``, and ``resume.pt`` with all that is needed to go on.

    Args:
        path: The folder.
        identity: What makes the run this run: recipe, seed, data. Going on needs the same.
        tensorboard: Write event files for TensorBoard too.
    """

    def __init__(self, path: str | Path, identity: Mapping[str, Any], *, tensorboard: bool):
        self.path = Path(path)
        self.identity = dict(identity)
        self.tensorboard = tensorboard
        self.writer = None
        self.last_picture = 0.0

    def open(self, resume: bool) -> dict[str, Any] | None:
        """Make the folder; the state to go on from, or nothing where there is none.

        Raises:
            InputError: The folder cannot be written, holds a run and ``resume`` is false, or
                holds another run or one of more epochs.
        """
        state = self._load(resume)
        write_atomically(self.path / "run.json", (json.dumps(self.identity, indent=1)).encode())
        if self.tensorboard:
            self.writer = _tensorboard_writer(self.path)
        return state

    def _load(self, resume: bool) -> dict[str, Any] | None:
        file = self.path / "resume.pt"
        if not os.path.isfile(file):  # also where it cannot be looked at: writing says why
            return None
        if not resume:
            raise InputError(
                f"{self.path} holds a training run; go on with --resume (resume=True) or choose "
                "another folder"
            )
        try:
            state = torch.load(file, map_location="cpu", weights_only=True)
        except Exception as error:  # a damaged file can raise anything
            raise InputError(f"{file} is damaged; start again in another folder") from error
        if not _is_complete(state):
            raise InputError(f"{file} is damaged or of another program; use another folder")
        self._compare(state)
        return state

    def _compare(self, state: Mapping[str, Any]) -> None:
        """Refuse to go on with another run, or with one that is already past the last epoch."""
        now, then = _flat(self.identity), _flat(state["identity"])
        finished, epochs = len(state["history"]), now["epochs"]
        if now["schedule"] in OPEN_ENDED and now["norm_momentum"] == "constant":
            then["epochs"] = epochs
        for name in {**now, **then}:
            if then.get(name) != now.get(name):
                raise InputError(
                    f"{self.path} was trained with {name} {then.get(name)}, not {now.get(name)}; "
                    "use the same or another folder"
                )
        if finished > epochs:
            raise InputError(
                f"{self.path} has finished {finished} epochs, more than the {epochs} asked for; "
                "ask for as many or more, or choose another folder"
            )

    def save(self, model, card: Mapping[str, Any], state: dict, history: Sequence[Epoch]) -> None:
        """Write everything after an epoch; the state to go on from comes last."""
        if best_epoch(history) == history[-1]:
            save_checkpoint(self.path / "best.safetensors", model, card)
        save_checkpoint(self.path / "last.safetensors", model, card)
        write_atomically(self.path / "log.csv", to_csv(history).encode())
        if self.writer is not None:
            self._write_events(history[-1])
        if time.monotonic() - self.last_picture > SECONDS_BETWEEN_PICTURES:
            self.draw(history)
        stream = io.BytesIO()
        torch.save({"identity": self.identity, **state}, stream)
        write_atomically(self.path / "resume.pt", stream.getvalue())

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


def _is_complete(state: Any) -> bool:
    """Whether the stored state has every entry that going on needs."""
    match state:
        case {
            "identity": {"recipe": dict()},
            "trainer": {
                "model": dict(),
                "optimizer": dict(),
                "num_done": int(),
                "random": torch.Tensor(),
                "random_cuda": list(),
            },
            "best": dict(),
            "history": [*rows],
        }:
            return all(isinstance(row, tuple) and len(row) == len(Epoch._fields) for row in rows)
    return False


def _flat(identity: Mapping[str, Any]) -> dict[str, Any]:
    """Recipe and data side by side."""
    return {**identity["recipe"], **{k: v for k, v in identity.items() if k != "recipe"}}


def _tensorboard_writer(path: Path):
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise InputError("--tensorboard needs the package: pip install tensorboard") from error
    return SummaryWriter(path / "tensorboard")
