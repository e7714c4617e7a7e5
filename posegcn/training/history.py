"""What a training run has measured so far."""

import csv
import io
from collections.abc import Sequence
from typing import NamedTuple


class Epoch(NamedTuple):
    """One line of the training log.

    Args:
        epoch: Number of the epoch, from 1.
        step: Steps done at its end.
        loss: Mean training loss over its steps.
        validation_mm: P1 over all validation poses after it, in millimetres; none without
            validation clips.
        learning_rate: Learning rate of its last step.
        seconds: Time it took, validation included.
    """

    epoch: int
    step: int
    loss: float
    validation_mm: float | None
    learning_rate: float
    seconds: float


def best_epoch(history: Sequence[Epoch]) -> Epoch:
    """The epoch of the lowest validation error; the last one without validation."""
    if history[-1].validation_mm is None:
        return history[-1]
    return min(history, key=lambda epoch: epoch.validation_mm)


def to_csv(history: Sequence[Epoch]) -> str:
    """The log as comma-separated values with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Epoch._fields)
    writer.writerows(history)
    return text.getvalue()
