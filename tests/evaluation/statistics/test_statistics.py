import json
import math

import numpy as np
import pytest
import torch

from posegcn import InputError
from posegcn.evaluation.measures import measure
from posegcn.evaluation.report import Report
from posegcn.evaluation.statistics import estimate, over_seeds, paired_difference


def report(errors, poses=None, name="P1"):
    """Errors by action, one for each recording, as a report; every pose counts once in each."""
    clips, frames = [], {}
    for action, values in errors.items():
        frames[action] = 0
        for value in values:
            facts = {"subject": "A", "action": action, "camera": "0", "recording": len(clips)}
            count = 10 if poses is None else poses[len(clips)]
            clips.append({**facts, "poses": count, "distance_m": 5.0, name: float(value)})
            frames[action] += count
    rows = {}
    for action in errors:
        of_action = [clip for clip in clips if clip["action"] == action]
        rows[action] = {name: sum(c["poses"] * c[name] for c in of_action) / frames[action]}
    pooled = sum(clip["poses"] * clip[name] for clip in clips) / sum(frames.values())
    return Report({}, frames, rows, {name: pooled}, {}, clips)


def test_mean_and_standard_deviation_by_hand():
    results = [report({"walk": [error]}) for error in (40, 42, 47)]
    assert over_seeds(results) == (43, pytest.approx(math.sqrt(13)), 3)


def test_one_seed_has_no_standard_deviation():
    assert math.isnan(over_seeds([report({"walk": [40]})]).sd)


def test_averages_are_those_of_the_report():
    result = report({"walk": [40, 50], "run": [80]}, poses=[30, 10, 60])
    assert over_seeds([result]).mean == pytest.approx((42.5 + 80) / 2)
    assert over_seeds([result], averaging="frame").mean == pytest.approx(0.4 * 42.5 + 0.6 * 80)


def test_older_results_without_clips_have_a_mean_but_no_interval():
    old = report({"walk": [40, 50]}).to_dict()
    del old["clips"]
    assert over_seeds([old]).mean == 45
    with pytest.raises(InputError, match="result 1 has no rows of clips"):
        estimate([old])


def test_interval_lies_around_the_mean_and_grows_with_confidence():
    rng = np.random.default_rng(0)
    recordings = rng.normal(50, 8, 40)
    results = [report({"walk": recordings + seed}) for seed in (-1, 0, 1)]
    wide, narrow = estimate(results), estimate(results, confidence=0.5)
    half = 1.96 * recordings.std(ddof=1) / 40**0.5
    assert wide.mean == pytest.approx(recordings.mean())
    assert (wide.sd, wide.seeds, wide.recordings, wide.alone) == (1, 3, 40, ())
    assert wide.mean - wide.low == pytest.approx(half, rel=0.06)
    assert wide.high - wide.mean == pytest.approx(half, rel=0.06)
    assert wide.low < narrow.low < wide.mean < narrow.high < wide.high


def test_same_seed_same_interval():
    results = [report({"walk": [40, 45, 60], "run": [70, 72]})]
    assert estimate(results)[3:] == estimate(results)[3:]
    assert estimate(results, resamples=100)[3:5] != estimate(results, resamples=100, seed=5)[3:5]


def test_actions_with_one_recording_are_named():
    some = estimate([report({"walk": [40, 50], "jump": [90]})])
    assert some.alone == ("jump",)
    assert (some.low, some.high) == (65, 70)
    none = estimate([report({"walk": [40], "jump": [90]})])
    assert none.mean == 65
    assert math.isnan(none.low)
    assert math.isnan(none.high)
    pair = paired_difference([report({"walk": [40]})], [report({"walk": [41]})])
    assert pair.mean == -1
    assert all(math.isnan(value) for value in (pair.low, pair.high, pair.first_better))


