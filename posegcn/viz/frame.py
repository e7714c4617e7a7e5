"""One frame of a detector, with what is suspicious marked."""

import textwrap
from collections.abc import Collection
from typing import Any

import matplotlib as mpl
import torch
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from torch import Tensor

from posegcn.skeleton import Skeleton
from posegcn.viz.pose import bone_colours, draw_keypoints
from posegcn.viz.style import MATPLOTLIB, SIDES

SUSPICIOUS = "#CC79A7"  # of the Okabe-Ito colours, the one that no side of a body has
BORDER = "#333333"
TICKS_INCHES, LETTERS_PER_INCH = 1.2, 12  # beside a title, and of it
PADS = {"figure.constrained_layout.h_pad": 0.1, "figure.constrained_layout.w_pad": 0.1}
LEGEND_INCHES = 1.2  # of an entry
MARGIN = 0.15  # of the longer side of what is shown, around it


def frame_figure(
    keypoints_px: Tensor,
    skeleton: Skeleton,
    *,
    suspicious: Collection[str] = (),
    image_size: tuple[int, int] | None = None,
    title: str = "",
    figure: Figure | None = None,
) -> Figure:
    """Keypoints of one frame near by, rings around suspicious joints, the border of the image.

    Joints without a place are left out, and named if they are suspicious. The whole image is shown
    where a keypoint is not inside it.

    Args:
        keypoints_px: Pixels; NaN where there is none.  (J, 2)
        skeleton: Body of the keypoints.
        suspicious: Names of joints to mark.
        image_size: Width and height in pixels.
        title: Above the picture; long ones are broken.
        figure: Where to draw; without it, a new one.
    """
    keypoints_px = keypoints_px.cpu().float()
    marked = keypoints_px[[skeleton.index(name) for name in suspicious]]
    there = marked.isfinite().all(dim=-1)
    absent = [name for name, found in zip(suspicious, there.tolist(), strict=True) if not found]
    with mpl.rc_context({**MATPLOTLIB, **PADS}):
        figure = figure or Figure(figsize=(6, 6.5), layout="constrained")
        axes = figure.subplots()
        draw_keypoints(axes, keypoints_px, skeleton, lw=2, ms=4)
        handles = _sides(keypoints_px, skeleton)
        if there.any():
            ring = {"ls": "none", "marker": "o", "ms": 15, "mfc": "none", "mew": 2.2}
            handles += axes.plot(*marked[there].T, color=SUSPICIOUS, label="suspicious", **ring)
        if image_size is not None:
            handles += _border(axes, keypoints_px, image_size)
        _show_all(axes, keypoints_px, image_size)
        if handles:
            columns = max(2, int(figure.get_figwidth() / LEGEND_INCHES))
            spacing = {"columnspacing": 1.2, "handlelength": 1.6, "ncols": columns}
            figure.legend(handles=handles, loc="outside lower center", **spacing)
        axes.set(xlabel="x (px)", ylabel="y (px)")
        lines = title.splitlines() + ([f"not there: {', '.join(absent)}"] if absent else [])
        width = int((figure.get_figwidth() - TICKS_INCHES) * LETTERS_PER_INCH)
        axes.set_title("\n".join(textwrap.fill(line, width) for line in lines), loc="left")
    return figure


def _sides(keypoints_px: Tensor, skeleton: Skeleton) -> list[Line2D]:
    """What the colours of the bones that are seen mean."""
    seen = {
        colour
        for colour, bone in zip(bone_colours(skeleton), skeleton.bones, strict=True)
        if keypoints_px[list(bone)].isfinite().all()
    }
    style = {"lw": 2, "marker": "o", "ms": 4}
    return [
        Line2D([], [], color=colour, label=side, **style)
        for side, colour in SIDES.items()
        if colour in seen
    ]


def _border(axes: Any, keypoints_px: Tensor, image_size: tuple[int, int]) -> list[Line2D]:
    width, height = image_size
    corners = [0, width, width, 0, 0], [0, 0, height, height, 0]
    handles = axes.plot(*corners, color=BORDER, lw=1, label="image")
    return handles if _leaves(keypoints_px, image_size) else []


def _leaves(keypoints_px: Tensor, image_size: tuple[int, int]) -> bool:
    """Whether a keypoint is outside the image."""
    size = torch.tensor(image_size)
    return bool(((keypoints_px < 0) | (keypoints_px > size)).any())


def _show_all(axes: Any, keypoints_px: Tensor, image_size: tuple[int, int] | None) -> None:
    """Limits around the body, or around body and image where it leaves that."""
    points = keypoints_px[keypoints_px.isfinite().all(dim=-1)]
    if image_size is not None and (not len(points) or _leaves(points, image_size)):
        points = torch.cat([points, torch.tensor([[0.0, 0.0], list(image_size)])])
    if not len(points):
        return
    low, high = points.amin(dim=0), points.amax(dim=0)
    middle, half = (low + high) / 2, (high - low).max() * (0.5 + MARGIN)
    half = half.clamp(min=1e-3)
    axes.set_xlim(float(middle[0] - half), float(middle[0] + half))
    axes.set_ylim(float(middle[1] + half), float(middle[1] - half))
