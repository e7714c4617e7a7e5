"""The lifted pose, seen again through the camera, over the pictures of the video."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor
from tqdm import tqdm

from posegcn.errors import InputError
from posegcn.files import write_atomically
from posegcn.skeleton import Skeleton
from posegcn.viz.pictures import FORMATS, check_size, frames_shown, opened, picture_files
from posegcn.viz.pose import bone_colours

SMOOTH = 2  # lines are drawn this much larger and shrunk, which rounds their edges
THICKNESS = 1 / 250  # of a bone, as a share of the longer side of the picture
OUTLINE = 1.8  # times that with its black edge, without which grey bones vanish on grey


class Overlaid(NamedTuple):
    """One person to draw.

    Args:
        frames: Numbers of the frames.  (T,)
        keypoints_px: Pixels; NaN where there is none.  (T, K, 2)
        reprojected_px: Pixels; NaN where there is none.  (T, J, 2)
        skeleton: Body of the reprojected joints.
    """

    frames: Tensor
    keypoints_px: Tensor
    reprojected_px: Tensor
    skeleton: Skeleton


class Overlays(NamedTuple):
    """What was done.

    Args:
        files: All pictures that were written.
        num_drawn: How many of them have somebody on them; the others are copies.
        num_without_picture: Frames with people of which there is no picture.
    """

    files: list[Path]
    num_drawn: int
    num_without_picture: int


def overlay(
    images: str | Path | Sequence[str | Path],
    people: Sequence[Overlaid],
    folder: str | Path,
    *,
    image_size: tuple[int, int] | None = None,
    force: bool = False,
    progress: bool = True,
) -> Overlays:
    """Draw the reprojected skeletons and the keypoints over the pictures of a video.

    Bones are the lifted pose as the camera sees it, in the colours of the sides; white rings are
    the keypoints of the detector. The number at the end of a picture's name is that of its frame,
    see :func:`~posegcn.viz.pictures.frames_shown`. A picture keeps its name and its format, PNG
    or JPEG, and is turned as its EXIF data ask; one of a frame without people is copied as it is.

    Args:
        images: Pictures, or a folder of them.
        people: Whom to draw.
        folder: Where to write.
        image_size: Width and height in pixels that the keypoints are for.
        force: Write into a folder that holds something.
        progress: Show a bar on stderr, where it is a terminal.

    Raises:
        InputError: No frame has a picture, one cannot be read or has another size than the
            keypoints are for, two have the same name, or the folder holds something.
    """
    paths, folder = picture_files(images), Path(folder)
    _check(paths, folder, force)
    rows = [_rows(one) for one in people]
    wanted = set().union(*rows)
    frames = frames_shown(paths, wanted)
    for path, frame in zip(paths, frames, strict=True):
        if frame in wanted and image_size is not None:
            check_size(path, image_size)
    bar = tqdm(paths, "drawing", disable=None if progress else True)
    for path, frame in zip(bar, frames, strict=True):
        present = [(one, own[frame]) for one, own in zip(people, rows, strict=True) if frame in own]
        content = _drawn(path, present) if present else path.read_bytes()
        write_atomically(folder / path.name, content)
    there = wanted & set(frames)
    return Overlays([folder / path.name for path in paths], len(there), len(wanted - there))


def _rows(one: Overlaid) -> dict[int, int]:
    """Row of each frame in which there is something to draw."""
    points = torch.cat([one.keypoints_px, one.reprojected_px], dim=1)
    there = points.isfinite().all(dim=-1).any(dim=1)
    return {int(one.frames[row]): int(row) for row in there.nonzero()}


def _check(paths: Sequence[Path], folder: Path, force: bool) -> None:
    if any(path.resolve().parent == folder.resolve() for path in paths):
        raise InputError(f"{folder} holds the pictures themselves: choose another folder")
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise InputError(f"{folder} is not empty: choose another folder, or overwrite it by force")


def _drawn(path: Path, present: Sequence[tuple[Overlaid, int]]) -> bytes:
    """A picture with people on it, each in a row of theirs."""
    from PIL import Image, ImageDraw

    picture = opened(path)
    layer = Image.new("RGBA", [SMOOTH * side for side in picture.size], (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    for one, row in present:
        places = (one.reprojected_px[row].cpu(), one.keypoints_px[row].cpu())
        _draw(pen, max(layer.size), *places, one.skeleton)
    layer = layer.resize(picture.size, Image.Resampling.BOX)
    picture.paste(layer, mask=layer)
    stream = io.BytesIO()
    picture.save(stream, FORMATS[path.suffix.lower()], quality=92)
    return stream.getvalue()


def _draw(pen: Any, side: int, joints: Tensor, keypoints: Tensor, skeleton: Skeleton) -> None:
    width = SMOOTH * max(2, round(THICKNESS * side / SMOOTH))
    reach = 3 * side  # a point far outside says nothing, and its numbers may be too large
    joints, keypoints = SMOOTH * joints, SMOOTH * keypoints
    bones = [
        (joints[list(bone)].tolist(), colour)
        for bone, colour in zip(skeleton.bones, bone_colours(skeleton), strict=True)
        if (joints[list(bone)].abs() < reach).all()
    ]
    for outline in (True, False):  # all outlines first: bones that meet run into each other
        stroke = width * (OUTLINE if outline else 1)
        for ends, colour in bones:
            shade = "black" if outline else colour
            pen.line([tuple(end) for end in ends], fill=shade, width=round(stroke))
            for x, y in ends:
                pen.circle((x, y), stroke / 2, fill=shade)
    for x, y in keypoints[(keypoints.abs() < reach).all(dim=-1)].tolist():
        pen.circle((x, y), 1.3 * width, outline="black", width=width)
        pen.circle((x, y), 1.2 * width, outline="white", width=width // 2)
