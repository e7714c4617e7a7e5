"""The lifted pose, seen again through the camera, over the pictures of the video."""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import Tensor
from tqdm import tqdm

from posegcn.errors import InputError
from posegcn.files import write_atomically
from posegcn.skeleton import Skeleton
from posegcn.viz.pose import bone_colours

FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
SMOOTH = 2  # lines are drawn this much larger and shrunk, which rounds their edges
THICKNESS = 1 / 250  # of a bone, as a share of the longer side of the picture


def overlay(
    images: str | Path | Sequence[str | Path],
    keypoints_px: Tensor,
    reprojected_px: Tensor,
    skeleton: Skeleton,
    folder: str | Path,
    *,
    image_size: tuple[int, int] | None = None,
    force: bool = False,
    progress: bool = True,
) -> list[Path]:
    """Draw the reprojected skeleton and the keypoints over each picture; the files written.

    Bones are the lifted pose as the camera sees it, in the colours of the sides; white rings are
    the keypoints of the detector. A picture keeps its name and its format, PNG or JPEG, and is
    turned as its EXIF data ask.

    Args:
        images: Pictures of the frames in order, or a folder of them, which is sorted by the
            numbers in their names.
        keypoints_px: Pixels; NaN where there is none.  (T, K, 2)
        reprojected_px: Pixels; NaN where there is none.  (T, J, 2)
        skeleton: Body of the reprojected joints.
        folder: Where to write.
        image_size: Width and height in pixels that the keypoints are for.
        force: Write into a folder that holds something.
        progress: Show a bar on stderr, where it is a terminal.

    Raises:
        InputError: There are more or fewer pictures than frames, one cannot be read or has another
            size than the keypoints are for, two have the same name, or the folder holds something.
    """
    paths, folder = _paths(images), Path(folder)
    _check(paths, keypoints_px, reprojected_px, skeleton, folder, force)
    for path in paths if image_size is not None else ():
        _check_size(path, image_size)
    written = []
    bar = tqdm(paths, "drawing", disable=None if progress else True)
    for path, found, seen in zip(bar, keypoints_px.cpu(), reprojected_px.cpu(), strict=True):
        picture = _drawn(_opened(path), found, seen, skeleton)
        stream = io.BytesIO()
        picture.save(stream, FORMATS[path.suffix.lower()], quality=92)
        write_atomically(folder / path.name, stream.getvalue())
        written.append(folder / path.name)
    return written


def _paths(images: str | Path | Sequence[str | Path]) -> list[Path]:
    if not isinstance(images, str | Path):
        return [Path(image) for image in images]
    folder = Path(images)
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder} of pictures")
    found = [path for path in folder.iterdir() if path.suffix.lower() in FORMATS]
    return sorted(found, key=_in_order)


def _in_order(path: Path) -> list[tuple[int, str]]:
    """A key by which ``2.png`` comes before ``10.png``."""
    parts = re.split(r"(\d+)", path.name)
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts]


def _check(
    paths: Sequence[Path],
    keypoints_px: Tensor,
    reprojected_px: Tensor,
    skeleton: Skeleton,
    folder: Path,
    force: bool,
) -> None:
    shape = (len(paths), skeleton.num_joints, 2)
    if tuple(reprojected_px.shape) != shape or len(keypoints_px) != len(paths):
        raise InputError(
            f"expected one picture for each frame and joints {shape}, got {len(paths)} pictures, "
            f"keypoints {tuple(keypoints_px.shape)} and joints {tuple(reprojected_px.shape)}"
        )
    unknown = [path for path in paths if path.suffix.lower() not in FORMATS]
    if unknown:
        raise InputError(f"{unknown[0]} is no {' or '.join(FORMATS)}: convert it first")
    if len({path.name for path in paths}) < len(paths):
        raise InputError(f"two pictures have the same name, and {folder} takes one of each name")
    if any(path.resolve().parent == folder.resolve() for path in paths):
        raise InputError(f"{folder} holds the pictures themselves: choose another folder")
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise InputError(f"{folder} is not empty: choose another folder, or overwrite it by force")


def _check_size(path: Path, image_size: tuple[int, int]) -> None:
    width, height = _opened(path).size
    if (width, height) != tuple(image_size):
        raise InputError(
            f"{path} is {width}x{height}, expected {image_size[0]}x{image_size[1]}, the size of "
            "the image that the keypoints are for"
        )


def _opened(path: Path) -> Any:
    """The picture in red, green and blue, the right way up."""
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as picture:
            return ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise InputError(f"cannot read the picture {path} ({error})") from error


def _drawn(picture: Any, keypoints: Tensor, joints: Tensor, skeleton: Skeleton) -> Any:
    from PIL import Image, ImageDraw

    layer = Image.new("RGBA", [SMOOTH * side for side in picture.size], (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    width = SMOOTH * max(2, round(THICKNESS * max(picture.size)))
    # A point far outside says nothing here, and its numbers could be too large to draw.
    reach = SMOOTH * 3 * max(picture.size)
    joints, keypoints = SMOOTH * joints, SMOOTH * keypoints
    for bone, colour in zip(skeleton.bones, bone_colours(skeleton), strict=True):
        ends = joints[list(bone)]
        if (ends.abs() < reach).all():
            pen.line([tuple(end) for end in ends.tolist()], fill=colour, width=width)
            for x, y in ends.tolist():
                pen.circle((x, y), width / 2, fill=colour)
    for x, y in keypoints[(keypoints.abs() < reach).all(dim=-1)].tolist():
        pen.circle((x, y), 1.3 * width, outline="black", width=width)
        pen.circle((x, y), 1.2 * width, outline="white", width=width // 2)
    layer = layer.resize(picture.size, Image.Resampling.BOX)
    picture.paste(layer, mask=layer)
    return picture
