import json

import pytest
import torch

from posegcn.benchmark import suite
from posegcn.benchmark.table import table
from posegcn.errors import WorkError


@pytest.fixture(scope="module")
def result(tiny, settings):
    return suite.run(tiny, settings, lambda text: None)


def test_rows_of_every_network(result):
    for network in result["networks"].values():
        assert set(network["training"]) == {"data", "end_to_end"}
        for rows in network["training"].values():
            assert set(rows) == {"textbook", "ours"}
            assert "times_faster" not in rows["textbook"]
            assert set(rows["ours"]["times_faster"]) == {"median", "lower", "upper"}
    prediction = {name: set(found["prediction"]) for name, found in result["networks"].items()}
    assert prediction == {
        "semgcn": {"one_pose", "many_poses", "evaluation"},
        "gla_gcn": {"one_pose", "many_poses"},
        "temporal_conv": {"one_pose", "many_poses", "clip"},
    }


def test_rates_follow_from_the_seconds(result):
    row = result["networks"]["semgcn"]["training"]["end_to_end"]["ours"]
    seconds = row["seconds"]["median"]
    assert row["steps_per_second"] == pytest.approx(1 / seconds)
    assert row["poses_per_second"] == pytest.approx(8 / seconds)
    assert row["epoch_seconds"] == pytest.approx(1_559_752 / 8 * seconds)
    row = result["networks"]["semgcn"]["prediction"]["many_poses"]["folded"]
    assert row["test_set_seconds"] == pytest.approx(543_344 * row["seconds"]["median"])


def test_work_of_a_step(result):
    network = result["networks"]["semgcn"]
    ours, textbook = network["work"]["ours"], network["work"]["textbook"]
    assert 0 < ours["operators"] < textbook["operators"]
    assert 0 < ours["bytes"] < textbook["bytes"]
    assert ours["operations"] > 0
    ceilings = result["ceilings"]
    by_bytes = ours["bytes"] / ceilings["bytes_per_second"]
    by_operations = ours["operations"] / ceilings["operations_per_second"]
    assert ours["floor_seconds"] == pytest.approx(max(by_bytes, by_operations))
    seconds = network["training"]["end_to_end"]["ours"]["seconds"]["median"]
    assert ours["fraction_of_floor"] == pytest.approx(ours["floor_seconds"] / seconds)
    assert 0 < ours["held_bytes"] < ours["bytes"]


def test_the_whole_run_also_measures_the_step_without_its_data(tiny, settings, monkeypatch):
    monkeypatch.setattr(suite, "_prediction", lambda *given: {})
    whole = suite.Settings(settings.device, rounds=2)
    found = suite.run({"semgcn": tiny["semgcn"]}, whole, lambda text: None)["networks"]["semgcn"]
    assert set(found["training"]) == {"data", "step", "end_to_end"}


def test_ways_to_predict(result):
    network = result["networks"]["semgcn"]
    ways = set(network["prediction"]["one_pose"])
    assert ways == {"textbook", "eager", "folded"}
    assert "not installed" in network["skipped"]["onnxruntime"]


def test_it_says_where_and_how(result):
    where = result["environment"]
    assert where["device"] == "cpu"
    assert where["gpu"] is None
    assert where["cpu"]
    assert where["threads"] == torch.get_num_threads()
    assert where["loader_processes"] == 0
    assert where["precision"] == "fp32"
    assert result["rounds"] == 2
    assert max(result["gate"]["difference"].values()) < result["gate"]["limit"] == 1e-9


def test_it_is_plain_values(result):
    assert json.loads(json.dumps(result)) == result


def test_the_table_has_every_row(result):
    text = table(result)
    for name in result["networks"]:
        assert f"{name}, batch 8; equal to the textbook form" in text
    for words in (
        "a step, end to end",
        "one pose",
        "evaluation",
        "a frame of a clip",
        "x [",
        "work of a step",
    ):
        assert words in text
    assert "medians of 2 interleaved rounds" in text


def test_compiled_is_measured_where_it_is_asked_for(tiny, settings, monkeypatch):
    monkeypatch.setattr(torch, "compile", lambda function, **options: function)
    asked = suite.Settings(settings.device, rounds=2, quick=True, compiled=True)
    found = suite.run({"semgcn": tiny["semgcn"]}, asked, lambda text: None)["networks"]["semgcn"]
    sides = set(found["training"]["end_to_end"])
    assert sides == set(found["work"]) == {"textbook", "ours", "textbook compiled", "ours compiled"}
    assert "compiled" in found["prediction"]["many_poses"]


def test_nothing_is_timed_behind_a_closed_gate(tiny, settings, monkeypatch):
    def closed(model):
        raise WorkError("differ")

    monkeypatch.setattr(suite, "check_equal", closed)
    monkeypatch.setattr(suite, "measure_ceilings", lambda device: pytest.fail("measured"))
    monkeypatch.setattr(suite.Settings, "time", lambda *given: pytest.fail("timed"))
    with pytest.raises(WorkError, match="differ"):
        suite.run(tiny, settings, lambda text: None)


def test_progress_is_told(tiny, settings, monkeypatch):
    monkeypatch.setattr(suite, "_prediction", lambda *given: {})
    told = []
    suite.run({"semgcn": tiny["semgcn"]}, settings, told.append)
    assert "semgcn: is the textbook form equal?" in told
    assert "semgcn: end to end" in told
