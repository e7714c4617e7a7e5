"""Clip tables: the rows of the clips of several results, as arrays."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from posegcn.errors import InputError, look_up

# What is averaged first: the rows of the result, or nothing, so that every pose weighs the same.
# The values name the part of a result that holds these averages.
AVERAGINGS = {"action": "mean", "frame": "pooled"}

# Two results are of the same poses if their clips agree in these; distances to a millimetre,
# because two machines do not round alike.
FACTS = ("subject", "action", "camera", "recording", "poses", "distance_m")
TOLERANCE_M = 1e-3


class ClipTable(NamedTuple):
    """What several results say of C clips.

    Args:
        errors: Mean over the poses of a clip, averaged over the results.  (C,)
        poses: Number of poses.  (C,)
        recordings: Number of the recording; where the results do not tell, of the clip.  (C,)
        rows: Number of the row of the result; one row when all poses weigh the same.  (C,)
        names: Name of each row.
    """

    errors: np.ndarray
    poses: np.ndarray
    recordings: np.ndarray
    rows: np.ndarray
    names: tuple[str, ...]

    @property
    def num_recordings(self) -> int:
        """Number of recordings."""
        return len(set(self.recordings.tolist()))

    @property
    def alone(self) -> tuple[str, ...]:
        """Rows with one recording, which tells nothing of how others would differ."""
        found = [set(self.recordings[self.rows == row].tolist()) for row in range(len(self.names))]
        return tuple(name for name, held in zip(self.names, found, strict=True) if len(held) == 1)


def clip_table(
    results: Sequence[Mapping[str, Any]], measure: str, averaging: str = "action"
) -> ClipTable:
    """The clips of results that were measured on the same poses.

    A clip that is too short for a velocity or an acceleration is left out of these measures; the
    others weigh as many as they have poses, as under the pooling ``"released"``.

    Args:
        results: Dictionaries as :meth:`posegcn.evaluation.report.Report.to_dict` gives them.
        measure: ``"P1"``, ``"P2"``, ...
        averaging: Name in ``AVERAGINGS``.

    Raises:
        InputError: A name is unknown, a result has no clips or other poses than the first, or no
            clip has the measure.
    """
    by_row = look_up("averaging", averaging, AVERAGINGS) == "mean"
    check_same_poses(results)
    for result in results:
        look_up("measure", measure, result["pooled"])
    errors = np.array([[_number(clip[measure]) for clip in r["clips"]] for r in results])
    if not (found := np.isfinite(errors).all(axis=0)).any():
        raise InputError(f"no clip has a {measure}; measure clips of consecutive frames")
    clips = [clip for clip, kept in zip(results[0]["clips"], found, strict=True) if kept]
    rows = [_row(clip, results[0]["actions"]) if by_row else "all poses" for clip in clips]
    names = tuple(dict.fromkeys(rows))
    return ClipTable(
        errors[:, found].mean(axis=0),
        np.array([float(clip["poses"]) for clip in clips]),
        np.array([clip.get("recording", index) for index, clip in enumerate(clips)]),
        np.array([names.index(row) for row in rows]),
        names,
    )


def check_same_poses(results: Sequence[Mapping[str, Any]]) -> None:
    """Refuse results that are not all of the same clips with the same poses.

    Raises:
        InputError: There is no result, one has no clips, or one has others than the first.
    """
    if not results:
        raise InputError("expected at least one result, got none")
    for number, result in enumerate(results, 1):
        if not (clips := result.get("clips")):
            raise InputError(
                f"result {number} has no rows of clips, which intervals and paired comparisons "
                "are made of; evaluate the network again with this version"
            )
        first = results[0]["clips"]
        if len(clips) != len(first):
            raise InputError(
                f"result {number} has {len(clips)} clips, the first has {len(first)}; measure "
                "both on the same poses"
            )
        for one, other in zip(first, clips, strict=True):
            if not _same(one, other):
                raise InputError(
                    f"result {number} has the clip {_facts(other)} where the first has "
                    f"{_facts(one)}; measure both on the same poses"
                )


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    near = math.isclose(
        one.get("distance_m", 0), other.get("distance_m", 0), rel_tol=0, abs_tol=TOLERANCE_M
    )
    return near and all(one.get(f) == other.get(f) for f in FACTS if f != "distance_m")


def _facts(clip: Mapping[str, Any]) -> str:
    return ", ".join(f"{fact} {clip[fact]}" for fact in FACTS if fact in clip)


def _row(clip: Mapping[str, Any], rows: Mapping[str, Any]) -> str:
    """The row that a clip is part of; those by subject carry the name of both."""
    return clip["action"] if clip["action"] in rows else f"{clip['subject']} {clip['action']}"


def _number(value: float | None) -> float:
    return math.nan if value is None else value
