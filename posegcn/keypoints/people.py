"""Makes tracks of people from what a parser found."""

from collections.abc import Sequence

import numpy as np
import torch

from posegcn.errors import InputError
from posegcn.keypoints.following import MOST_TRACKS, follow
from posegcn.keypoints.sighting import Reading, Sightings
from posegcn.keypoints.track import Track
from posegcn.keypoints.values import check_pixels, shown, stated_confidence
from posegcn.skeleton import Skeleton

LONGEST_CLIP = 1_000_000  # frames from the first to the last; over nine hours at 30 per second


def tracks_of(reading: Reading) -> tuple[tuple[Track, ...], bool]:
    """Tracks, and whether the file itself tells who is who.

    It does where it names everybody in every frame, and nobody twice in one. Otherwise a single
    person in each frame is one track, and several are followed (:func:`~.following.follow`).
    A person who is in a frame twice with the very same numbers counts once.

    Raises:
        InputError: There is nobody, or the numbers of joints or frames cannot be right.
    """
    found, skeleton = reading.sightings, reading.skeleton
    if found.num_joints != skeleton.num_joints:
        raise InputError(
            f"expected {skeleton.num_joints} keypoints ({skeleton.name}) for everyone, got "
            f"{found.num_joints}"
        )
    frames = _checked(found.frames)
    values = found.values
    check_pixels(values[..., :2])
    values[..., 2] = stated_confidence(values[..., 2])
    if not (values[..., :2] > 0).any() and not (values[..., :2] < 0).any():
        raise InputError("expected people with keypoints, got no keypoint that was found")
    rows = np.argsort(frames, kind="stable")
    rows = _without_repetition(rows, frames, found)
    named = _named(rows, frames, found.people)
    people = [found.people[row] for row in rows]
    if not named:
        rows, people = _followed(rows, frames, values)
    return tuple(_tracks(skeleton, rows, people, frames, values)), named


def _checked(frames: Sequence[int]) -> np.ndarray:
    """Numbers of frames, once they are known to be possible.  (N,)"""
    first, last = min(frames), max(frames)
    if first < 0:
        raise InputError(f"expected frames counted from 0 or 1, got frame {shown(first)}")
    if last - first >= LONGEST_CLIP or last >= 2**62:
        raise InputError(
            f"expected at most {LONGEST_CLIP} frames from the first to the last, got frames "
            f"{shown(first)} to {shown(last)}"
        )
    return np.array(frames, dtype=np.int64)


def _without_repetition(rows: np.ndarray, frames: np.ndarray, found: Sightings) -> np.ndarray:
    """Rows in their order, without those that say what an earlier one says."""
    if len(np.unique(frames)) == len(frames):
        return rows
    seen = {}
    for row in rows.tolist():
        seen.setdefault((frames[row], found.people[row], found.values[row].tobytes()), row)
    return np.array(list(seen.values()))


def _named(rows: np.ndarray, frames: np.ndarray, people: Sequence[str | None]) -> bool:
    names = [people[row] for row in rows]
    return None not in names and len(set(zip(frames[rows], names, strict=True))) == len(rows)


def _followed(
    rows: np.ndarray, frames: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, list[str]]:
    """Rows with names "0", "1", ... of those who are near each other in following frames.

    Where somebody is not alone, whoever has no keypoint is left out.
    """
    if len(np.unique(frames[rows])) == len(rows):
        return rows, ["0"] * len(rows)
    placed = (values[rows][..., :2] != 0).any(axis=-1) & np.isfinite(values[rows]).all(axis=-1)
    rows = rows[(placed & (values[rows][..., 2] > 0)).any(axis=-1)]
    if not len(rows):
        raise InputError("expected people with keypoints, got no keypoint that was found")
    numbers, starts = np.unique(frames[rows], return_index=True)
    in_frames = np.split(values[rows], starts[1:])
    identities = follow(in_frames, numbers.tolist())
    return rows, [str(name) for names in identities for name in names]


def _tracks(
    skeleton: Skeleton,
    rows: np.ndarray,
    people: Sequence[str],
    frames: np.ndarray,
    values: np.ndarray,
) -> list[Track]:
    codes: dict[str, int] = {}
    code = np.array([codes.setdefault(name, len(codes)) for name in people])
    if len(codes) > MOST_TRACKS:
        raise InputError(f"expected at most {MOST_TRACKS} people, got {len(codes)}")
    ends = np.cumsum(np.bincount(code))[:-1]
    by_person = np.split(rows[np.argsort(code, kind="stable")], ends)
    return [
        _track(name, skeleton, frames[own], values[own])
        for name, own in zip(codes, by_person, strict=True)
    ]


def _track(name: str, skeleton: Skeleton, frames: np.ndarray, values: np.ndarray) -> Track:
    confidence = torch.from_numpy(values[..., 2].copy())
    return Track(
        name,
        skeleton,
        torch.from_numpy(frames),
        torch.from_numpy(values[..., :2].copy()),
        confidence.clamp(0, 1),
        confidence_range=(confidence.min().item(), confidence.max().item()),
    )
