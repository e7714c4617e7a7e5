"""Makes tracks of people from what a parser found."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import torch

from posegcn.errors import InputError
from posegcn.keypoints.following import follow
from posegcn.keypoints.sighting import Reading, Sighting, same_count
from posegcn.keypoints.track import Track
from posegcn.keypoints.values import in_pixels, shown
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
    sightings = _without_repetition(sorted(reading.sightings, key=lambda s: s.frame))
    if same_count(sightings) != reading.skeleton.num_joints:
        raise InputError(
            f"expected {reading.skeleton.num_joints} keypoints ({reading.skeleton.name}) for "
            f"everyone, got {same_count(sightings)}"
        )
    _check_frames(sightings)
    values = in_pixels(np.stack([sighting.values for sighting in sightings]))
    sightings = [s._replace(values=row) for s, row in zip(sightings, values, strict=True)]
    named = _named(sightings)
    if not named:
        sightings = _followed(sightings)
    by_person = defaultdict(list)
    for sighting in sightings:
        by_person[sighting.person].append(sighting)
    if not by_person:
        raise InputError("expected people with keypoints, got no keypoint that was found")
    tracks = (_track(name, reading.skeleton, rows) for name, rows in by_person.items())
    return tuple(tracks), named


def _check_frames(sightings: Sequence[Sighting]) -> None:
    first, last = sightings[0].frame, sightings[-1].frame
    if first < 0:
        raise InputError(f"expected frames counted from 0 or 1, got frame {shown(first)}")
    if last - first >= LONGEST_CLIP or last >= 2**62:
        raise InputError(
            f"expected at most {LONGEST_CLIP} frames from the first to the last, got frames "
            f"{shown(first)} to {shown(last)}"
        )


def _without_repetition(sightings: Sequence[Sighting]) -> list[Sighting]:
    seen = {(s.frame, s.person, s.values.tobytes()): s for s in reversed(sightings)}
    return list(reversed(seen.values()))


def _named(sightings: Sequence[Sighting]) -> bool:
    everybody = all(sighting.person is not None for sighting in sightings)
    return everybody and len({(s.frame, s.person) for s in sightings}) == len(sightings)


def _followed(sightings: Sequence[Sighting]) -> list[Sighting]:
    """The same with names "0", "1", ... of those who are near each other in following frames."""
    by_frame = defaultdict(list)
    for sighting in sightings:
        by_frame[sighting.frame].append(sighting)
    if len(by_frame) == len(sightings):
        return [sighting._replace(person="0") for sighting in sightings]
    seen = {frame: [s for s in people if _anything(s)] for frame, people in by_frame.items()}
    people = follow([[s.values for s in row] for row in seen.values()], list(seen))
    return [
        sighting._replace(person=str(name))
        for row, names in zip(seen.values(), people, strict=True)
        for sighting, name in zip(row, names, strict=True)
    ]


def _anything(sighting: Sighting) -> bool:
    keypoints = sighting.values[:, :2]
    found = np.isfinite(keypoints).all(axis=-1) & (keypoints != 0).any(axis=-1)
    return bool((found & (sighting.values[:, 2] > 0)).any())


def _track(name: str, skeleton: Skeleton, rows: Sequence[Sighting]) -> Track:
    frames = torch.tensor([row.frame for row in rows])
    values = torch.from_numpy(np.stack([row.values for row in rows])).float()
    return Track(name, skeleton, frames, values[..., :2].contiguous(), values[..., 2].contiguous())
