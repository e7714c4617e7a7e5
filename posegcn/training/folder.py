"""The folder of a training run: what it is, and how to go on with it."""

import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from posegcn.errors import InputError
from posegcn.files import remove_leftovers, write_atomically
from posegcn.training.history import Epoch
from posegcn.training.schedules import OPEN_ENDED


class RunFolder:
    """``run.json`` with what is trained on what, and ``resume.pt`` with all that going on needs.

    Args:
        path: The folder.
        identity: What makes the run this run: recipe, seed, data. Going on needs the same.
    """

    def __init__(self, path: str | Path, identity: Mapping[str, Any]):
        self.path = Path(path)
        self.identity = dict(identity)

    def open(self, resume: bool) -> dict[str, Any] | None:
        """Make the folder; the state to go on from, or nothing where there is none.

        Raises:
            InputError: The folder cannot be written, holds a run and ``resume`` is false, or
                holds another run or one of more epochs.
        """
        state = self._load(resume)
        remove_leftovers(self.path)
        write_atomically(self.path / "run.json", (json.dumps(self.identity, indent=1)).encode())
        return state

    def keep(self, state: Mapping[str, Any]) -> None:
        """Write the state to go on from."""
        stream = io.BytesIO()
        torch.save({"identity": self.identity, **state}, stream)
        write_atomically(self._file, stream.getvalue())

    def last_kept(self) -> str:
        """Half a sentence that says where the last state is, if there is one."""
        return f"; {self.path} holds the last good state" if self._file.is_file() else ""

    @property
    def _file(self) -> Path:
        return self.path / "resume.pt"

    def _load(self, resume: bool) -> dict[str, Any] | None:
        file = self._file
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
        finished, epochs = state["epoch"]["number"] - 1, now["epochs"]
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
            "members": [*members],
            "epoch": {
                "number": int(),
                "batch": int(),
                "losses": torch.Tensor(),
                "seconds": float(),
            },
        }:
            return bool(members) and all(map(_is_member, members))
    return False


def _is_member(entry: Any) -> bool:
    match entry:
        case {"best": dict(), "history": [*rows]}:
            return all(isinstance(row, tuple) and len(row) == len(Epoch._fields) for row in rows)
    return False


def _flat(identity: Mapping[str, Any]) -> dict[str, Any]:
    """Recipe and data side by side."""
    return {**identity["recipe"], **{k: v for k, v in identity.items() if k != "recipe"}}
