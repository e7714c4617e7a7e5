"""A matplotlib figure that shows a motion, one frame after another."""

from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from posegcn.viz.motion import Motion, Window
from posegcn.viz.pose import draw_joints, draw_keypoints, set_cube
from posegcn.viz.style import SIDES

DPI = 100
ZOOM = 1.12  # of the space, whose box leaves a wide margin for its own corners


class Scene:
    """Keypoints in the image on the left, joints in space on the right.

    Args:
        motion: What is shown.
        window: What is seen of the image.
        title: Heading.
    """

    def __init__(self, motion: Motion, window: Window, title: str):
        self.motion, self.dots = motion, None
        self.keypoints, self.joints = motion.keypoints_px.numpy(), motion.joints.numpy()
        self.figure = Figure(figsize=(9.6, 5.4), dpi=DPI)
        self.flat = self.figure.add_axes((0.08, 0.11, 0.38, 0.79))
        self.space = self.figure.add_axes((0.45, 0.055, 0.53, 0.9), projection="3d")
        draw_keypoints(self.flat, motion.keypoints_px[0], motion.keypoint_skeleton)
        draw_joints(self.space, motion.complete[0], motion.skeleton, lw=3)
        set_cube(self.space, motion.complete)
        self.space.set_box_aspect((1, 1, 1), zoom=ZOOM)
        self.space.view_init(elev=12, azim=-70)
        self.space.locator_params(nbins=4)
        self.space.patch.set_visible(False)  # it reaches into the labels of the image
        for axis in (self.space.xaxis, self.space.yaxis, self.space.zaxis):
            axis.set_pane_color("white")
        left, top, width, height = window
        self.flat.set(xlim=(left, left + width), ylim=(top + height, top), xlabel="x (px)")
        self.flat.set(ylabel="y (px)")
        self.text = self.figure.text(0.085, 0.94, "")
        self.title = f"{title}, " if title else ""
        self._explain()

    def show(self, row: int) -> None:
        """Move everything to where it is in a frame."""
        keypoints, (x, y, z) = self.keypoints[row], self.joints[row].T
        bones, keypoint_bones = self.motion.skeleton.bones, self.motion.keypoint_skeleton.bones
        for drawn, bone in zip(self.flat.lines, keypoint_bones, strict=True):
            drawn.set_data(*keypoints[list(bone)].T)
        for drawn, bone in zip(self.space.lines, bones, strict=True):
            ends = list(bone)
            drawn.set_data_3d(x[ends], z[ends], -y[ends])
        self.text.set_text(f"{self.title}frame {int(self.motion.frames[row])}")
        if self.motion.errors is not None:
            if self.dots is not None:
                self.dots.remove()
            colours = {"c": self.motion.errors[row].numpy(), "cmap": "viridis"}
            limits = {"vmin": 0, "vmax": self.motion.worst or 1e-3, "edgecolors": "black"}
            options = {**colours, **limits, "s": 34, "depthshade": False, "linewidths": 0.5}
            self.dots = self.space.scatter(x, z, -y, **options)

    def still(self, canvas: FigureCanvasAgg) -> Any:
        """What does not move, drawn once: axes and ticks take most of the time of a frame."""
        moving = [*self.flat.lines, *self.space.lines, self.text]
        for artist in moving:
            artist.set_visible(False)
        canvas.draw()
        for artist in moving:
            artist.set_visible(True)
        return canvas.copy_from_bbox(self.figure.bbox)

    def draw_moving(self) -> None:
        """Draw the rest over it."""
        for artist in (*self.flat.lines, *self.space.lines):
            artist.axes.draw_artist(artist)
        if self.dots is not None:
            self.dots.do_3d_projection()
            self.space.draw_artist(self.dots)
        self.figure.draw_artist(self.text)

    def _explain(self) -> None:
        """Which colour is which side, and what those of the joints mean."""
        keys = [Line2D([], [], color=colour, lw=3, label=side) for side, colour in SIDES.items()]
        options = {"ncols": len(keys), "frameon": False, "handlelength": 1.2}
        self.figure.legend(handles=keys, loc="upper center", bbox_to_anchor=(0.715, 1), **options)
        if self.motion.errors is not None:
            worst = 1000 * self.motion.worst
            label = f"joints, dark to bright: error of 0 to {worst:.0f} mm or more"
            self.figure.text(0.715, 0.895, label, ha="center", fontsize="small")
