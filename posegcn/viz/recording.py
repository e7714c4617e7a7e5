"""Writes what a scene shows as a GIF, or as a video with ffmpeg."""

import math
import shutil
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.animation import FFMpegWriter
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from posegcn.errors import InputError
from posegcn.viz.scene import DPI, Scene

MOST_GIF_FRAMES = 300
GIF_COLOURS = 128
# A GIF counts time in hundredths of a second, and viewers take less than two for a mistake.
SHORTEST_GIF_FRAME = 0.02


def gif_step(num_frames: int, fps: float) -> int:
    """Every how many frames a GIF takes one."""
    return max(math.ceil(num_frames / MOST_GIF_FRAMES), math.ceil(SHORTEST_GIF_FRAME * fps))


def write_gif(scene: Scene, rows: Iterable[int], path: Path, fps: float) -> None:
    """Draw some frames, so many a second."""
    canvas = FigureCanvasAgg(scene.figure)
    still = scene.still(canvas)
    pictures = []
    for row in rows:
        scene.show(row)
        canvas.restore_region(still)
        scene.draw_moving()
        picture = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3])
        pictures.append(picture.quantize(GIF_COLOURS, Image.Quantize.MAXCOVERAGE, dither=0))
    ends = [round(100 * count / fps) for count in range(len(pictures) + 1)]
    durations = [10 * (end - start) for start, end in pairwise(ends)]
    pictures[0].save(
        path, save_all=True, append_images=pictures[1:], duration=durations, loop=0, disposal=1
    )


def write_mp4(scene: Scene, rows: Iterable[int], path: Path, fps: float) -> None:
    """The same as a video.

    Raises:
        InputError: There is no ffmpeg.
    """
    found = mpl.rc_context({"animation.ffmpeg_path": find_ffmpeg()})
    with found, FFMpegWriter(fps=fps).saving(scene.figure, path, DPI) as writer:
        for row in rows:
            scene.show(row)
            writer.grab_frame()


def find_ffmpeg() -> str:
    """The program: matplotlib's setting, which is that of the system, or that of imageio-ffmpeg.

    Raises:
        InputError: There is none.
    """
    if path := shutil.which(mpl.rcParams["animation.ffmpeg_path"]):
        return path
    try:
        from imageio_ffmpeg import get_ffmpeg_exe

        return get_ffmpeg_exe()
    except (ImportError, RuntimeError) as error:
        raise InputError(
            "a video needs the program ffmpeg, which is not there: install it, or pip install "
            "imageio-ffmpeg, or write a .gif or a .html"
        ) from error
