"""Curves of robustness."""

from collections.abc import Mapping
from itertools import cycle
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from posegcn.viz.style import MATPLOTLIB, SERIES


def robustness_curves(*sweeps: Mapping[str, Any]) -> Figure:
    """Errors of networks over the strength of corruptions, with intervals; one panel for each.

    A network has one colour in all panels.

    Args:
        *sweeps: As :meth:`posegcn.robustness.Sweep.to_dict` gives them, or as read from JSON.
    """
    names = list(dict.fromkeys(name for sweep in sweeps for name in sweep["models"]))
    colours = dict(zip(names, cycle(SERIES), strict=False))
    with mpl.rc_context(MATPLOTLIB):
        figure = Figure(figsize=(4 * len(sweeps), 3.4))
        panels = figure.subplots(1, len(sweeps), squeeze=False, sharey=True)[0]
        for axes, sweep in zip(panels, sweeps, strict=True):
            for name, points in sweep["models"].items():
                columns = ([point[key] for point in points] for key in _COLUMNS)
                strength, error, low, high = columns
                colour = colours[name]
                axes.plot(strength, error, color=colour, marker="o", ms=3, label=name)
                axes.fill_between(strength, low, high, color=colour, alpha=0.2, lw=0)
            axes.set(title=sweep["name"], xlabel=sweep["unit"])
        panels[0].set_ylabel("P1 (mm)")
        panels[0].set_ylim(bottom=0)
        panels[0].legend()
    return figure


_COLUMNS = ("strength", "P1", "low", "high")
