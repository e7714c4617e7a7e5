"""Curves of robustness are drawn from what a sweep gives, or from its JSON."""

import json

from posegcn.robustness import Point, Sweep
from posegcn.viz import SERIES, robustness_curves


def curve(*errors):
    return tuple(Point(i / 10, e, e - 5, e + 3, (e,)) for i, e in enumerate(errors))


BOTH = Sweep("swap", "share of frames", "toy", "0", (0,), {"a": curve(50, 90), "b": curve(40, 60)})
ONE = Sweep("jitter", "pixels", "toy", "0", (0,), {"b": curve(40, 70, 80)})


def test_one_panel_for_each_sweep_one_colour_for_each_network():
    stored = json.loads(json.dumps(ONE.to_dict()))
    left, right = robustness_curves(BOTH.to_dict(), stored).axes
    assert [line.get_label() for line in left.lines] == ["a", "b"]
    assert [line.get_color() for line in left.lines] == list(SERIES[:2])
    assert [line.get_color() for line in right.lines] == [SERIES[1]]
    assert list(right.lines[0].get_xdata()) == [0, 0.1, 0.2]
    assert list(right.lines[0].get_ydata()) == [40, 70, 80]
    assert (left.get_title(), left.get_xlabel()) == ("swap", "share of frames")
    assert left.get_ylabel() == "P1 (mm)"


def test_bands_are_the_intervals():
    (axes,) = robustness_curves(ONE.to_dict()).axes
    (band,) = axes.collections
    vertices = {tuple(vertex) for vertex in band.get_paths()[0].vertices}
    assert {(0.1, 65.0), (0.1, 73.0)} <= vertices


def test_more_networks_than_colours():
    many = Sweep("swap", "s", "toy", "0", (0,), {str(i): curve(i) for i in range(8)})
    assert len(robustness_curves(many.to_dict()).axes[0].lines) == 8


def test_more_panels_than_fit_in_a_row_go_below():
    figure = robustness_curves(*3 * [ONE.to_dict()])
    assert len(figure.axes) == 3  # and none that is empty
    assert [axes.get_ylabel() != "" for axes in figure.axes] == [True, False, True]
