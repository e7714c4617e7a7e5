"""Are the coordinates pixels of the stated image?"""

from collections.abc import Iterator

import torch
from torch import Tensor

from posegcn.doctor.body import Body
from posegcn.doctor.diagnosis import Finding, percent

NORMALISED_LIMIT = 2.0  # pixels; a body of parts of the image stays within, one of pixels does not
MARGIN = 0.02  # of the image, by which an honest detector may miss its border
OUTSIDE_SHARE = 0.1  # of the keypoints; an arm may leave the image, a body may not
BORDER_PX = 1.0  # detectors move what is outside onto the border
BORDER_JOINTS, BORDER_SHARE = 2, 0.1  # joints there at once, in this share of the frames
SMALL_PX = 40.0  # a third of the height at which detectors of 256 x 192 crops begin to lose pixels


def check_normalised(body: Body) -> Iterator[Finding]:
    """Coordinates that are parts of the image: from 0 to 1, or from -1 to 1."""
    found = body.points[body.points.isfinite()]
    if not len(found) or found.abs().max() > NORMALISED_LIMIT:
        return
    span = "0 to 1" if found.min() >= -MARGIN else "-1 to 1"
    yield body.finding(
        "normalised",
        f"coordinates lie between {found.min():.2f} and {found.max():.2f}: parts of the image from "
        f"{span}, not pixels; multiply them out with the size of the image",
    )


def check_outside(body: Body, image_size: tuple[int, int] | None) -> Iterator[Finding]:
    """Keypoints outside the image: its size is wrong, or its sides are exchanged."""
    if image_size is None:
        return
    outside = _outside(body.points, image_size)
    present = body.points.isfinite().all(dim=-1)
    share = _share(outside, present)
    if share <= OUTSIDE_SHARE:
        return
    width, height = image_size
    exchanged = _share(_outside(body.points, (height, width)), present)
    found = body.points[present]
    low, high = found.amin(dim=0), found.amax(dim=0)
    advice = "give the right --image-size"
    if exchanged < OUTSIDE_SHARE / 2:
        advice = f"width and height seem to be exchanged, try --image-size {height}x{width}"
    elif (low < -MARGIN * max(image_size)).all():
        advice = "their origin seems to be the middle of the image instead of its top left corner"
    yield body.finding(
        "outside-image",
        f"{percent(share)} of the keypoints are outside the image of {width}x{height}: they reach "
        f"from ({low[0]:.0f}, {low[1]:.0f}) to ({high[0]:.0f}, {high[1]:.0f}); {advice}",
        outside,
    )


def check_cut_off(body: Body, image_size: tuple[int, int] | None) -> Iterator[Finding]:
    """Keypoints on the very border, where a detector puts what it cannot see."""
    far = body.points.new_tensor(image_size or (torch.inf, torch.inf)) - 1 - BORDER_PX
    at_border = ((body.points.abs() <= BORDER_PX) | (body.points >= far)).any(dim=-1)
    if image_size is not None:
        at_border &= ~_outside(body.points, image_size)
    frames = at_border.sum(dim=-1) >= BORDER_JOINTS
    if frames.float().mean() < BORDER_SHARE:
        return
    yield body.finding(
        "cut-off",
        f"two or more joints lie on the border of the image in {percent(frames.float().mean())} of "
        "the frames: the body is cut off there; networks know whole bodies only, so mark these "
        "joints as missing or use other frames",
        at_border & frames[:, None],
    )


def check_small(body: Body) -> Iterator[Finding]:
    """A body of few pixels, on which an error of one pixel weighs a lot."""
    size = body.size.median().item()
    if size < SMALL_PX:
        yield body.finding(
            "small-body",
            f"the body is {size:.0f} pixels large, where an error of one pixel is "
            f"{1700 / size:.0f} mm; use a larger picture of it if you can",
        )


def _outside(points: Tensor, image_size: tuple[int, int]) -> Tensor:
    """(T, J, 2) -> (T, J) bool"""
    size = points.new_tensor(image_size)
    return ((points < -MARGIN * size) | (points > (1 + MARGIN) * size)).any(dim=-1)


def _share(which: Tensor, present: Tensor) -> float:
    return (which.sum() / present.sum().clamp(min=1)).item()
