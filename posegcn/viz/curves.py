"""Curves of training."""

import io
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from posegcn.viz.style import LEFT, MATPLOTLIB, RIGHT


def learning_curve(history: Sequence[Any]) -> Figure:
    """Training loss and, where there is any, validation error over epochs.

    Args:
        history: Entries with ``epoch``, ``loss`` and ``validation_mm``, as in ``Run.history``.
    """
    with mpl.rc_context(MATPLOTLIB):
        figure = Figure(figsize=(8, 3.2))
        left, right = figure.subplots(1, 2)
        epochs = [entry.epoch for entry in history]
        left.semilogy(epochs, [entry.loss for entry in history], color=RIGHT, marker="o", ms=3)
        left.set(xlabel="epoch", ylabel="training loss (metres²)", title="what is minimised")
        measured = [entry for entry in history if entry.validation_mm is not None]
        right.set(xlabel="epoch", ylabel="validation P1 (mm)", title="what is selected on")
        if measured:
            errors = [entry.validation_mm for entry in measured]
            right.plot([entry.epoch for entry in measured], errors, color=LEFT, marker="o", ms=3)
            best = min(measured, key=lambda entry: entry.validation_mm)
            right.annotate(
                f"best: {best.validation_mm:.1f} mm, epoch {best.epoch}",
                (best.epoch, best.validation_mm),
                xytext=(0.97, 0.93),
                textcoords="axes fraction",
                ha="right",
                arrowprops={"arrowstyle": "-", "color": LEFT},
            )
        for axes in (left, right):
            axes.xaxis.get_major_locator().set_params(integer=True)
    return figure


def learning_curve_png(history: Sequence[Any]) -> bytes:
    """The learning curve as a PNG picture."""
    stream = io.BytesIO()
    learning_curve(history).savefig(stream, dpi=120)
    return stream.getvalue()
