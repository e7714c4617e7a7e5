"""Is the body upright, and as wide as bodies are?"""

from collections.abc import Iterator

import torch
from torch import Tensor

from posegcn.doctor.body import Body, pair_of
from posegcn.doctor.diagnosis import Finding, percent

CLEAR = 0.1  # body sizes that a head or foot is above the hips, to be sure
MOST_FRAMES = 0.9  # of those that are clear
FEWEST_FRAMES = 10
LEGS = 0.6, 2.0  # times hips to head; shorter where a body crouches, longer where it bends
FEWEST_WIDTH_FRAMES, STANDING_SHARE = 50, 0.5  # half of which have to show a body that stands
# Lengths in legs, from the hip to the ankle: medians of CMU motion.
BONES = {
    ("shoulder", "elbow"): 0.36,
    ("elbow", "wrist"): 0.36,
    ("hip", "knee"): 0.49,
    ("knee", "ankle"): 0.51,
}
ACROSS = {"shoulder": 0.45, "hip": 0.25}
TRUNK = 0.62  # from the middle of the hips to that of the shoulders
REACH_SHARE, REACH_PARTS = 0.9, 4  # of the frames, and how many parts of the body reach so far
# How much further to the side than up and down parts reach: 0.37 to 1.9 in clean parts of clips of
# 50 frames, 0.57 to 1.33 in those of 300; the latter by three times more or less is 1.9 and 0.36.
NARROW, WIDE = 0.365, 1.9
LYING_SLOPE = 1.5  # a torso this much wider than tall lies


def check_upright(body: Body) -> Iterator[Finding]:
    """A head below the hips and feet above them: y counts upwards. A torso that always lies."""
    if body.head is None or body.hips is None:
        return
    torso = (body.head - body.hips) / body.size[:, None]  # (T, 2), y is negative upright
    turned = torso[:, 1] > CLEAR
    clear = torso[:, 1].abs() > CLEAR
    if body.ankles is not None:
        legs = (body.ankles - body.hips)[:, 1] / body.size
        turned &= ~(legs > -CLEAR)
    share = (turned.sum() / clear.sum().clamp(min=1)).item()
    if clear.sum() >= FEWEST_FRAMES and share > MOST_FRAMES:
        yield body.finding(
            "upside-down",
            f"the head is below the hips in {percent(share)} of the frames: y counts upwards in "
            "this file, or the video is turned; replace y by the height of the image minus y",
            turned,
        )
        return
    lying = torso[:, 0].abs() > LYING_SLOPE * torso[:, 1].abs()
    known = torso.isfinite().all(dim=-1)
    share = (lying.sum() / known.sum().clamp(min=1)).item()
    if known.sum() >= FEWEST_FRAMES and share > MOST_FRAMES:
        yield body.finding(
            "lying",
            f"the torso is level in {percent(share)} of the frames: the person lies, or the video "
            "is turned by a quarter",
            lying,
        )


def check_width(body: Body) -> Iterator[Finding]:
    """A body that stands, but is far too wide or too narrow for its height.

    Found from about threefold, as where a tall image was taken for a wide one. A smaller factor
    cannot be told from what people do and from where they are seen: who walks past a camera reaches
    to the side with the legs alone, who balances on one leg with both arms.
    """
    if body.head is None or body.hips is None or body.ankles is None or body.shoulders is None:
        return
    trunk = (body.hips - body.head)[:, 1]
    legs = (body.ankles - body.hips)[:, 1]
    stands = (trunk > CLEAR * body.size) & (legs > LEGS[0] * trunk) & (legs < LEGS[1] * trunk)
    if len(stands) < FEWEST_WIDTH_FRAMES or stands.float().mean() < STANDING_SHARE:
        return
    sideways, upright = _reach(body).tolist()
    proportion = sideways / max(upright, 1e-9)
    if NARROW <= proportion <= WIDE:
        return
    yield body.finding(
        "stretched",
        f"arms, legs and trunk reach {proportion:.1f} times as far to the side as up and down, by "
        f"their own lengths, where {NARROW:.1f} to {WIDE:.1f} are usual; see whether the width and "
        "height of the image are right, and both axes have the same scale",
    )


def _reach(body: Body) -> Tensor:
    """How far bones reach to the side, and up and down, in their own lengths.  (2,)

    A bone is seen at its full length where it lies in the plane of the image. Of all parts of the
    body those count that reach furthest, with what they reach in most frames at the utmost.
    """
    parts = [(body.shoulders - body.hips, TRUNK)]
    parts += [(body.across(part), length) for part, length in ACROSS.items()]
    for (start, end), length in BONES.items():
        pairs = pair_of(body.skeleton, start), pair_of(body.skeleton, end)
        if None not in pairs:
            parts += [
                (body.points[:, b] - body.points[:, a], length) for a, b in zip(*pairs, strict=True)
            ]
    bones = torch.stack([bone / length for bone, length in parts])  # (N, T, 2)
    reach = (bones.abs() / body.size[:, None]).nanquantile(REACH_SHARE, dim=1)  # (N, 2)
    return reach.nan_to_num(nan=0.0).sort(dim=0).values[-REACH_PARTS:].mean(dim=0)
