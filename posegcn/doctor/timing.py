"""Frames that are missing, repeated, or too fast."""

from collections.abc import Iterator

from posegcn.doctor.body import Body
from posegcn.doctor.diagnosis import Finding, percent

REPEATED_SHARE = 0.03  # of the frames; a still person alone gives less
FASTEST = 8.0  # body sizes in a second, of the median joint in the fastest tenth of the frames
FASTEST_SHARE = 0.9


def check_frames(body: Body) -> Iterator[Finding]:
    """Gaps in the numbers of the frames: every k-th frame, or some that are missing."""
    gaps = body.gaps[1:]
    if not len(gaps) or (gaps == 1).all():
        return
    step = int(gaps.min())
    where = body.gaps > 1
    if step > 1 and (gaps == step).all():
        advice = (
            f"only one frame in {step} is there; number them one by one and divide the frames per "
            f"second by {step}"
        )
    else:
        missing = int((gaps - 1).sum())
        advice = (
            f"{missing} frames are missing in {int(where.sum())} gaps, the longest of "
            f"{int(gaps.max()) - 1}; networks over time expect every frame, so fill them in"
        )
    yield body.finding("missing-frames", advice, where)


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
    """A body too fast for the stated frames per second; one too slow may just be slow."""
    if fps is None or len(body.track) < 2:
        return
    speed = top_speed(body) * fps
    if speed > FASTEST:
        yield body.finding(
            "implausible-speed",
            f"at {fps:g} frames per second the body goes {speed:.0f} times its size in a second; "
            "give the right --fps",
        )


def top_speed(body: Body) -> float:
    """Body sizes in a frame, of the median joint, which nine tenths of the frames do not exceed."""
    pace = body.steps.nanmedian(dim=1).values / body.gaps
    pace = pace[pace.isfinite()]
    return pace.quantile(FASTEST_SHARE).item() if len(pace) else 0.0
