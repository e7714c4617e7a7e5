"""Poses in 3D that turn under the mouse, drawn with plotly."""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
from torch import Tensor

from posegcn.errors import InputError
from posegcn.skeleton import Skeleton
from posegcn.viz.pose import bone_colours


def pose3d(
    joints: Tensor | Mapping[str, Tensor],
    skeleton: Skeleton,
    *,
    colours: Mapping[str, str] | None = None,
    fps: float = 25.0,
) -> go.Figure:
    """A pose, or a motion with a slider and a play button, in the camera frame held upright.

    Args:
        joints: Metres, camera frame; a pose ``(J, 3)`` or a motion ``(T, J, 3)``. Several under
            their names, to compare them.
        skeleton: Body of the joints.
        colours: Colour of a name instead of the colours of the sides.
        fps: Frames per second of a motion.

    Raises:
        InputError: The poses have another number of joints, or motions differ in length.
    """
    named = dict(joints) if isinstance(joints, Mapping) else {"pose": joints}
    motions = {name: j[None] if j.ndim == 2 else j for name, j in named.items()}
    shapes = {tuple(motion.shape) for motion in motions.values()}
    if len(shapes) != 1 or next(iter(shapes))[1:] != (skeleton.num_joints, 3):
        raise InputError(
            f"pose3d expects (J, 3) or (T, J, 3) with {skeleton.num_joints} joints, one length "
            f"for all, got {sorted(shapes)}"
        )
    num_frames = next(iter(shapes))[0]

    def traces(frame: int) -> list[go.Scatter3d]:
        return [
            trace
            for name, motion in motions.items()
            for trace in _bones(motion[frame], skeleton, name, (colours or {}).get(name))
        ]

    figure = go.Figure(traces(0), layout=_layout(motions.values()))
    figure.update_layout(showlegend=len(motions) > 1)
    if num_frames > 1:
        figure.frames = [go.Frame(data=_places(traces(f)), name=str(f)) for f in range(num_frames)]
        figure.update_layout(**_controls(num_frames, fps))
    return figure


def _places(traces: list[go.Scatter3d]) -> list[go.Scatter3d]:
    """What changes from frame to frame: a page keeps nothing else of each."""
    return [go.Scatter3d(x=trace.x, y=trace.y, z=trace.z) for trace in traces]


def _bones(pose: Tensor, skeleton: Skeleton, name: str, colour: str | None) -> list[go.Scatter3d]:
    """One trace for each colour: bones as lines with a gap after each."""
    own = bone_colours(skeleton)
    chosen = [colour] * len(own) if colour else own
    traces = []
    for shade in dict.fromkeys(chosen):
        x, y, z, text = [], [], [], []
        for bone, its_shade in zip(skeleton.bones, chosen, strict=True):
            if its_shade == shade:
                for joint in bone:
                    values = [round(value, 4) for value in pose[joint].tolist()]
                    x, y, z = [*x, values[0]], [*y, values[2]], [*z, -values[1]]
                    text.append(skeleton.joints[joint])
                x, y, z, text = [*x, None], [*y, None], [*z, None], [*text, None]
        traces.append(
            go.Scatter3d(
                x=x,
                y=y,
                z=z,
                text=text,
                mode="lines+markers",
                line={"color": shade, "width": 6},
                marker={"color": shade, "size": 3},
                hovertemplate="%{text}<br>%{x:.2f}, %{y:.2f}, %{z:.2f} m",
                name=name,
                legendgroup=name,
                showlegend=not traces,
            )
        )
    return traces


def _layout(motions: Any) -> go.Layout:
    """Axes in metres with one scale, seen from the side of the camera."""
    lows, highs = zip(*(motion.flatten(0, 1).aminmax(dim=0) for motion in motions), strict=True)
    low = [min(values) for values in zip(*(point.tolist() for point in lows), strict=True)]
    high = [max(values) for values in zip(*(point.tolist() for point in highs), strict=True)]
    half = 0.55 * max(b - a for a, b in zip(low, high, strict=True))
    middle = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
    centres = {"xaxis": middle[0], "yaxis": middle[2], "zaxis": -middle[1]}
    titles = {"xaxis": "x (m)", "yaxis": "depth (m)", "zaxis": "height (m)"}
    axes = {
        axis: {"range": [centre - half, centre + half], "title": titles[axis]}
        for axis, centre in centres.items()
    }
    eye = {"x": 0.74, "y": -2.4, "z": 0.55}
    camera = {"eye": eye, "center": {"x": -0.04, "y": 0, "z": -0.1}}
    scene = {**axes, "aspectmode": "cube", "camera": camera}
    return go.Layout(
        scene=scene,
        height=460,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        legend={"x": 0.02, "y": 0.98},
        paper_bgcolor="rgba(0,0,0,0)",
    )


def _controls(num_frames: int, fps: float) -> dict[str, Any]:
    """A slider over the frames and a button that plays them."""

    def show(duration: float, mode: str) -> dict[str, Any]:
        frame = {"duration": duration, "redraw": True}
        return {"frame": frame, "mode": mode, "transition": {"duration": 0}}

    steps = [
        {"label": str(f), "method": "animate", "args": [[str(f)], show(0, "immediate")]}
        for f in range(num_frames)
    ]
    play = {
        "label": "play",
        "method": "animate",
        "args": [None, {**show(1000 / fps, "immediate"), "fromcurrent": True}],
    }
    button = {"type": "buttons", "buttons": [play], "x": 0.0, "y": 0.0, "xanchor": "left"}
    slider = {
        **{"steps": steps, "currentvalue": {"prefix": "frame "}},
        **{"len": 0.76, "x": 0.22, "pad": {"b": 40}},
    }
    return {"updatemenus": [button], "sliders": [slider], "height": 520}
