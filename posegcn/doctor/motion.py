"""Joints that do not move, or leave the body for a moment."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn.functional import pad

from posegcn.doctor.body import Body, running_median
from posegcn.doctor.diagnosis import Finding

FROZEN_FRAMES = 15  # in the very same place; a detector never gives the same number so often
MOVED = 0.1  # body sizes that the median joint goes meanwhile, in total
MOVED_PIXELS = 0.5  # the same for a file in whole pixels, where a standing foot stays in place
JUMP = 0.35  # body sizes away from where it is before and after
JUMP_FRAMES = 7  # a jump is shorter than half of it
USUAL_JUMPS = 5.0  # times the distance that 95 % of the joint's frames stay below
SUDDEN = 0.25  # body sizes from one frame to the next; who kicks is as far away, but not at once
NEAR = 0.15  # body sizes; so near to the other side's joint it was taken for that
SAME_PLACE = 0.08  # body sizes; where a joint is that was taken for the other for some frames
LONG_BONE = 1.3  # times the length that 98 % of the frames stay below
MOST_JOINTS = 0.5  # if more jump at once, it is the body


def check_frozen(body: Body) -> Iterator[Finding]:
    """Joints at the very same numbers for long, while the body moves."""
    same = body.steps == 0  # (T, J)
    whole = body.points[body.points.isfinite()]
    least = MOVED_PIXELS if (whole == whole.round()).all() else MOVED
    way = body.steps.nanmedian(dim=1).values.nan_to_num(nan=0.0).cumsum(dim=0)  # (T,)
    lengths = run_lengths(same)
    start = (torch.arange(len(same))[:, None] - lengths).clamp(min=0)
    frozen = same & (lengths >= FROZEN_FRAMES) & (way[:, None] - way[start] > least)
    frozen = _back_to_start(frozen, same)
    if frozen.any():
        names = ", ".join(body.skeleton.joints[j] for j in frozen.any(dim=0).nonzero().flatten())
        yield body.finding(
            "frozen-joints",
            f"{names}: the very same numbers for {FROZEN_FRAMES} frames and more while the body "
            "moves; they were not found there, set their confidence to 0",
            frozen,
        )


def check_jumps(body: Body) -> Iterator[Finding]:
    """Joints far from where they are before and after; those at the other side's joint apart."""
    middle = running_median(body.points, JUMP_FRAMES)
    away = (body.points - middle).norm(dim=-1) / body.size[:, None]  # (T, J)
    usual = away.nan_to_num(nan=0.0).quantile(0.95, dim=0)
    jumps = (away > JUMP) & (away > USUAL_JUMPS * usual)
    jumps &= (jumps.float().mean(dim=1) < MOST_JOINTS)[:, None]
    jumps = _sudden(jumps, body.steps)
    crossed = jumps & (_at_other_side(body, middle) | _back_again(body, middle))
    jumps &= ~crossed
    if jumps.any():
        yield body.finding(
            "jumping-joints",
            f"{_keypoints(jumps)} more than {JUMP} of the body away from where they are before and "
            "after; set their confidence to 0, or smooth",
            jumps,
        )
    if crossed.any():
        yield body.finding(
            "flicker",
            f"{_keypoints(crossed)} at the joint of the other side for a moment, as detectors have "
            "it where limbs cross",
            crossed,
        )


def _keypoints(found: Tensor) -> str:
    """How many, with their verb."""
    count = int(found.sum())
    return "1 keypoint is" if count == 1 else f"{count} keypoints are"


def _sudden(jumps: Tensor, steps: Tensor) -> Tensor:
    """Those that begin and end with a large step; motion that is cut does not.  (T, J) bool"""
    before, after = pad(jumps, (0, 0, 1, 0))[:-1], pad(jumps, (0, 0, 0, 1))[1:]
    following = pad(steps[1:], (0, 0, 0, 1), value=torch.nan)
    slow = (jumps & ~before & (steps <= SUDDEN)) | (jumps & ~after & (following <= SUDDEN))
    return jumps & ~_back_to_start(slow, jumps)


def _at_other_side(body: Body, middle: Tensor) -> Tensor:
    """Whether a joint is where its mirror image is, or usually is.  (T, J) bool"""
    return _near_mirror(body, body.points, middle, NEAR)


def _back_again(body: Body, middle: Tensor) -> Tensor:
    """Whether a joint usually is where its mirror image is, and now where it can be.  (T, J) bool

    It was taken for the other for most of the frames around, and is itself in this one. Feet that
    stand together are hardly as near to each other; a joint that jumps leaves its bone too long.
    """
    lengths = torch.full(middle.shape[:2], torch.nan)
    for child, parent in body.skeleton.bones:
        lengths[:, child] = (body.points[:, child] - body.points[:, parent]).norm(dim=-1)
    lengths /= body.size[:, None]
    both = torch.cat([lengths, lengths[:, list(body.skeleton.mirror)]])
    too_long = lengths > LONG_BONE * both.nan_to_num(nan=0.0).quantile(0.98, dim=0)
    return _near_mirror(body, middle, middle, SAME_PLACE) & ~too_long


def _near_mirror(body: Body, places: Tensor, middle: Tensor, near: float) -> Tensor:
    mirror = list(body.skeleton.mirror)
    others = torch.stack([middle[:, mirror], body.points[:, mirror]])
    apart = (others - places).norm(dim=-1)  # (2, T, J)
    is_pair = torch.tensor(mirror) != torch.arange(len(mirror))
    return (apart < near * body.size[:, None]).any(dim=0) & is_pair


def run_lengths(holds: Tensor) -> Tensor:
    """For how many rows, up to each, it has held without a break.  (T, ...) bool -> (T, ...)"""
    rows = torch.arange(1, len(holds) + 1).view(-1, *[1] * (holds.dim() - 1))
    return rows - torch.where(holds, 0, rows).cummax(dim=0).values


def _back_to_start(end: Tensor, holds: Tensor) -> Tensor:
    """The whole of every run of ``holds`` that has ``end`` in it.  (T, J) bool"""
    run = (~holds).cumsum(dim=0)  # the number of a run, with the row before it
    marked = torch.zeros_like(holds, dtype=torch.int32)
    rows, joints = end.nonzero(as_tuple=True)
    marked[run[rows, joints].clamp(max=len(holds) - 1), joints] = 1
    return marked.gather(0, run.clamp(max=len(holds) - 1)).bool() & holds
