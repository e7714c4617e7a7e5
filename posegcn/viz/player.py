"""A page that plays a motion beside its keypoints, complete in one file without any library."""

import html
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import torch
from matplotlib.colors import to_hex
from torch import Tensor

from posegcn.skeleton import Skeleton
from posegcn.viz.motion import Motion, Window
from posegcn.viz.style import LEFT, MIDLINE, RIGHT, SIDES

TEMPLATE = Path(__file__).with_name("player.html")
MILLIMETRES = 1000
MARGIN = 1.1
SHADES = 16


class Page(str):
    """The text of a page, which a notebook shows in a frame of its own."""

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{html.escape(self)}" title="animation" loading="lazy" '
            'style="width:100%;height:600px;border:0"></iframe>'
        )


def player(people: Sequence[Motion], *, window: Window, fps: float, title: str) -> Page:
    """The page: play and scrub, 3D that turns under the pointer and the arrow keys.

    Everybody is in the image, and one person, who is chosen, in space. Keypoints are rounded to
    tenths of a pixel and joints to millimetres, so that a thousand frames of 17 joints take about
    half a megabyte.

    Args:
        people: At least one.
        window: What is shown of the image.
        fps: Frames per second.
        title: Heading.
    """
    colours = mpl.colormaps["viridis"](torch.linspace(0, 1, SHADES).numpy())
    numbers = torch.cat([motion.frames for motion in people]).unique()
    first, follow = int(numbers[0]), bool((numbers.diff() == 1).all())
    data = {
        "num_frames": len(numbers),
        "first": first,
        "numbers": None if follow else numbers.tolist(),
        "fps": fps,
        "window": list(window),
        "people": [_person(motion, numbers) for motion in people],
        "shades": [to_hex(colour) for colour in colours],
        "sides": SIDES,
    }
    text = json.dumps(data, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    parts = {"TITLE": html.escape(title), "NAME": html.escape(title or "Motion"), "DATA": text}
    template = TEMPLATE.read_text(encoding="utf-8")
    return Page(re.sub("|".join(parts), lambda place: parts[place[0]], template))


def _person(motion: Motion, numbers: Tensor) -> dict[str, Any]:
    """One person from the first to the last frame with them; nothing in those between without."""
    rows = torch.searchsorted(numbers, motion.frames)
    rows, start = rows - rows[0], int(rows[0])

    def in_every_row(values: Tensor) -> Tensor:
        whole = values.new_full((int(rows[-1]) + 1, *values.shape[1:]), torch.nan)
        whole[rows] = values
        return whole

    points = motion.joints[motion.joints.isfinite().all(dim=-1)]
    low, high = points.amin(dim=0), points.amax(dim=0)
    joints = in_every_row(motion.joints) * MILLIMETRES
    errors = None if motion.errors is None else in_every_row(motion.errors) * MILLIMETRES
    return {
        "name": motion.name,
        "start": start,
        "num_rows": len(joints),
        "keypoints": _part(in_every_row(motion.keypoints_px), motion.keypoint_skeleton, digits=1),
        "joints": _part(joints, motion.skeleton, digits=0),
        "centre": _rounded((low + high) / 2 * MILLIMETRES, 0),
        "radius": max(1, round(_radius(high - low) * MARGIN * MILLIMETRES)),
        "floor": round(float(high[1]) * MILLIMETRES),
        "errors": None if errors is None else _rounded(errors.flatten(), 0),
        "worst": max(1, round(motion.worst * MILLIMETRES)),
    }


def _radius(size: Tensor) -> float:
    """Half of what a motion needs to be seen whole from any side.  (3,)"""
    across = float(size[[0, 2]].norm())
    return max(across, float(size[1])) / 2


def _part(values: Tensor, skeleton: Skeleton, digits: int) -> dict[str, Any]:
    """Values of all frames in one list, with what is needed to draw them."""
    sides = {**dict.fromkeys(skeleton.left, LEFT), **dict.fromkeys(skeleton.right, RIGHT)}
    return {
        "num_joints": values.shape[1],
        "num_channels": values.shape[2],
        "bones": skeleton.bones,
        "colours": [sides.get(joint, MIDLINE) for joint in range(skeleton.num_joints)],
        "values": _rounded(values.flatten(), digits),
    }


def _rounded(values: Tensor, digits: int) -> list:
    """Short numbers; null for what is not finite."""
    number = round if digits == 0 else lambda value: round(value, digits)
    return [number(v) if abs(v) < torch.inf else None for v in values.tolist()]
