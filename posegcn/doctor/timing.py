"""Frames that are missing, repeated, or too fast."""

from collections.abc import Iterator

import torch
from torch import Tensor

from posegcn.doctor.body import Body, pair_of
from posegcn.doctor.diagnosis import Finding, percent

# Gaps that can be filled in without a word: over 3 frames, a straight line is off by 0.018 of the
# body in the worst of 20 clips of CMU at 50 frames per second, as a detector is on average; over 5
# by 0.037.
SHORT_GAP, SKIPPED_SHARE = 3, 0.02  # frames, and of all frames; a single one may always be missing
REPEATED_SHARE = 0.03  # of the frames; a still person alone gives less
FASTEST = 8.0  # body sizes in a second, of the median joint in the fastest tenth of the frames
FASTEST_SHARE = 0.9
LIMBS = ("wrist", "elbow", "shoulder", "hip", "knee", "ankle")
TURN_SECONDS = 0.04
FEWEST_APART = 3  # frames; with fewer, noise cannot be told from motion
NIMBLEST = 75.0  # body sizes per second squared; on CMU motion it is 68 at most


def check_frames(body: Body) -> Iterator[Finding]:
    """Gaps in the numbers of the frames: every k-th frame, or some that are missing.

    A few that are short are a remark.
    """
    gaps = body.gaps[1:]
    if not len(gaps) or (gaps == 1).all():
        return
    step = int(gaps.min())
    where = body.gaps > 1
    missing, code = int((gaps - 1).sum()), "missing-frames"
    if step > 1 and (gaps == step).all():
        advice = (
            f"only one frame in {step} is there; number them one by one and divide the frames per "
            f"second by {step}"
        )
    else:
        few = missing <= max(1, SKIPPED_SHARE * (len(body.track) + missing))
        if few and gaps.max() <= SHORT_GAP + 1:
            code = "skipped-frames"
        advice = (
            f"{missing} {'frame is' if missing == 1 else 'frames are'} missing in "
            f"{int(where.sum())} {'gap' if where.sum() == 1 else 'gaps'}, the longest of "
            f"{int(gaps.max()) - 1}; networks over time expect every frame, so fill them in"
        )
    yield body.finding(code, advice, where)


def check_repeated(body: Body) -> Iterator[Finding]:
    """Frames whose keypoints are those of the frame before, to the last digit."""
    known = body.steps.isfinite()
    same = ((body.steps == 0) | ~known).all(dim=1) & known.any(dim=1) & (body.gaps == 1)
    share = same.float().mean().item()
    if share > REPEATED_SHARE:
        yield body.finding(
            "repeated-frames",
            f"{percent(share)} of the frames are the very same as the one before: the video or its "
            "conversion repeats frames; leave them out and correct the frames per second",
            same,
        )


def check_speed(body: Body, fps: float | None) -> Iterator[Finding]:
    """A body too fast, or too nimble, for the stated frames per second.

    One too slow may just be slow. Who walks goes no further at ten times the pace than who runs,
    but would swing the legs ten times in a second: what tells is how quickly joints turn round.
    """
    if fps is None or len(body.track) < 2:
        return
    speed, turn = top_speed(body, fps), top_acceleration(body, fps)
    if speed > FASTEST:
        how = f"goes {speed:.0f} times its size in a second"
    elif turn > NIMBLEST:
        how = (
            f"turns round or speeds up at {turn:.0f} times its size per second squared in half of "
            f"the frames, where {NIMBLEST:.0f} are more than people do"
        )
    else:
        return
    yield body.finding(
        "implausible-speed",
        f"at {fps:g} frames per second the body {how}; give the right --fps",
    )


def top_speed(body: Body, fps: float) -> float:
    """Body sizes in a second, of the median joint, which nine tenths of the frames do not exceed.

    Over 0.04 s, where frames are denser: noise is as large between neighbours.
    """
    rows = min(max(1, round(TURN_SECONDS * fps)), len(body.track) - 1)
    way = (body.points[rows:] - body.points[:-rows]).norm(dim=-1) / body.size[rows:, None]
    frames = body.track.frames[rows:] - body.track.frames[:-rows]
    pace = way.nanmedian(dim=1).values / frames
    pace = pace[pace.isfinite()]
    return fps * pace.quantile(FASTEST_SHARE).item() if len(pace) else 0.0


def top_acceleration(body: Body, fps: float) -> float:
    """Body sizes per second squared that a joint has in half of the frames at least; 0 if unknown.

    From places 0.04 s apart, at so many frames per second that others are in between. Noise, which
    is as large between neighbours, is taken off: with s the median of |p(t+w) - 2 p(t) + p(t-w)|
    over a pair of joints, it is the root of s(w)^2 - 2 s(1)^2 over the time between squared.
    """
    apart = round(TURN_SECONDS * fps)
    pairs = [pair for part in LIMBS if (pair := pair_of(body.skeleton, part))]
    if apart < FEWEST_APART or len(body.track) <= 2 * apart or not pairs:
        return 0.0
    wide, narrow = (_second_differences(body, pairs, rows) for rows in (apart, 1))
    excess = (wide.square() - 2 * narrow.square()).clamp(min=0).sqrt().nan_to_num(nan=0.0)
    return excess.max().item() / (apart / fps) ** 2


def _second_differences(body: Body, pairs: list[tuple[int, int]], rows: int) -> Tensor:
    """Median over time for each pair of joints, in body sizes.  (N,)"""
    points, frames = body.points / body.size[:, None, None], body.track.frames
    change = points[2 * rows :] - 2 * points[rows:-rows] + points[: -2 * rows]
    whole = frames[2 * rows :] - frames[: -2 * rows] == 2 * rows
    length = change.norm(dim=-1)[whole]  # (T', J)
    return torch.stack([length[:, list(pair)].nanmedian() for pair in pairs])
