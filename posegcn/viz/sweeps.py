"""Curves of robustness."""

import re
from collections.abc import Mapping
from itertools import cycle
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from posegcn.viz.style import MATPLOTLIB, SERIES

MOST_COLUMNS = 2  # panels beside each other, which a telephone still shows


def robustness_curves(*sweeps: Mapping[str, Any], figure: Figure | None = None) -> Figure:
    """Errors of networks over the strength of corruptions, with intervals; one panel for each.

    A network has one colour in all panels.

    Args:
        *sweeps: As :meth:`posegcn.robustness.Sweep.to_dict` gives them, or as read from JSON.
        figure: Where to draw; without it, a new one.
    """
    names = list(dict.fromkeys(name for sweep in sweeps for name in sweep["models"]))
    colours = dict(zip(names, cycle(SERIES), strict=False))
    with mpl.rc_context(MATPLOTLIB):
        columns = min(len(sweeps), MOST_COLUMNS)
        rows = -(-len(sweeps) // columns)
        figure = figure or Figure(figsize=(3.4 * columns, 2.8 * rows), layout="constrained")
        panels = figure.subplots(rows, columns, squeeze=False, sharey=True).flat
        for axes, sweep in zip(panels, sweeps, strict=False):
            for name, points in sweep["models"].items():
                strength, error, low, high = (
                    [point[key] for point in points] for key in ("strength", "P1", "low", "high")
                )
                colour = colours[name]
                axes.plot(strength, error, color=colour, marker="o", ms=3, label=name)
                axes.fill_between(strength, low, high, color=colour, alpha=0.2, lw=0)
            axes.set(title=sweep["name"], xlabel=re.split("[,;]", sweep["unit"])[0])
        for axes in panels[::columns]:
            axes.set_ylabel("P1 (mm)")
        for axes in panels[len(sweeps) :]:
            axes.remove()
        panels[0].set_ylim(bottom=0)
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return figure
