"""Who is who: several people, tracks that jump, break or double."""

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

import torch
from torch import Tensor
from torch.nn.functional import pad

from posegcn.doctor.body import Body, running_median
from posegcn.doctor.diagnosis import Finding

FASTEST = 7.0  # body sizes in a second that a person can run, about 12 m/s
USUAL_FPS = 25.0  # where the file does not tell
LEAST_STEP = 0.3  # body sizes
USUAL_STEPS = 5.0  # times the steps around
AROUND = 15  # frames
LONGEST_GAP = 25  # frames; after a longer one anybody may be anywhere
NEAR = 0.5  # body sizes between the end of a track and the beginning of the next
SAME = 0.05  # body sizes between keypoints of one person that was found twice
SAME_FRAMES = 5


def check_identity(body: Body, fps: float | None) -> Iterator[Finding]:
    """Frames in which the whole body is suddenly elsewhere."""
    step = body_steps(body)
    limit = (FASTEST * body.gaps / (fps or USUAL_FPS)).clamp(min=LEAST_STEP)
    usual = running_median(step[:, None] / body.gaps[:, None], AROUND)[:, 0].nan_to_num(nan=0.0)
    jumps = (step > limit) & (step / body.gaps > USUAL_STEPS * usual) & (body.gaps <= LONGEST_GAP)
    if jumps.any():
        yield body.finding(
            "identity-switch",
            f"the whole body is elsewhere at once in {int(jumps.sum())} frames: the track goes "
            "over to another person, or the video is cut; split it there",
            jumps,
        )


def body_steps(body: Body) -> Tensor:
    """Way of the body's middle since the row before, in body sizes, by joints in both.  (T,)"""
    way = (body.points[1:] - body.points[:-1]).nanmean(dim=1).norm(dim=-1)
    return pad(way / torch.minimum(body.size[1:], body.size[:-1]), (1, 0), value=torch.nan)


def check_people(bodies: Sequence[Body]) -> Iterator[Finding]:
    """Several people, people whose track goes on under another name, people found twice."""
    if len(bodies) < 2:
        return
    spans = [(int(body.track.frames[0]), int(body.track.frames[-1])) for body in bodies]
    people = list(zip(bodies, spans, strict=True))
    for (one, (_, end)), (other, (begin, _)) in permutations(people, 2):
        if 0 < begin - end <= LONGEST_GAP:
            yield from _check_broken(one, other)
    for (one, (begin, end)), (other, (others_begin, others_end)) in combinations(people, 2):
        if begin <= others_end and others_begin <= end:
            yield from _check_double(one, other)
    most = max(bodies, key=lambda body: len(body.track)).track
    names = ", ".join(f"{body.track.person} ({len(body.track)})" for body in bodies[:8])
    yield Finding(
        "several-people",
        f"{len(bodies)} people, with their frames: {names}{', ...' if len(bodies) > 8 else ''}; "
        f"{most.person} is in most",
    )


def _check_broken(one: Body, other: Body) -> Iterator[Finding]:
    apart = (other.points[0] - one.points[-1]).norm(dim=-1).nanmean()
    if apart < NEAR * torch.minimum(one.size[-1], other.size[0]):
        first = int(other.track.frames[0])
        yield Finding(
            "broken-track",
            f"person {other.track.person} begins where person {one.track.person} ends: they seem "
            "to be one; give them one name",
            other.track.person,
            (first,),
        )


def _check_double(one: Body, other: Body) -> Iterator[Finding]:
    shared, rows, others = _shared_rows(one.track.frames, other.track.frames)
    if len(shared) < SAME_FRAMES:
        return
    apart = (one.points[rows] - other.points[others]).norm(dim=-1).nanmedian(dim=1).values
    same = apart < SAME * one.size[rows]
    if same.sum() >= SAME_FRAMES:
        yield Finding(
            "duplicate-person",
            f"person {other.track.person} has the keypoints of person {one.track.person} in "
            f"{int(same.sum())} frames: it was found twice; leave one out",
            other.track.person,
            tuple(shared[same].tolist()),
        )


def _shared_rows(one: Tensor, other: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Frames that both have, with their rows in each."""
    shared = one[torch.isin(one, other)]
    return shared, torch.searchsorted(one, shared), torch.searchsorted(other, shared)
