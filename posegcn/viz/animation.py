"""Motion beside the keypoints that it was lifted from, as a GIF, a video or a page."""

import math
import tempfile
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.animation import FFMpegWriter
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from posegcn.errors import InputError, look_up
from posegcn.files import write_atomically
from posegcn.skeleton import Skeleton
from posegcn.viz.player import Page, player
from posegcn.viz.pose import draw_joints, draw_keypoints, set_cube

MOST_GIF_FRAMES = 300
DPI = 100
GIF_COLOURS = 128
# A GIF counts time in hundredths of a second, and viewers take less than two for a mistake.
SHORTEST_GIF_FRAME = 0.02
SUFFIXES = dict.fromkeys((".html", ".gif", ".mp4"))


def animate(
    keypoints_px: Tensor,
    joints: Tensor,
    skeleton: Skeleton,
    path: str | Path | None = None,
    *,
    keypoint_skeleton: Skeleton | None = None,
    image_size: tuple[int, int] | None = None,
    fps: float = 25.0,
    errors: Tensor | None = None,
    title: str = "",
    progress: bool = True,
) -> Page | Path:
    """Keypoints and joints side by side, moving; the page, or where the file is.

    The suffix of the path chooses: ``.html`` is a page with play, scrub and a 3D view that turns,
    which asks no other host for anything; ``.gif`` keeps at most 300 frames and 50 a second, every
    second, third ... of a longer or faster motion, at the same speed; ``.mp4`` needs ffmpeg. An
    existing file is replaced.

    Args:
        keypoints_px: Pixels; NaN where there is none.  (T, K, 2)
        joints: Metres, camera frame, y down; NaN where there is none.  (T, J, 3)
        skeleton: Body of the joints.
        path: Where to write; without it the page is returned, and a notebook shows it.
        keypoint_skeleton: Body of the keypoints, if it is not that of the joints.
        image_size: Width and height in pixels; without it the window is cut to the keypoints.
        fps: Frames per second.
        errors: Distance of each joint from the truth in metres; joints are coloured by it, up to
            the value that 95 % stay below.  (T, J)
        title: Heading.
        progress: Show a bar on stderr while pictures are drawn, where it is a terminal.

    Raises:
        InputError: The shapes do not fit, there is nothing to draw, the suffix is unknown, or
            there is no ffmpeg for a ``.mp4``.
    """
    keypoint_skeleton = keypoint_skeleton or skeleton
    keypoints_px, joints = torch.as_tensor(keypoints_px).cpu(), torch.as_tensor(joints).cpu()
    _check(keypoints_px, joints, keypoint_skeleton, skeleton, errors, fps)
    suffix = ".html" if path is None else check_animation(path)
    worst = 0.0 if errors is None else float(errors[errors.isfinite()].quantile(0.95))
    window = _window(keypoints_px, image_size)
    bodies = (keypoints_px, joints, keypoint_skeleton, skeleton)
    if suffix == ".html":
        shown = {"window": window, "fps": fps, "errors": errors, "worst": worst, "title": title}
        page = player(*bodies, **shown)
        if path is not None:
            write_atomically(path, page.encode())
        return page if path is None else Path(path)
    step = _gif_step(len(joints), fps) if suffix == ".gif" else 1
    scene = _Scene(*bodies, window, errors, worst, title)
    frames = tqdm(range(0, len(joints), step), "drawing", disable=None if progress else True)
    write = _write_gif if suffix == ".gif" else _write_mp4
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / f"whole{suffix}"
        write(scene, frames, whole, fps / step)
        write_atomically(path, whole.read_bytes())
    return Path(path)


def check_animation(path: str | Path) -> str:
    """The suffix of an animation that can be written.

    Raises:
        InputError: It is unknown, or wants a program that is not there.
    """
    suffix = Path(path).suffix.lower()
    look_up("suffix of an animation", suffix, SUFFIXES)
    if suffix == ".mp4" and not FFMpegWriter.isAvailable():
        raise InputError(
            f"writing {path} needs the program ffmpeg, which is not there: install it, or write "
            "a .gif or a .html"
        )
    return suffix


