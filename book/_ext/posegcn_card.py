"""The social card: a person's keypoints, and the pose that is lifted from them."""

from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import posegcn as pg

SIZE, DOTS = (12.0, 6.3), 100  # inches, dots an inch: 1200 x 630, what others expect
MOMENT = 60


def draw(path: Path) -> None:
    """Write the picture; the person of the welcome page, in the middle of a throw."""
    data = pg.data.open_source("synthetic")
    clips = (
        clip for clip in data if clip.action == "throw" and clip.camera == "camera1"
    )
    clip = next(iter(clips))
    figure = Figure(SIZE, dpi=DOTS, facecolor="white")
    FigureCanvasAgg(figure)
    figure.text(0.05, 0.86, "posegcn", size=44, weight="bold", color="#1b1f24")
    figure.text(
        0.05,
        0.78,
        "graph convolutions that lift human pose",
        size=22,
        color="#4a4f57",
    )
    flat = figure.add_axes((0.04, 0.05, 0.38, 0.68))
    pg.viz.draw_keypoints(flat, clip.keypoints[MOMENT], data.skeleton, lw=5, ms=9)
    flat.axis("off")
    figure.text(0.46, 0.36, "\u2192", size=60, color="#4a4f57")
    solid = figure.add_axes((0.52, -0.02, 0.46, 0.84), projection="3d")
    pg.viz.draw_joints(solid, clip.joints[MOMENT], data.skeleton, lw=5)
    solid.view_init(elev=12, azim=-60)
    solid.set(
        xlabel="",
        ylabel="",
        zlabel="",
        xticklabels=[],
        yticklabels=[],
        zticklabels=[],
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=DOTS)
