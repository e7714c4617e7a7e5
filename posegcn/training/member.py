"""One of the networks that are trained, and what has been measured of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from posegcn.training.history import Epoch, best_epoch
from posegcn.training.processes import world_size
from posegcn.training.records import Records


@dataclass
class Member:
    """A network, what it is trained on, and one entry for each epoch so far.

    Args:
        model: The network.
        card: What it is trained on and how.
        records: Where it is written, if anywhere.
        history: One entry for each epoch.
        best: Weights of the best epoch so far.
    """

    model: nn.Module
    card: dict[str, Any]
    records: Records | None = None
    history: list[Epoch] = field(default_factory=list)
    best: Mapping[str, Tensor] = field(default_factory=dict)

    def add(self, epoch: Epoch) -> None:
        """Note an epoch, and its weights where it is the best so far."""
        self.history.append(epoch)
        if best_epoch(self.history) == epoch:
            state = self.model.state_dict()  # of several networks, views of all of them
            self.best = {name: values.clone() for name, values in state.items()}

    def write(self) -> None:
        """Write the last epoch, if anywhere."""
        if self.records is not None:
            self.records.write(self.model, self.results(self.history[-1]), self.history)

    def results(self, epoch: Epoch) -> dict[str, Any]:
        """The card, with how an epoch came out and where it was computed."""
        return self.card | {
            "epoch": epoch.epoch,
            "validation_mm": epoch.validation_mm,
            "epochs_done": len(self.history),
            "seconds": round(sum(epoch.seconds for epoch in self.history), 1),
            "torch": torch.__version__,
            "device": next(self.model.parameters()).device.type,
            "threads": torch.get_num_threads(),
            "processes": world_size(),
        }

    def finish(self) -> tuple[nn.Module, list[Epoch], dict[str, Any]]:
        """The network with its best weights, what was measured of it, and its card."""
        if self.records is not None:
            self.records.draw(self.history)
        self.model.load_state_dict(self.best)
        return self.model.eval(), self.history, self.results(best_epoch(self.history))
