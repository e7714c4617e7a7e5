r"""Left and right exchanged in single frames.

With s the vector from a joint to its mirror image, keeping the sides from one frame to the next
costs :math:`|s_t - s_{t-1}|^2` and exchanging them :math:`|s_t + s_{t-1}|^2`. The difference, over
the sum, summed over the pairs of a part of the body, is

.. math:: c_t = \frac{2 \sum s_t \cdot s_{t-1}}{\sum |s_t|^2 + |s_{t-1}|^2} \in [-1, 1]

near 1 while a body moves on, and near -1 where its sides change. The shorter of the stretches
between changes are those that are exchanged.

Source: ours.
"""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn.functional import pad

from posegcn.doctor.body import Body, pair_of
from posegcn.doctor.diagnosis import Finding, percent

PARTS = {"arms": ("shoulder", "elbow", "wrist"), "legs": ("hip", "knee", "ankle")}
CHANGE = -0.6  # c below it
WIDE = 0.05  # body sizes between left and right, for a pair to count
SUDDEN = 2.5  # times the steps before and after; legs that cross go on as they went
FEWEST_PAIRS = 2  # that are wide: one alone may be a joint that a detector took for the other
LONGEST_GAP = 5  # rows further apart in time tell nothing


def check_swaps(body: Body) -> Iterator[Finding]:
    """Frames in which arms, legs or both have changed sides."""
    where = torch.zeros_like(body.track.missing)
    for names in PARTS.values():
        pairs = [pair for name in names if (pair := pair_of(body.skeleton, name))]
        if len(pairs) >= FEWEST_PAIRS:
            frames = exchanged(sides_change(body, pairs))
            where[:, torch.tensor(pairs).flatten()] |= frames[:, None]
    if not where.any():
        return
    share = where.any(dim=-1).float().mean().item()
    yield body.finding(
        "swapped-frames",
        f"left and right change places from one frame to the next, so that {percent(share)} of the "
        "frames have them exchanged; exchange them back there",
        where,
    )


def sides_change(body: Body, pairs: list[tuple[int, int]]) -> Tensor:
    """Whether the sides change from the row before to this one.  (T,) bool"""
    left, right = torch.tensor(pairs).T
    apart = (body.points[:, left] - body.points[:, right]) / body.size[:, None, None]  # (T, P, 2)
    now, before = apart[1:], apart[:-1]
    inner = (now * before).sum(dim=-1)
    both = now.square().sum(dim=-1) + before.square().sum(dim=-1)
    wide = torch.minimum(now.norm(dim=-1), before.norm(dim=-1)) > WIDE  # false for NaN
    inner, both = inner.where(wide, 0), both.where(wide, 0)
    inner_sum, both_sum = inner.sum(dim=-1), both.sum(dim=-1)
    turned = 2 * inner_sum / both_sum.clamp(min=1e-9) < CHANGE
    smooth = (both_sum - 2 * inner_sum.abs()).clamp(min=0).sqrt()  # the step if sides are kept
    around = torch.maximum(pad(smooth, (1, 0))[:-1], pad(smooth, (0, 1))[1:])
    turned &= (both_sum - 2 * inner_sum).clamp(min=0).sqrt() > SUDDEN * around
    most = (wide & (inner < 0)).sum(dim=-1) >= torch.clamp(wide.sum(dim=-1) * 0.9, min=FEWEST_PAIRS)
    return pad(turned & most & (body.gaps[1:] <= LONGEST_GAP), (1, 0))


def exchanged(changes: Tensor) -> Tensor:
    """The frames between changes that are the fewer.  (T,) bool"""
    odd = changes.cumsum(dim=0) % 2 == 1
    return odd if odd.float().mean() <= 0.5 else ~odd
