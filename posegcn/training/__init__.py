"""Training on one device, with everything that makes a run repeatable."""

from posegcn.training.history import Epoch
from posegcn.training.loop import Run, fit, fit_seeds

__all__ = ["Epoch", "Run", "fit", "fit_seeds"]
