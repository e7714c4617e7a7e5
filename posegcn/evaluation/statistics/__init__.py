"""Statistics of results: spread over seeds, intervals over recordings, paired comparison.

Two things make an error differ from the next one. Another seed gives another network: the standard
deviation over seeds says how much. Other recordings give other poses: the bootstrap says how much.
The poses of a recording are neighbours in time and its cameras look at the same motion, so neither
are independent: what is drawn is whole recordings, with all their poses and cameras. Nothing here
says what other people would give; for that a data set of two or three test subjects is too small.
"""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, stdev
from typing import Any, NamedTuple

import numpy as np

from posegcn.errors import InputError, look_up
from posegcn.evaluation.report import Report
from posegcn.evaluation.statistics.bootstrap import resampled_averages
from posegcn.evaluation.statistics.clip_table import (
    AVERAGINGS,
    ClipTable,
    check_same_poses,
    clip_table,
)

Result = Report | Mapping[str, Any]

HIGHER_IS_BETTER = ("PCK", "AUC")


class Spread(NamedTuple):
    """An error over seeds.

    Args:
        mean: Over the seeds.
        sd: Standard deviation with n - 1; NaN for a single seed.
        seeds: How many.
    """

    mean: float
    sd: float
    seeds: int


class Estimate(NamedTuple):
    """An error over seeds, with an interval over recordings.

    Args:
        mean: As in :class:`Spread`, as the next two.
        sd: Over the seeds.
        seeds: How many.
        low: Lower end of the interval; NaN where no row has two recordings.
        high: Its upper end.
        recordings: How many the interval is over.
        alone: Rows with a single recording. They add nothing to the width: an interval with many
            such rows is too narrow.
    """

    mean: float
    sd: float
    seeds: int
    low: float
    high: float
    recordings: int
    alone: tuple[str, ...]


class Difference(NamedTuple):
    """The first error minus the second, on the same poses.

    Args:
        mean: Below zero where the first is smaller.
        low: Lower end of the interval over recordings; NaN where no row has two.
        high: Its upper end.
        first_better: Share of the resamples in which the first is better, ties half.
        seed_error: Standard error of the difference that the seeds cause; NaN where one of both
            has a single seed. A difference is worth a claim only if it is large beside this too.
        recordings: How many the interval is over.
        alone: As in :class:`Estimate`.
    """

    mean: float
    low: float
    high: float
    first_better: float
    seed_error: float
    recordings: int
    alone: tuple[str, ...]


def over_seeds(
    results: Sequence[Result], *, measure: str = "P1", averaging: str = "action"
) -> Spread:
    """Mean and standard deviation over the seeds, of the averages that the results print.

    Args:
        results: One for each seed: reports, or what their JSON files hold.
        measure: ``"P1"``, ``"P2"``, ...
        averaging: ``"action"``: unweighted mean of the actions; ``"frame"``: mean of all poses.

    Raises:
        InputError: There is no result, a name is unknown, or a result lacks the measure.
    """
    if not results:
        raise InputError("expected at least one result, got none")
    part = look_up("averaging", averaging, AVERAGINGS)
    values = [look_up("measure", measure, result[part]) for result in _plain(results)]
    if None in values:
        raise InputError(f"a result has no {measure}; measure clips of consecutive frames")
    return Spread(fmean(values), stdev(values) if len(values) > 1 else math.nan, len(values))


def estimate(
    results: Sequence[Result],
    *,
    measure: str = "P1",
    averaging: str = "action",
    confidence: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> Estimate:
    """Mean and standard deviation over seeds, and a percentile interval over recordings.

    The errors of a clip are averaged over the seeds, then recordings are drawn with replacement,
    each with the poses of all its cameras
    (:func:`~posegcn.evaluation.statistics.bootstrap.resampled_averages`); for the average over
    actions, within each action. The interval holds for the mean of these seeds.

    Args:
        results: One for each seed, on the same poses: reports, or what their JSON files hold.
        measure: ``"P1"``, ``"P2"``, ...
        averaging: ``"action"``: unweighted mean of the actions; ``"frame"``: mean of all poses.
        confidence: Share of the resamples inside the interval.
        resamples: How many.
        seed: Of the draws.

    Raises:
        InputError: A name is unknown, an option out of range, a result has no clips, or not all
            are of the same poses.
    """
    results = _plain(results)
    table = clip_table(results, measure, averaging)
    spread = over_seeds(results, measure=measure, averaging=averaging)
    low, high = _interval(_resampled(table, table.errors, resamples, seed), confidence)
    return Estimate(*spread, low, high, table.num_recordings, table.alone)


def paired_difference(
    first: Sequence[Result],
    second: Sequence[Result],
    *,
    measure: str = "P1",
    averaging: str = "action",
    confidence: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> Difference:
    """How much better one network is than another on the same poses.

    A recording that is hard for one is hard for the other. Both are therefore measured on the
    same draws, and the interval of the difference is narrower than those of the errors suggest.

    Args:
        first: Results of one network, one for each seed.
        second: Those of the other; it may have another number of seeds.
        measure: As in :func:`estimate`, like all that follow.
        averaging: Of the errors.
        confidence: Share of the resamples inside the interval.
        resamples: How many.
        seed: Of the draws.

    Raises:
        InputError: See :func:`estimate`; all results must be of the same poses.
    """
    first, second = _plain(first), _plain(second)
    check_same_poses([*first, *second])
    tables = [clip_table(results, measure, averaging) for results in (first, second)]
    one, other = (over_seeds(r, measure=measure, averaging=averaging) for r in (first, second))
    sampled = _resampled(tables[0], tables[0].errors - tables[1].errors, resamples, seed)
    gain = np.sign(sampled) if measure in HIGHER_IS_BETTER else -np.sign(sampled)
    return Difference(
        one.mean - other.mean,
        *_interval(sampled, confidence),
        float((gain.mean() + 1) / 2),
        math.sqrt(one.sd**2 / one.seeds + other.sd**2 / other.seeds),
        tables[0].num_recordings,
        tables[0].alone,
    )


def _plain(results: Sequence[Result]) -> list[Mapping[str, Any]]:
    return [result.to_dict() if isinstance(result, Report) else result for result in results]


def _resampled(table: ClipTable, errors: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """Averages of drawn recordings; NaN where no row has two of which one could be drawn."""
    if resamples < 1:
        raise InputError(f"expected at least one resample, got {resamples}")
    if len(table.alone) == len(table.names):
        return np.full(resamples, math.nan)
    return resampled_averages(
        errors, table.poses, table.recordings, table.rows, resamples=resamples, seed=seed
    )


def _interval(sampled: np.ndarray, confidence: float) -> tuple[float, float]:
    if not 0 < confidence < 1:
        raise InputError(f"the confidence must be between 0 and 1, got {confidence}")
    low, high = np.quantile(sampled, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