def test_a_constant_difference_has_no_spread_however_recordings_vary():
    recordings = np.random.default_rng(1).normal(50, 20, 12)
    first = [report({"walk": recordings, "run": recordings[:5] + 30})]
    second = [report({"walk": recordings + 1, "run": recordings[:5] + 31})]
    found = paired_difference(first, second)
    assert found[:3] == pytest.approx((-1, -1, -1))
    assert found.first_better == 1
    assert paired_difference(second, first).first_better == 0
    assert estimate(first).high - estimate(first).low > 5


def test_equal_results_are_better_half_of_the_time():
    results = [report({"walk": [40, 50, 60]})]
    assert paired_difference(results, results)[:4] == (0, 0, 0, 0.5)


def test_of_shares_the_higher_is_better():
    first, second = (
        [report({"walk": [90, 80, 95]}, name="PCK")],
        [report({"walk": [85, 79, 90]}, name="PCK")],
    )
    assert paired_difference(first, second, measure="PCK").first_better == 1


def test_standard_error_over_seeds_by_hand():
    """Variances 2 of two and 1 of three seeds."""
    first = [report({"walk": [error, error + 2]}) for error in (40, 42)]
    second = [report({"walk": [error, error + 2]}) for error in (50, 51, 52)]
    found = paired_difference(first, second)
    assert found.mean == -10
    assert found.seed_error == pytest.approx(math.sqrt(2 / 2 + 1 / 3))
    assert math.isnan(paired_difference(first[:1], second).seed_error)


def test_pairs_of_independent_noise_are_covered_as_often_as_intervals_say():
    rng, hits = np.random.default_rng(2), 0
    for seed in range(200):
        hard = rng.normal(50, 20, 40)
        first = [report({"walk": hard[:20] + rng.normal(0, 2, 20), "run": hard[20:]})]
        second = [report({"walk": hard[:20] + 3, "run": hard[20:] + rng.normal(1, 2, 20)})]
        found = paired_difference(first, second, resamples=500, seed=seed)
        hits += found.low <= -2 <= found.high
    assert 0.89 < hits / 200 < 0.985


@pytest.fixture(scope="module")
def measured(synthetic):
    """Two seeds on thinned data, as reports."""
    test = synthetic.every(20).part("test")
    truth = test.joints[test.targets]
    return [
        measure(
            truth + 0.03 * torch.randn(truth.shape, generator=torch.Generator().manual_seed(seed)),
            test,
            {},
        )
        for seed in range(2)
    ]


def test_reports_and_their_files_give_the_same(measured, tmp_path):
    paths = [r.to_json(tmp_path / f"{index}.json") for index, r in enumerate(measured)]
    loaded = [json.loads(path.read_text()) for path in paths]
    assert estimate(measured) == estimate(loaded)
    assert estimate(measured).recordings == 30


@pytest.mark.parametrize("averaging", ["action", "frame"])
@pytest.mark.parametrize("name", ["P1", "P2", "MPJVE"])
def test_intervals_of_measured_errors_hold_the_mean(measured, averaging, name):
    found = estimate(measured, measure=name, averaging=averaging, resamples=1000)
    assert found.low < found.mean < found.high


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"confidence": 95}, "between 0 and 1, got 95"),
        ({"resamples": 0}, "at least one resample, got 0"),
        ({"measure": "p1"}, "unknown measure 'p1', did you mean 'P1'"),
        ({"averaging": "pose"}, "unknown averaging 'pose'"),
    ],
)
def test_options_out_of_range_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        estimate([report({"walk": [40, 50]})], **options)


def test_other_poses_and_missing_results_are_refused():
    one, other = report({"walk": [40, 50]}), report({"walk": [40, 50]}, poses=[10, 11])
    with pytest.raises(InputError, match="measure both on the same poses"):
        paired_difference([one], [other])
    for results in ([], [one]):
        with pytest.raises(InputError, match="expected at least one result"):
            paired_difference(results, [])
    with pytest.raises(InputError, match="expected at least one result"):
        over_seeds([])
