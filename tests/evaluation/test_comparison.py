import json
import re
from pathlib import Path

import pytest

from posegcn import InputError
from posegcn.evaluation.comparison import compare, differences, shared_settings
from posegcn.evaluation.protocol import UNKNOWN, protocol_of
from posegcn.evaluation.published_results import published_results
from posegcn.evaluation.result_files import read_reports

RESULTS = Path(__file__).parents[2] / "book" / "results"
CARD = {
    "data": "cmu",
    "data_hash": "b5d3",
    "subjects": ["C02", "C09"],
    "split": "C02, C09",
    "keypoints": "exact",
    "inputs": ["keypoints"],
    "joints": "17, root included",
    "excluded": [],
    "alignment": "root",
    "flip": False,
    "averaging": "action",
    "pooling": "all",
    "selected_on": "training subjects",
    "recipe": "semgcn-h36m-gt",
    "settings": {},
    "frames": 1,
    "seed": 0,
}
OTHERS = {
    "16 against 17 joints": ({"joints": "16, root included", "data_hash": "77aa"}, "joints"),
    "frames against actions": ({"averaging": "frame"}, "averaging"),
    "flip against no flip": ({"flip": True}, "flip"),
    "other 2D source": ({"keypoints": "noisy", "data_hash": "77aa"}, "keypoints"),
    "other split": ({"split": "C17", "subjects": ["C17"], "data_hash": "77aa"}, "split"),
    "other data": ({"data": "synthetic", "data_hash": "77aa"}, "data"),
    "other cameras or noise": ({"data_hash": "77aa"}, "data_hash"),
    "other alignment": ({"alignment": "none"}, "alignment"),
    "other selection": ({"selected_on": "test subjects"}, "selected_on"),
    "true depth given": ({"inputs": ["keypoints", "intrinsics", "root"]}, "inputs"),
    "other pooling": ({"pooling": "released"}, "pooling"),
    "other sequences": ({"excluded": ["C02 jump"], "data_hash": "77aa"}, "excluded"),
    "fewer targets": ({"data": "cmu, 1 target in 2"}, "data"),
}


def result(p1=40.0, **changes):
    errors = {"P1": p1, "P2": p1 - 10}
    pooled = {name: error + 1 for name, error in errors.items()}
    return {"card": CARD | changes, "mean": errors, "pooled": pooled}


@pytest.mark.parametrize("name", OTHERS)
def test_another_protocol_is_refused_in_one_line(name):
    changes, key = OTHERS[name]
    with pytest.raises(InputError) as refusal:
        compare({"a.json": result(), "b.json": result(**changes)})
    first, *lines = str(refusal.value).splitlines()
    assert first == "these results do not follow one known protocol"
    shown = CARD[key] if isinstance(CARD[key], str) else json.dumps(CARD[key])
    assert lines[0].startswith(f"  {key}: {shown} (a.json) | ")
    assert lines[0].endswith("(b.json)")
    assert len(lines) == 1


def test_what_only_describes_may_differ():
    other = result(39, recipe="linear", device="cuda", posegcn="0.2.0", seconds=3)
    assert [row.name for row in compare({"a": result(40), "b": other})] == [
        "linear",
        "semgcn-h36m-gt",
    ]


def test_an_unknown_field_is_refused_even_where_both_lack_it():
    card = {key: value for key, value in CARD.items() if key != "flip"}
    reports = {name: {**result(), "card": card} for name in ("a.json", "b.json", "c.json")}
    with pytest.raises(InputError, match=r"flip: unknown \(a.json and 2 more\)"):
        compare(reports)


def test_a_published_result_is_refused_and_the_unknown_is_named():
    published = published_results("h36m", "SemGCN")[0].to_dict()
    ours = result(data="h36m", split="S9, S11", subjects=["S9", "S11"], keypoints="gt")
    lines = differences({"SemGCN": published["card"], "ours": ours["card"]})
    assert "joints: 16, root included (SemGCN) | 17, root included (ours)" in lines
    assert "alignment: unknown (SemGCN) | root (ours)" in lines
    assert "data_hash: unknown (SemGCN) | b5d3 (ours)" in lines
    assert not any(line.startswith(("data:", "split:", "keypoints:", "flip:")) for line in lines)
    with pytest.raises(InputError, match="data_hash: unknown"):
        compare({"SemGCN": published, "again": published})


def test_seeds_of_one_recipe_are_one_row_with_mean_and_deviation():
    reports = {f"seed{seed}": result(p1, seed=seed) for seed, p1 in enumerate((40, 42, 44))}
    best, row = compare({**reports, "other": result(39.0, settings={"epochs": 5})})
    assert best.name == "semgcn-h36m-gt epochs=5"
    assert (best.sd, best.seeds) == ({}, (0,))
    assert row.mean == {"P1": 42, "P2": 32}
    assert row.sd == {"P1": 2, "P2": 2}
    assert row.seeds == (0, 1, 2)
    assert row.files == ("seed0", "seed1", "seed2")


def test_one_seed_twice_is_no_second_seed():
    rows = compare({"a": result(40), "b": result(41)})
    assert [row.files for row in rows] == [("a",), ("b",)]


