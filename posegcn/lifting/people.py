"""Who of a file is lifted: detectors also find people where nobody is, with little confidence."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from posegcn.errors import InputError
from posegcn.keypoints.track import Track

LEAST_SCORE = 0.3  # detectors give people 0.5 and more, and false ones 0.1 to 0.3


def scores(track: Track) -> Tensor:
    """Mean confidence of the keypoints that were found; 0 where none was.  (T,)"""
    found = ~track.missing
    total = torch.where(found, track.confidence, 0).sum(dim=1)
    return total / found.sum(dim=1).clamp(min=1)


def worth_lifting(
    tracks: Sequence[Track], least_score: float = LEAST_SCORE
) -> tuple[list[Track], dict[str, str]]:
    """Those of several people whose median score is not too low, and why the others are left out.

    Args:
        tracks: Everybody. Who is alone is lifted in any case.
        least_score: Least median over the frames of :func:`scores`.

    Raises:
        InputError: Nobody reaches it.
    """
    if len(tracks) == 1:
        return list(tracks), {}
    medians = {track.person: scores(track).median().item() for track in tracks}
    kept = [track for track in tracks if medians[track.person] >= least_score]
    if not kept:
        raise InputError(
            f"nobody of {len(tracks)} people has a score of {least_score:g}, the mean confidence "
            f"of the keypoints; the highest is {max(medians.values()):.2f}: lower the least score"
        )
    return kept, {
        name: f"its score, the mean confidence, is {score:.2f}, and {least_score:g} is asked for "
        "(--least-score)"
        for name, score in medians.items()
        if score < least_score
    }


def in_single_pictures(
    tracks: Sequence[Track], least_score: float = LEAST_SCORE
) -> tuple[list[Track], int]:
    """People numbered from 0 in each picture, as nobody is the same in two; how many are left out.

    Args:
        tracks: Everybody.
        least_score: Least of :func:`scores` in a picture.

    Raises:
        InputError: Nobody reaches it.
    """
    kept = torch.cat([scores(track) >= least_score for track in tracks])
    if not kept.any():
        raise InputError(
            f"nobody in any picture has a score of {least_score:g}, the mean confidence of the "
            "keypoints: lower the least score"
        )
    frames, keypoints, confidence = (
        torch.cat([getattr(track, part) for track in tracks])[kept]
        for part in ("frames", "keypoints_px", "confidence")
    )
    order = frames.argsort(stable=True)
    frames = frames[order]
    number = torch.arange(len(frames)) - torch.searchsorted(frames, frames)  # within its picture
    people = []
    for person in range(int(number.max()) + 1):
        rows = order[number == person]
        parts = {"keypoints_px": keypoints[rows], "confidence": confidence[rows]}
        own = frames[number == person]
        people.append(replace(tracks[0], person=str(person), frames=own, **parts))
    return people, int((~kept).sum())
