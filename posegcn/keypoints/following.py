"""Follows people from frame to frame by what is near, where a file does not say who is who."""

from collections.abc import Sequence

import numpy as np

from posegcn.errors import InputError

FARTHEST = 0.5  # of the size of the body: a jump further away is somebody else
LONGEST_GAP = 30  # frames without a person after which the next one is somebody else
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
        InputError: There are too many people in a frame.
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

    cost = np.stack([_distances(person, before) for person in now])  # (now, before)
    rows, columns = linear_sum_assignment(np.minimum(cost, 10 * FARTHEST))
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return {row: column for row, column in pairs if cost[row, column] <= FARTHEST}


def _distances(person: np.ndarray, others: list[np.ndarray]) -> np.ndarray:
    """Scale-free distance to each of the others; infinite without a common joint.  (N,)"""
    stacked = np.stack(others)  # (N, J, 2)
    apart = np.linalg.norm(stacked - person, axis=-1)  # (N, J)
    common = np.isfinite(apart)
    mean = np.where(common, apart, 0.0).sum(axis=-1) / np.maximum(common.sum(axis=-1), 1)
    size = np.maximum(_size(stacked), _size(person[None]))
    return np.where(common.any(axis=-1), mean / np.maximum(size, 1e-9), np.inf)


def _size(people: np.ndarray) -> np.ndarray:
    """Diagonal of the box around each person.  (N, J, 2) -> (N,)"""
    found = np.isfinite(people)
    low = np.where(found, people, np.inf).min(axis=-2)
    high = np.where(found, people, -np.inf).max(axis=-2)
    extent = np.where(found.any(axis=-2), high - low, 0.0)
    return np.linalg.norm(extent, axis=-1)
