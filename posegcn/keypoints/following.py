"""Follows people from frame to frame by what is near, where a file does not say who is who."""

from collections.abc import Sequence

import numpy as np

from posegcn.errors import InputError

FARTHEST = 0.5  # of the size of the body: a jump further away is somebody else
LONGEST_GAP = 30  # frames without a person after which the next one is somebody else
MOST_TRACKS = 1000  # people in a clip; more are no people
_MOST_PEOPLE = 500


def follow(frames: Sequence[Sequence[np.ndarray]], numbers: Sequence[int]) -> list[list[int]]:
    r"""Give each person of each frame a number that stays the same from frame to frame.

    People of a frame are assigned to those seen before so that the sum of the costs is least
    (Kuhn, "The Hungarian method for the assignment problem", 1955), with the cost

    .. math:: d_{ab} = \frac{1}{|V|} \sum_{j \in V} \lVert a_j - b_j \rVert \Big/ \max(s_a, s_b)

    over the joints V that both have, where s is the diagonal of the box around a person. The cost
    is free of scale: a small person far away jumps less than a large one nearby.

    Args:
        frames: For each frame, the keypoints of its people; the third number is a confidence.
            (J, 3) each
        numbers: Number of each frame, increasing.

    Returns:
        For each frame, the number of each of its people, counted from 0.

    Raises:
        InputError: There are too many people in a frame, or in the clip.
    """
    last_seen: dict[int, tuple[int, np.ndarray]] = {}
    count, assigned = 0, []
    for number, people in zip(numbers, frames, strict=True):
        if len(people) > _MOST_PEOPLE:
            raise InputError(
                f"expected at most {_MOST_PEOPLE} people in frame {number}, got {len(people)}"
            )
        last_seen = {k: seen for k, seen in last_seen.items() if number - seen[0] <= LONGEST_GAP}
        here = [_present(person) for person in people]
        known = list(last_seen)
        matches = _match([last_seen[k][1] for k in known], here)
        row = []
        for index, person in enumerate(here):
            if index in matches:
                identity = known[matches[index]]
            else:
                identity, count = count, count + 1
            last_seen[identity] = number, person
            row.append(identity)
        if count > MOST_TRACKS:
            raise InputError(
                f"expected at most {MOST_TRACKS} people, got more until frame {number}: they are "
                "never where they were a frame before; write out who is who"
            )
        assigned.append(row)
    return assigned


def _present(person: np.ndarray) -> np.ndarray:
    """Keypoints with NaN for those that the detector did not find.  (J, 3) -> (J, 2)"""
    keypoints = person[:, :2]
    empty = ~(person[:, 2] > 0) | (keypoints == 0).all(axis=-1)
    return np.where(empty[:, None], np.nan, keypoints)


def _match(before: list[np.ndarray], now: list[np.ndarray]) -> dict[int, int]:
    """Index into ``before`` for the people of ``now`` that have one."""
    if not before or not now:
        return {}
    from scipy.optimize import linear_sum_assignment  # here: needed for several people alone

    cost = _costs(np.stack(now), np.stack(before))
    rows, columns = linear_sum_assignment(np.minimum(cost, 10 * FARTHEST))
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return {row: column for row, column in pairs if cost[row, column] <= FARTHEST}


def _costs(now: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Scale-free distance of each to each; infinite if too far.  (N, J, 2), (M, J, 2) -> (N, M)

    No two joints are nearer to each other than the boxes around their bodies, so that of most pairs
    in a crowd the boxes say enough.
    """
    (low, high), (others_low, others_high) = _box(now), _box(before)
    size = np.maximum(_diagonal(low, high)[:, None], _diagonal(others_low, others_high))
    gap = np.maximum(low[:, None] - others_high, others_low - high[:, None]).clip(min=0)
    near = np.linalg.norm(gap, axis=-1) <= FARTHEST * size
    cost = np.full(near.shape, np.inf)
    one, other = np.nonzero(near)
    apart = np.linalg.norm(now[one] - before[other], axis=-1)  # (K, J)
    common = np.isfinite(apart)
    mean = np.where(common, apart, 0.0).sum(axis=-1) / np.maximum(common.sum(axis=-1), 1)
    relative = mean / np.maximum(size[one, other], 1e-9)
    cost[one, other] = np.where(common.any(axis=-1), relative, np.inf)
    return cost


def _box(people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Corners of the box around each person.  (N, J, 2) -> 2 x (N, 2)"""
    found = np.isfinite(people)
    low = np.where(found, people, np.inf).min(axis=-2)
    return low, np.where(found, people, -np.inf).max(axis=-2)


def _diagonal(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """(N, 2), (N, 2) -> (N,)"""
    extent = np.where(np.isfinite(low) & np.isfinite(high), high - low, 0.0)
    return np.linalg.norm(extent, axis=-1)
