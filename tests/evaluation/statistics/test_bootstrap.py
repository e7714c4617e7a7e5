import numpy as np
import pytest

from posegcn.evaluation.statistics.bootstrap import resampled_averages


def averages(errors, recordings=None, weights=None, rows=None, resamples=20_000, seed=0):
    errors = np.asarray(errors, dtype=float)
    recordings = np.arange(len(errors)) if recordings is None else np.asarray(recordings)
    weights = np.ones(len(errors)) if weights is None else np.asarray(weights, dtype=float)
    rows = np.zeros(len(errors), dtype=int) if rows is None else np.asarray(rows)
    return resampled_averages(errors, weights, recordings, rows, resamples=resamples, seed=seed)


def test_of_two_recordings_one_is_drawn():
    values, counts = np.unique(averages([40, 50]), return_counts=True)
    assert values.tolist() == [40, 50]
    assert counts / 20_000 == pytest.approx([0.5, 0.5], abs=0.02)


@pytest.mark.parametrize("count", [2, 5, 40])
def test_spread_is_the_standard_error_of_the_mean(count):
    errors = np.random.default_rng(3).normal(50, 10, count)
    assert averages(errors).std() == pytest.approx(errors.std(ddof=1) / count**0.5, rel=0.03)


def test_rows_are_drawn_one_by_one_and_weigh_the_same():
    """The standard error of the mean of two independent means."""
    rng = np.random.default_rng(4)
    walk, run = rng.normal(40, 3, 4), rng.normal(80, 9, 9)
    rows = [0] * 4 + [1] * 9
    sampled = averages([*walk, *run], rows=rows)
    error = (walk.var(ddof=1) / 4 + run.var(ddof=1) / 9) ** 0.5 / 2
    assert sampled.mean() == pytest.approx((walk.mean() + run.mean()) / 2, rel=0.005)
    assert sampled.std() == pytest.approx(error, rel=0.03)


def test_poses_weigh_the_same_within_a_row():
    """Three recordings of 1, 1 and 8 poses; two are drawn: nine outcomes, by hand."""
    values, counts = np.unique(averages([10, 20, 100], weights=[1, 1, 8]), return_counts=True)
    assert values == pytest.approx([10, 15, 20, 810 / 9, 820 / 9, 100])
    assert counts / 20_000 * 9 == pytest.approx([1, 2, 1, 2, 2, 1], abs=0.1)


def test_cameras_of_a_recording_are_drawn_together():
    """Every recording has a mean of 50 whatever its cameras say, so nothing varies."""
    sampled = averages([40, 60, 45, 55, 20, 80], recordings=[7, 7, 3, 3, 9, 9])
    assert sampled == pytest.approx(50)


def test_a_row_with_one_recording_adds_nothing_to_the_spread():
    sampled = averages([30, 40, 50], rows=[0, 1, 1])
    assert np.unique(sampled).tolist() == [35, 40]


def test_same_seed_same_draws_in_any_number_of_chunks(monkeypatch):
    errors = np.random.default_rng(0).normal(50, 10, 30)
    whole = averages(errors, resamples=100)
    monkeypatch.setattr("posegcn.evaluation.statistics.bootstrap.CHUNK", 30 * 7)
    assert averages(errors, resamples=100) == pytest.approx(whole, rel=1e-12)
    assert averages(errors, resamples=100, seed=1) != pytest.approx(whole, rel=1e-3)


def covered(by_camera, actions=1, count=30, repetitions=1000):
    """Share of 95 % intervals that hold the truth: recordings differ by 10, cameras by 4 mm."""
    rng, hits = np.random.default_rng(0), 0
    recordings = np.arange(count).repeat(4)
    rows = recordings % actions
    for repetition in range(repetitions):
        errors = 50 + 5 * rows + rng.normal(0, 10, count)[recordings] + rng.normal(0, 4, 4 * count)
        units = np.arange(4 * count) if by_camera else recordings
        sampled = averages(errors, units, rows=rows, resamples=500, seed=repetition)
        low, high = np.quantile(sampled, [0.025, 0.975])
        hits += low <= 50 + 5 * (actions - 1) / 2 <= high
    return hits / repetitions


def test_intervals_hold_the_truth_as_often_as_they_say():
    assert 0.92 < covered(by_camera=False) < 0.96
    assert 0.92 < covered(by_camera=False, actions=5) < 0.96


def test_clips_drawn_one_by_one_would_give_intervals_that_are_too_narrow():
    assert covered(by_camera=True, repetitions=100) < 0.8
