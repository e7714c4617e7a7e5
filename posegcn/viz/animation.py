"""Motion beside the keypoints that it was lifted from, as a GIF, a video or a page."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from torch import Tensor
from tqdm import tqdm

from posegcn.errors import InputError, look_up
from posegcn.files import write_atomically
from posegcn.skeleton import Skeleton
from posegcn.viz.motion import Motion, window_of
from posegcn.viz.player import Page, player
from posegcn.viz.recording import find_ffmpeg, gif_step, write_gif, write_mp4
from posegcn.viz.scene import Scene

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
    """Keypoints and joints of one person side by side, moving; the page, or where the file is.

    Args:
        keypoints_px: Pixels; NaN where there is none.  (T, K, 2)
        joints: Metres, camera frame, y down; NaN where there is none.  (T, J, 3)
        skeleton: Body of the joints.
        path: See :func:`animate_people`, like all that follows but for the next.
        keypoint_skeleton: Body of the keypoints, if it is not that of the joints.
        image_size: Width and height in pixels.
        fps: Frames per second.
        errors: Distance of each joint from the truth in metres; joints are coloured by it, up to
            the value that 95 % stay below.  (T, J)
        title: Heading.
        progress: Show a bar.

    Raises:
        InputError: The shapes do not fit, or see :func:`animate_people`.
    """
    motion = Motion(keypoints_px, joints, keypoint_skeleton or skeleton, skeleton, errors=errors)
    options = {"image_size": image_size, "fps": fps, "title": title, "progress": progress}
    return animate_people([motion], path, **options)


def animate_people(
    people: Sequence[Motion],
    path: str | Path | None = None,
    *,
    image_size: tuple[int, int] | None = None,
    fps: float = 25.0,
    title: str = "",
    progress: bool = True,
) -> Page | Path:
    """The same for several people of a video.

    The suffix of the path chooses: ``.html`` is a page with play, scrub, a choice of the person
    and a 3D view that turns, which asks no other host for anything; ``.gif`` shows the first
    person, at most 300 frames and 50 a second, every second, third ... of a longer or faster
    motion, at the same speed; ``.mp4`` shows the first person and needs ffmpeg. An existing file
    is replaced.

    Args:
        people: At least one.
        path: Where to write; without it the page is returned, and a notebook shows it.
        image_size: Width and height in pixels; without it the window is cut to the keypoints.
        fps: Frames per second.
        title: Heading.
        progress: Show a bar on stderr while pictures are drawn, where it is a terminal.

    Raises:
        InputError: The suffix is unknown, the speed no number, or there is no ffmpeg for a
            ``.mp4``.
    """
    if not fps > 0:
        raise InputError(f"expected a positive number of frames per second, got {fps}")
    suffix = ".html" if path is None else check_animation(path)
    window = window_of(people, image_size)
    if suffix == ".html":
        page = player(people, window=window, fps=fps, title=title)
        if path is not None:
            write_atomically(path, page.encode())
        return page if path is None else Path(path)
    length = len(people[0].joints)
    step = gif_step(length, fps) if suffix == ".gif" else 1
    rows = tqdm(range(0, length, step), "drawing", disable=None if progress else True)
    write = write_gif if suffix == ".gif" else write_mp4
    # Everything has its place already; matplotlib would move it in a notebook that has set_style().
    placed = mpl.rc_context({"figure.constrained_layout.use": False})
    with placed, tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / f"whole{suffix}"
        write(Scene(people[0], window, title), rows, whole, fps / step)
        write_atomically(path, whole.read_bytes())
    return Path(path)


def check_animation(path: str | Path) -> str:
    """The suffix of an animation that can be written.

    Raises:
        InputError: It is unknown, or wants a program that is not there.
    """
    suffix = Path(path).suffix.lower()
    look_up("suffix of an animation", suffix, SUFFIXES)
    if suffix == ".mp4":
        find_ffmpeg()
    return suffix