class _Scene:
    """A figure that shows one frame after another."""

    def __init__(
        self,
        keypoints_px: Tensor,
        joints: Tensor,
        keypoint_skeleton: Skeleton,
        skeleton: Skeleton,
        window: tuple[float, float, float, float],
        errors: Tensor | None,
        worst: float,
        title: str,
    ):
        self.keypoints, self.joints = keypoints_px.numpy(), joints.numpy()
        self.bones = skeleton.bones
        self.keypoint_bones = keypoint_skeleton.bones
        self.errors, self.worst, self.dots = errors, worst, None
        self.figure = Figure(figsize=(9, 4.5), dpi=DPI)
        self.flat = self.figure.add_axes((0.07, 0.1, 0.4, 0.78))
        self.space = self.figure.add_axes((0.53, 0.04, 0.45, 0.88), projection="3d")
        complete = joints[joints.isfinite().all(dim=(1, 2))]
        draw_keypoints(self.flat, keypoints_px[0], keypoint_skeleton)
        draw_joints(self.space, complete[0], skeleton, lw=2.5)
        set_cube(self.space, complete)
        self.space.view_init(elev=12, azim=-70)
        self.space.locator_params(nbins=4)
        for axis in (self.space.xaxis, self.space.yaxis, self.space.zaxis):
            axis.set_pane_color("white")
        left, top, width, height = window
        self.flat.set(xlim=(left, left + width), ylim=(top + height, top), xlabel="x (px)")
        self.flat.set(ylabel="y (px)", title="keypoints in the image")
        self.text = self.figure.suptitle("", fontsize="medium", y=0.99)
        self.title = f"{title}, " if title else ""
        if errors is not None:
            label = f"dark to bright: error of 0 to {1000 * worst:.0f} mm or more"
            self.space.set_title(label, fontsize="small")

    def show(self, frame: int) -> None:
        """Move everything to where it is in a frame."""
        keypoints, (x, y, z) = self.keypoints[frame], self.joints[frame].T
        for drawn, bone in zip(self.flat.lines, self.keypoint_bones, strict=True):
            drawn.set_data(*keypoints[list(bone)].T)
        for drawn, bone in zip(self.space.lines, self.bones, strict=True):
            ends = list(bone)
            drawn.set_data_3d(x[ends], z[ends], -y[ends])
        self.text.set_text(f"{self.title}frame {frame}")
        if self.errors is not None:
            if self.dots is not None:
                self.dots.remove()
            colours = {"c": self.errors[frame].numpy(), "cmap": "viridis", "edgecolors": "black"}
            limits = {"vmin": 0, "vmax": self.worst or 1e-3}
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


def _write_gif(scene: _Scene, frames: Iterable[int], path: Path, fps: float) -> None:
    canvas = FigureCanvasAgg(scene.figure)
    still = scene.still(canvas)
    pictures = []
    for frame in frames:
        scene.show(frame)
        canvas.restore_region(still)
        scene.draw_moving()
        picture = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3])
        pictures.append(picture.quantize(GIF_COLOURS, Image.Quantize.MAXCOVERAGE, dither=0))
    ends = [round(100 * count / fps) for count in range(len(pictures) + 1)]
    durations = [10 * (end - start) for start, end in pairwise(ends)]
    pictures[0].save(
        path, save_all=True, append_images=pictures[1:], duration=durations, loop=0, disposal=1
    )


def _write_mp4(scene: _Scene, frames: Iterable[int], path: Path, fps: float) -> None:
    with FFMpegWriter(fps=fps).saving(scene.figure, path, DPI) as writer:
        for frame in frames:
            scene.show(frame)
            writer.grab_frame()


def _gif_step(num_frames: int, fps: float) -> int:
    """Every how many frames a GIF takes one."""
    return max(math.ceil(num_frames / MOST_GIF_FRAMES), math.ceil(SHORTEST_GIF_FRAME * fps))


def _window(
    keypoints_px: Tensor, image_size: tuple[int, int] | None
) -> tuple[float, float, float, float]:
    """Left, top, width and height of what is shown of the image."""
    if image_size is not None:
        return (0, 0, *image_size)
    found = keypoints_px[keypoints_px.isfinite().all(dim=-1)]
    low, high = found.amin(dim=0), found.amax(dim=0)
    margin = 0.05 * float((high - low).max()) + 1
    left, top = (low - margin).tolist()
    width, height = (high - low + 2 * margin).tolist()
    return left, top, width, height


def _check(
    keypoints_px: Tensor,
    joints: Tensor,
    keypoint_skeleton: Skeleton,
    skeleton: Skeleton,
    errors: Tensor | None,
    fps: float,
) -> None:
    frames = len(joints)
    wanted = ((frames, keypoint_skeleton.num_joints, 2), (frames, skeleton.num_joints, 3))
    got = tuple(keypoints_px.shape), tuple(joints.shape)
    if got != wanted:
        raise InputError(
            f"animate expects keypoints {wanted[0]} and joints {wanted[1]}, got {got[0]} and "
            f"{got[1]}: one row for each frame, in the order of {keypoint_skeleton.name!r} and "
            f"{skeleton.name!r}"
        )
    if errors is not None and errors.shape != joints.shape[:2]:
        raise InputError(f"expected errors {wanted[1][:2]}, got {tuple(errors.shape)}")
    if not fps > 0:
        raise InputError(f"expected a positive number of frames per second, got {fps}")
    if not joints.isfinite().all(dim=(1, 2)).any() or not keypoints_px.isfinite().any():
        raise InputError("there is nothing to draw: no frame has all of its joints and a keypoint")
