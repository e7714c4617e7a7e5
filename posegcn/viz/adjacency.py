"""What an adjacency does: a feature spreads over the body, layer by layer."""

import matplotlib.pyplot as plt
import torch
from torch import Tensor

from posegcn.data.synthetic.body import rest_pose
from posegcn.graph import Graph
from posegcn.skeleton import Skeleton
from posegcn.viz.matrix import draw_graph, draw_matrix
from posegcn.viz.style import MIDLINE

NORMALISATIONS = ("row", "symmetric", "loops_after", "none")


def spread(graph: Graph, joint: int, layers: int, normalisation: str) -> Tensor:
    """What each joint holds of a feature that one joint had, after some layers.  (J,)"""
    return torch.linalg.matrix_power(graph.adjacency(normalisation), layers)[:, joint]


def adjacency_explorer(skeleton: Skeleton):
    """Sliders for a running notebook: matrix and spread, redrawn as they move.

    Args:
        skeleton: Human3.6M skeleton.
    """
    import ipywidgets

    graph = Graph.from_skeleton(skeleton)

    def draw(joint: str, layers: int, normalisation: str) -> None:
        _, (left, right) = plt.subplots(1, 2, figsize=(9, 4))
        power = torch.linalg.matrix_power(graph.adjacency(normalisation), layers)
        draw_matrix(left, power, skeleton, title=f"adjacency to the power of {layers}")
        values = spread(graph, skeleton.index(joint), layers, normalisation)
        draw_graph(right, skeleton, graph, values=values / values.max().clamp(min=1e-12))
        right.set_title(f"what is left of the feature of {joint}")
        plt.show()

    return ipywidgets.interactive(
        draw,
        joint=ipywidgets.Dropdown(options=skeleton.joints, value="rwrist", description="joint"),
        layers=ipywidgets.IntSlider(value=1, min=0, max=12, description="layers"),
        normalisation=ipywidgets.Dropdown(options=NORMALISATIONS, description="normalise"),
    )


def adjacency_figure(skeleton: Skeleton, joint: str = "rwrist", max_layers: int = 12):
    """The same as a plotly figure that moves in a page without a kernel: a slider over layers.

    Args:
        skeleton: Human3.6M skeleton.
        joint: Joint that has the feature at the start.
        max_layers: Where the slider ends.
    """
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    places = rest_pose(skeleton)[:, [0, 2]]
    titles = ("who hears whom after some layers", f"what is left of the feature of {joint}")
    figure = make_subplots(1, 2, subplot_titles=titles)
    heatmap, nodes = _traces(skeleton, joint, places, layers=1)
    figure.add_trace(heatmap, 1, 1)
    figure.add_trace(_edges(skeleton, places), 1, 2)
    figure.add_trace(nodes, 1, 2)
    figure.frames = [
        go.Frame(data=_traces(skeleton, joint, places, k), traces=[0, 2], name=str(k))
        for k in range(max_layers + 1)
    ]
    show = {"frame": {"duration": 0, "redraw": True}, "mode": "immediate"}
    steps = [
        {"label": frame.name, "method": "animate", "args": [[frame.name], show]}
        for frame in figure.frames
    ]
    figure.update_layout(
        sliders=[
            {"steps": steps, "active": 1, "currentvalue": {"prefix": "layers: "}, "pad": {"t": 50}}
        ],
        showlegend=False,
        height=520,
        margin={"l": 60, "r": 10, "t": 40, "b": 20},
        coloraxis={"colorscale": "Viridis", "cmin": 0, "cmax": 0.5, "showscale": False},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    figure.update_yaxes(autorange="reversed", row=1, col=1)
    figure.update_xaxes(visible=False, row=1, col=2)
    figure.update_yaxes(visible=False, scaleanchor="x2", row=1, col=2)
    return figure


def _traces(skeleton: Skeleton, joint: str, places: Tensor, layers: int) -> list:
    """What changes with the number of layers: the matrix, and the colours of the nodes."""
    import plotly.graph_objects as go

    graph = Graph.from_skeleton(skeleton)
    power = torch.linalg.matrix_power(graph.adjacency("row"), layers)
    values = spread(graph, skeleton.index(joint), layers, "row")
    names = list(skeleton.joints)
    return [
        go.Heatmap(z=_rounded(power), x=names, y=names, coloraxis="coloraxis"),
        go.Scatter(
            x=_rounded(places[:, 0]),
            y=_rounded(places[:, 1]),
            text=[f"{name}: {v:.3f}" for name, v in zip(names, values.tolist(), strict=True)],
            hoverinfo="text",
            mode="markers",
            marker={"size": 16, "color": _rounded(values), "coloraxis": "coloraxis"},
        ),
    ]


def _edges(skeleton: Skeleton, places: Tensor):
    """All bones as one line with gaps."""
    import plotly.graph_objects as go

    x, y = [], []
    for bone in skeleton.bones:
        ends = places[list(bone)]
        x += [*_rounded(ends[:, 0]), None]
        y += [*_rounded(ends[:, 1]), None]
    return go.Scatter(x=x, y=y, mode="lines", line={"color": MIDLINE}, hoverinfo="skip")


def _rounded(values: Tensor) -> list:
    """Plain numbers, short enough for a page."""
    return (values * 1e4).round().div(1e4).tolist()
