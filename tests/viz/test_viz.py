"""Pictures are drawn from what they are given; what they look like is for the eye."""

import matplotlib as mpl
import pytest
import torch
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from posegcn import Graph, InputError, viz
from posegcn.data.synthetic.body import rest_pose
from posegcn.skeletons import H36M_16, H36M_17
from posegcn.training.history import Epoch
from posegcn.viz.curves import learning_curve, learning_curve_png
from posegcn.viz.page import figure_html

mpl.use("agg")
POSE = rest_pose(H36M_16)


def axes(**options):
    return Figure().add_subplot(**options)


def test_every_name_is_there():
    for name in viz.__all__:
        assert getattr(viz, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'pose4d'"):
        _ = viz.pose4d


def test_left_is_orange_right_is_blue():
    colours = dict(zip(H36M_16.bones, viz.bone_colours(H36M_16), strict=True))
    foot, knee = H36M_16.index("lfoot"), H36M_16.index("lknee")
    assert colours[foot, knee] == viz.LEFT
    assert colours[H36M_16.index("rfoot"), H36M_16.index("rknee")] == viz.RIGHT
    assert colours[H36M_16.index("spine"), 0] == viz.MIDLINE


def test_keypoints_have_one_line_for_each_bone_and_point_down():
    picture = axes()
    viz.draw_keypoints(picture, POSE[:, :2], H36M_16)
    viz.draw_keypoints(picture, POSE[:, :2], H36M_16, colour="black")
    assert len(picture.lines) == 2 * 15
    assert picture.yaxis_inverted()
    assert {to_hex(line.get_color()) for line in picture.lines[15:]} == {"#000000"}


def test_joints_stand_upright_in_a_cube():
    picture = axes(projection="3d")
    viz.draw_joints(picture, POSE, H36M_16)
    assert len(picture.lines) == 15
    x, _, z = picture.lines[0].get_data_3d()
    child, parent = H36M_16.bones[0]
    assert list(x) == pytest.approx(POSE[[child, parent], 0].tolist())
    assert list(z) == pytest.approx((-POSE[[child, parent], 1]).tolist())
    sides = [picture.get_xlim(), picture.get_ylim(), picture.get_zlim()]
    lengths = [high - low for low, high in sides]
    assert max(lengths) - min(lengths) < 1e-6


def test_matrix_shows_every_entry():
    picture = axes()
    matrix = Graph.from_skeleton(H36M_16).adjacency()
    image = viz.draw_matrix(picture, matrix, H36M_16, title="A")
    assert image.get_array().shape == (16, 16)
    assert [label.get_text() for label in picture.get_yticklabels()] == list(H36M_16.joints)


def test_graph_draws_edges_and_nodes():
    picture = axes()
    viz.draw_graph(picture, H36M_17, values=torch.linspace(0, 1, 17))
    assert len(picture.lines) == 16
    assert len(picture.collections[0].get_offsets()) == 17


@pytest.mark.parametrize("errors", [(80.0, 60.0, 65.0), (None, None, None)])
def test_learning_curve_marks_the_best(errors):
    history = [Epoch(i + 1, i, 1 / (i + 1), e, 1e-3, 1.0) for i, e in enumerate(errors)]
    figure = learning_curve(history)
    texts = [text.get_text() for text in figure.axes[1].texts]
    assert texts == (["best: 60.0 mm, epoch 2"] if errors[0] else [])
    assert learning_curve_png(history).startswith(b"\x89PNG")


def test_pose3d_places_joints_where_they_are():
    figure = viz.pose3d(POSE, H36M_16)
    drawn = {
        (text, x, -z): y
        for trace in figure.data
        for text, x, y, z in zip(trace.text, trace.x, trace.y, trace.z, strict=True)
        if text is not None
    }
    for joint, name in enumerate(H36M_16.joints):
        x, y, z = (round(value, 4) for value in POSE[joint].tolist())
        assert drawn[name, x, y] == z


def test_pose3d_of_a_motion_has_a_frame_and_a_step_for_each_pose():
    motion = POSE.expand(5, 16, 3)
    figure = viz.pose3d({"true": motion, "lifted": motion + 0.1}, H36M_16)
    assert len(figure.frames) == len(figure.layout.sliders[0].steps) == 5
    names = [trace.name for trace in figure.data if trace.showlegend]
    assert names == ["true", "lifted"]
    for first, later in zip(figure.data, figure.frames[-1].data, strict=True):
        assert (first.x, first.y, first.z) == (later.x, later.y, later.z)
        assert set(later.to_plotly_json()) == {"type", "x", "y", "z"}  # the rest stays


@pytest.mark.parametrize(
    "joints",
    [POSE[:5], {"a": POSE.expand(2, 16, 3), "b": POSE.expand(3, 16, 3)}],
)
def test_pose3d_refuses_what_does_not_fit(joints):
    with pytest.raises(InputError, match="with 16 joints, one length for all, got"):
        viz.pose3d(joints, H36M_16)


def test_page_holds_the_figure_as_data_and_nothing_that_runs():
    figure = viz.pose3d(POSE, H36M_16).to_plotly_json()
    figure["layout"]["title"] = {"text": "</script><script>alert(1)</script>"}
    import json

    plain = json.loads(json.dumps(figure, default=lambda value: value.to_plotly_json()))
    html = figure_html(plain)
    assert html.count("</script>") == 1
    assert "min-height:460px" in html
