import json
from dataclasses import replace

from posegcn.evaluation.report import Report

REPORT = Report(
    card={"data": "toy", "flip": False},
    frames={"walk": 300, "run": 100},
    actions={"walk": {"P1": 40.0, "P2": 30.0}, "run": {"P1": 60.0, "P2": 50.0}},
    pooled={"P1": 45.0, "P2": 35.0},
    joints={"hip": 0.0, "lwrist": 90.0},
)


def test_mean_is_over_actions_not_poses():
    assert REPORT.mean == {"P1": 50.0, "P2": 40.0}


def test_table_shows_actions_means_joints_and_card():
    lines = REPORT.table().splitlines()
    assert lines[0].split() == ["action", "poses", "P1", "P2"]
    assert lines[1].split() == ["walk", "300", "40.00", "30.00"]
    assert lines[3].split() == ["mean", "of", "actions", "400", "50.00", "40.00"]
    assert lines[4].split() == ["all", "poses", "400", "45.00", "35.00"]
    assert any(line.split() == ["lwrist", "90.00"] for line in lines)
    assert any(line.split() == ["data", "toy"] for line in lines)


def test_json_holds_everything(tmp_path):
    content = json.loads(REPORT.to_json(tmp_path / "report.json").read_text())
    assert content["actions"]["run"]["P2"] == 50.0
    assert content["mean"] == {"P1": 50.0, "P2": 40.0}
    assert content["card"] == {"data": "toy", "flip": False}


def test_missing_measures_are_null_in_json(tmp_path):
    single = Report({}, {"a": 1}, {"a": {"MPJVE": float("nan")}}, {"MPJVE": float("nan")}, {})
    content = json.loads(single.to_json(tmp_path / "report.json").read_text())
    assert content["actions"]["a"]["MPJVE"] is None


def test_rows_of_clips_are_optional_and_come_as_a_list(tmp_path):
    assert REPORT.to_dict()["clips"] == []
    clips = ({"action": "walk", "poses": 3, "P1": 40.0, "MPJVE": float("nan")},)
    report = replace(REPORT, clips=clips)
    content = json.loads(report.to_json(tmp_path / "report.json").read_text())
    assert content["clips"] == [{"action": "walk", "poses": 3, "P1": 40.0, "MPJVE": None}]
    assert report.table() == REPORT.table()
