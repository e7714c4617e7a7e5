"""One frame with rings around what is suspicious."""

import pytest
import torch
from matplotlib.figure import Figure

from posegcn.skeletons import H36M_17
from posegcn.viz import frame_figure
from posegcn.viz.frame import MARGIN, SUSPICIOUS
from posegcn.viz.style import LEFT, MIDLINE, RIGHT

KEYPOINTS = 100 + 10 * torch.arange(34.0).view(17, 2)


def legend(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()] if figure.legends else []


def lines(figure):
    (axes,) = figure.axes
    return {line.get_label(): line for line in axes.lines}


def test_suspicious_joints_have_rings_and_colours_a_legend():
    figure = frame_figure(KEYPOINTS, H36M_17, suspicious=("lwrist", "hip"), title="frame 3")
    ring = lines(figure)["suspicious"]
    assert ring.get_color() == SUSPICIOUS
    assert ring.get_xydata().tolist() == [KEYPOINTS[13].tolist(), KEYPOINTS[0].tolist()]
    assert legend(figure) == ["left", "right", "midline", "suspicious"]
    colours = [handle.get_color() for handle in figure.legends[0].legend_handles]
    assert colours == [LEFT, RIGHT, MIDLINE, SUSPICIOUS]
    assert figure.axes[0].yaxis_inverted()
    assert figure.axes[0].get_title(loc="left") == "frame 3"


def test_joints_without_a_place_are_not_drawn_but_named():
    keypoints = KEYPOINTS.clone()
    keypoints[[13, 2]] = torch.nan
    figure = frame_figure(keypoints, H36M_17, suspicious=("lwrist",), title="frame 3")
    figure.canvas.draw()
    assert "suspicious" not in lines(figure)
    assert figure.axes[0].get_title(loc="left") == "frame 3\nnot there: lwrist"
    limits = torch.tensor([figure.axes[0].get_xlim(), figure.axes[0].get_ylim()])
    assert limits.min() > 0  # nothing at (0, 0)


def test_the_body_is_shown_near_by_and_the_image_where_it_leaves_it():
    figure = frame_figure(KEYPOINTS, H36M_17, image_size=(2000, 1000))
    side = KEYPOINTS[-1, 0] - KEYPOINTS[0, 0]
    left, right = figure.axes[0].get_xlim()
    assert right - left == pytest.approx(float(side * (1 + 2 * MARGIN)))
    assert legend(figure) == ["left", "right", "midline"]
    figure = frame_figure(KEYPOINTS, H36M_17, image_size=(300, 200))
    assert lines(figure)["image"].get_xydata().max(axis=0).tolist() == [300, 200]
    assert figure.axes[0].get_xlim()[0] < 0
    assert legend(figure)[-1] == "image"


def test_nobody():
    keypoints = torch.full((17, 2), torch.nan)
    figure = frame_figure(keypoints, H36M_17, image_size=(300, 200))
    figure.canvas.draw()
    assert figure.axes[0].get_xlim()[1] > 300
    figure = frame_figure(keypoints, H36M_17)
    figure.canvas.draw()
    assert legend(figure) == []


def test_it_fits_into_a_small_figure():
    small = Figure(figsize=(4, 4.6), layout="constrained")
    figure = frame_figure(
        KEYPOINTS, H36M_17, suspicious=("lwrist",), image_size=(300, 200), figure=small
    )
    figure.canvas.draw()
    box = figure.legends[0].get_window_extent()
    assert box.x0 >= 0
    assert box.x1 <= figure.bbox.x1


@pytest.mark.parametrize("size", [(6, 6.5), (4, 4.6)])
def test_a_long_title_is_broken_and_inside(size):
    figure = Figure(figsize=size, layout="constrained")
    title = "jumping-joints: joints that leave the body for a moment\nframe 40, person 0, of 12"
    frame_figure(KEYPOINTS, H36M_17, title=title, figure=figure)
    figure.canvas.draw()
    box = figure.axes[0].get_tightbbox()
    assert box.y1 <= figure.bbox.y1 + 1
    assert box.x1 <= figure.bbox.x1 + 1