def test_the_headline_is_the_one_the_card_names():
    by_frame = {
        name: result(p1, averaging="frame", seed=None) for name, p1 in (("a", 40), ("b", 5))
    }
    assert [row.mean["P1"] for row in compare(by_frame)] == [6, 41]


@pytest.mark.parametrize(
    ("report", "message"),
    [
        ([], "b holds no report"),
        ({"mean": {"P1": 3}}, "b holds no report"),
        ({**result(), "card": {"subjects": [1]}}, "b holds no report"),
        ({**result(), "mean": {"P1": None}}, "b has no P1 averaged as its card says: action"),
        ({**result(), "mean": {"P1": float("nan")}}, "b has no P1"),
        ({"card": CARD}, "b has no P1"),
    ],
)
def test_what_is_no_report_is_refused(report, message):
    with pytest.raises(InputError, match=message):
        compare({"a": result(), "b": report})


def test_one_result_is_no_comparison():
    with pytest.raises(InputError, match="takes two results or more, got 1"):
        compare({"a": result()})


def stored_reports():
    """Every report of the book, those of the first version too, by file."""
    paths = [path for path in sorted(RESULTS.rglob("*.json")) if '"card"' in path.read_text()]
    return read_reports(paths)


def test_no_stored_report_of_the_book_leaves_its_protocol_open():
    reports = stored_reports()
    assert len(reports) >= 136
    for name, report in reports.items():
        assert UNKNOWN not in protocol_of(report["card"]).values(), name


def test_stored_reports_of_the_book_are_ranked_with_their_likes():
    kinds = {}
    for name, report in stored_reports().items():
        kinds.setdefault(json.dumps(protocol_of(report["card"])), {})[name] = report
    for reports in kinds.values():
        if len(reports) > 1:
            assert sum(len(row.files) for row in compare(reports)) == len(reports)


def test_layers_on_cmu_motion_are_ranked_as_in_the_book():
    rows = compare(read_reports(sorted((RESULTS / "cmu").glob("layer-*[!y]-seed?.json"))))
    assert len(rows) == 11
    assert all(len(row.files) == 3 and row.seeds == (0, 1, 2) for row in rows)
    layers = [re.match("residual_gcn-(.*)-h36m-gt", row.name)[1] for row in rows]
    assert (layers[0], layers[-1]) == ("nosharing", "vanilla")
    assert rows[0].mean["P1"] == pytest.approx(64.48, abs=0.01)


def with_clips(offset, **changes):
    """Two actions with three recordings each, harder from one to the next."""
    clips = [
        {"subject": "C02", "action": action, "recording": number, "poses": 10, "P1": 30 + number}
        for number, action in enumerate(["run"] * 3 + ["walk"] * 3)
    ]
    clips = [{**clip, "P1": clip["P1"] + offset} for clip in clips]
    actions = {"run": {"P1": 31 + offset}, "walk": {"P1": 34 + offset}}
    errors = {"P1": 32.5 + offset}
    card = CARD | changes
    return {"card": card, "mean": errors, "pooled": errors, "actions": actions, "clips": clips}


def test_rows_have_intervals_and_are_paired_with_the_first():
    best, other = compare({"a": with_clips(5, settings={"epochs": 5}), "b": with_clips(0)})
    assert (best.files, best.behind) == (("b",), None)
    low, high = best.interval
    assert 30 < low < 32.5 < high < 35
    assert other.behind.mean == pytest.approx(5)
    assert (other.behind.low, other.behind.high) == pytest.approx((5, 5))  # the same everywhere
    assert other.behind.first_better == 0


def test_without_clips_there_is_no_interval():
    best, other = compare({"a": with_clips(0), "b": result(40.0, settings={"epochs": 5})})
    assert best.interval is not None
    assert (other.interval, other.behind) == (None, None)


@pytest.mark.parametrize("clips", [[1], [{}], [{"action": "run", "poses": 1}], {"a": 1}, "clips"])
def test_damaged_clips_are_refused(clips):
    damaged = {**with_clips(0), "clips": clips}
    with pytest.raises(InputError, match="b has rows of clips without action, poses or P1"):
        compare({"a": with_clips(0), "b": damaged})


def test_what_all_networks_share_is_not_in_their_names():
    layers = read_reports(sorted((RESULTS / "cmu").glob("layer-*[!y]-seed?.json")))
    assert shared_settings(layers)["learning_rate"] == 0.004
    assert all("learning_rate" not in row.name for row in compare(layers))
    one = {name: report for name, report in layers.items() if "layer-semantic-" in name}
    assert shared_settings(one) == {}
    assert "learning_rate=0.004" in compare(one)[0].name


def test_a_seed_without_settings_says_that_its_budget_is_unknown():
    old = result(seed=0)
    del old["card"]["settings"]
    rows = compare({"old.json": old, "new.json": result(39.0)})
    assert [row.name for row in rows] == ["semgcn-h36m-gt", "semgcn-h36m-gt (settings unknown)"]


def test_cards_without_inputs_are_of_networks_that_had_keypoints_alone():
    assert protocol_of({"posegcn": "0.1.0"})["inputs"] == ["keypoints"]
    assert protocol_of({})["inputs"] == UNKNOWN
