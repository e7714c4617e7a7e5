"""How far a training is, and what is kept of it."""

import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from posegcn.data.clips import Clips
from posegcn.errors import WorkError
from posegcn.evaluation import pose_error_mm
from posegcn.training.engine import Trainer
from posegcn.training.folder import RunFolder
from posegcn.training.history import Epoch
from posegcn.training.interruption import Interruption
from posegcn.training.member import Member
from posegcn.training.processes import Processes
from posegcn.training.records import Records


class Session:
    """The epoch under way, its batch, and the files from which both can be found again.

    Args:
        trainer: Takes the steps.
        card: What is trained on what; a run goes on only with the same.
        seeds: One for each network.
        processes: Those that train; the first of them writes.
        save_minutes: Keep the state that often within an epoch.
    """

    def __init__(
        self,
        trainer: Trainer,
        card: Mapping[str, Any],
        seeds: Sequence[int],
        processes: Processes,
        save_minutes: float,
    ):
        self.trainer = trainer
        self.card = {**card, "seed": seeds[0] if len(seeds) == 1 else list(seeds)}
        self.members = [
            Member(model, {**card, "seed": seed})
            for model, seed in zip(trainer.models, seeds, strict=True)
        ]
        self.processes = processes
        self.save_seconds = 60 * save_minutes
        self.folder: RunFolder | None = None
        self.epoch, self.batch = 1, 0
        self.losses = torch.zeros(len(seeds), device=trainer.device)  # read when they are kept
        self.seconds = 0.0  # of this epoch, before the last start
        torch.manual_seed(seeds[0])

    def open(self, out: str | Path | None, resume: bool, tensorboard: bool) -> None:
        """Begin, or go on with the run that is kept in a folder.

        Args:
            out: The folder; of several networks it holds one for each.
            resume: Whether to go on.
            tensorboard: Write event files too.

        Raises:
            InputError: See :meth:`RunFolder.open`.
        """
        if out is not None:
            self.folder = RunFolder(out, self.card)
            state = self.processes.first(lambda: self.folder.open(resume))
            self._restore(state)
            if self.processes.is_first:
                for member in self.members:
                    part = "" if len(self.members) == 1 else f"seed{member.card['seed']}"
                    member.records = Records(Path(out) / part, tensorboard=tensorboard)
        if not self.processes.is_first:  # other dropout than the first
            torch.manual_seed(hash((self.members[0].card["seed"], self.processes.rank, self.epoch)))
        self.started = self.saved = time.perf_counter()

    def _restore(self, state: Mapping[str, Any] | None) -> None:
        if state is None:
            return
        self.trainer.restore(state["trainer"])
        for member, kept in zip(self.members, state["members"], strict=True):
            member.history = [Epoch(*row) for row in kept["history"]]
            member.best = kept["best"]
        under_way = state["epoch"]
        self.epoch, self.batch = under_way["number"], under_way["batch"]
        self.losses.copy_(under_way["losses"])
        self.seconds = under_way["seconds"]

    def add(self, loss: Tensor) -> None:
        """Count a batch, with the loss of each network."""
        self.losses += loss
        self.batch += 1

    def save_if_due(self, asked: Interruption) -> None:
        """Keep the state, if it was not for a while or if this is the end.

        Raises:
            WorkError: The process was asked to end.
        """
        if self.batch % self.processes.patience:
            return
        overdue = time.perf_counter() - self.saved >= self.save_seconds
        if not self._any(bool(asked) or (overdue and self.folder is not None)):
            return
        self.save()
        if self._any(bool(asked)):
            raise WorkError(
                f"ended by {asked.name or 'another process'} after step {self.trainer.num_done}; "
                f"{self.folder.path} holds everything, go on with --resume (resume=True)"
            )

    def save(self) -> None:
        """Keep the state; all processes together.

        Raises:
            WorkError: The loss is no longer finite; what was kept before stays.
        """
        losses = self.processes.mean(self.losses.clone())
        for loss in losses.tolist():
            self._check({"loss": loss})
        self.saved = time.perf_counter()
        if self.folder is None or not self.processes.is_first:
            return
        members = [
            {"best": member.best, "history": [tuple(epoch) for epoch in member.history]}
            for member in self.members
        ]
        under_way = {
            "number": self.epoch,
            "batch": self.batch,
            "losses": losses,
            "seconds": self._seconds(),
        }
        trainer = self.trainer.state()
        self.folder.keep({"trainer": trainer, "members": members, "epoch": under_way})

    def end_epoch(self, validation: Clips | None) -> dict[str, str]:
        """Validate every network, and write all of it; loss and error of the first, to be shown.

        Raises:
            WorkError: The loss, the weights or the validation error are no longer finite.
        """
        losses = self.processes.mean(self.losses).tolist()
        for member, loss in zip(self.members, losses, strict=True):
            self._measure(member, loss / self.batch, validation)
        for member in self.members:
            member.write()
        self.epoch, self.batch, self.seconds = self.epoch + 1, 0, 0.0
        self.losses.zero_()
        self.started = time.perf_counter()
        self.save()
        latest = self.members[0].history[-1]
        error = latest.validation_mm
        return {"loss": f"{latest.loss:.2e}"} | ({"mm": f"{error:.1f}"} if error else {})

    def _measure(self, member: Member, loss: float, validation: Clips | None) -> None:
        error = None
        if validation is not None:
            error = self.processes.first(lambda: pose_error_mm(member.model, validation))
        weights = member.model.state_dict().values()
        total = sum(value.double().sum().item() for value in weights)
        self._check({"loss": loss, "sum of all weights": total, "validation error": error or 0.0})
        steps = self.trainer.num_done
        rate = self.trainer.learning_rate(steps)
        member.add(Epoch(self.epoch, steps, loss, error, rate, self._seconds()))

    def _any(self, here: bool) -> bool:
        return self.processes.any(here, self.trainer.device)

    def _seconds(self) -> float:
        """Time that the epoch under way has taken."""
        return self.seconds + time.perf_counter() - self.started

    def _check(self, numbers: Mapping[str, float]) -> None:
        """End the run before anything is kept in which a number is not finite."""
        for name, value in numbers.items():
            if not math.isfinite(value):
                kept = "" if self.folder is None else self.folder.last_kept()
                raise WorkError(
                    f"the {name} became {value} at step {self.trainer.num_done}; "
                    f"try a smaller learning rate{kept}"
                )
