"""One frame with rings around what is suspicious."""

import torch

from posegcn.skeletons import H36M_17
from posegcn.viz import frame_figure
from posegcn.viz.frame import SUSPICIOUS


def test_suspicious_joints_have_rings_and_the_image_a_border():
    keypoints = torch.arange(34.0).view(17, 2)
    figure = frame_figure(
        keypoints, H36M_17, suspicious=("lwrist", "hip"), image_size=(40, 30), title="frame 3"
    )
    (axes,) = figure.axes
    lines = {line.get_label(): line for line in axes.lines}
    assert lines["suspicious"].get_color() == SUSPICIOUS
    assert lines["suspicious"].get_xydata().tolist() == [[26.0, 27.0], [0.0, 1.0]]
    assert lines["image"].get_xydata().max(axis=0).tolist() == [40, 30]
    assert axes.yaxis_inverted()
    assert axes.get_title(loc="left") == "frame 3"


def test_without_anything_to_mark_there_is_no_legend():
    keypoints = torch.full((17, 2), torch.nan)
    figure = frame_figure(keypoints, H36M_17)
    figure.canvas.draw()
    assert not figure.legends
