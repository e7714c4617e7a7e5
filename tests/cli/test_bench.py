import json

import pytest
import torch

from posegcn import RECIPES
from posegcn.benchmark import suite, workloads
from posegcn.benchmark.ceilings import Ceilings


@pytest.fixture
def few_poses(monkeypatch, synthetic):
    """Little to open, and a network that is measured for a moment."""
    small = RECIPES["semgcn-h36m-gt"].replace(model_options={"channels": 4, "num_blocks": 1})
    monkeypatch.setitem(RECIPES, "semgcn-h36m-gt", small)
    monkeypatch.setattr(suite, "measure_ceilings", lambda device: Ceilings(1e9, 1e9))
    some = synthetic.every(40)
    for name in ("training_clips", "test_clips"):
        monkeypatch.setattr(suite, name, lambda skeleton: some)
    monkeypatch.setattr(suite.Settings, "time", _briefly)
    monkeypatch.setattr("posegcn.benchmark.inference_speed.find_spec", lambda name: None)


def _briefly(settings, calls):
    return suite.interleave(calls, rounds=settings.rounds, warm_up=1, block_seconds=0)


def test_table_on_stdout_and_progress_on_stderr(posegcn, few_poses, tmp_path):
    file = tmp_path / "speed.json"
    code, out, error = posegcn(
        "bench", "--quick", "--device", "cpu", "--networks", "semgcn", "--rounds", 2, "--json", file
    )
    assert code == 0, error
    assert "semgcn, batch 64; equal to the textbook form" in out
    assert "semgcn: end to end" in error
    result = json.loads(file.read_text())
    assert result["command"].startswith("posegcn bench --quick")
    assert result["networks"]["semgcn"]["batch_size"] == 64
    assert result["networks"]["semgcn"]["training"]["end_to_end"]["ours"]["times_faster"]


def test_json_alone_on_stdout(posegcn, few_poses):
    code, out, error = posegcn(
        "bench", "--quick", "--device", "cpu", "--networks", "semgcn", "--rounds", 2, "--json"
    )
    assert code == 0, error
    assert json.loads(out)["quick"] is True


def test_threads_are_those_asked_for_and_then_those_of_before(posegcn, few_poses, monkeypatch):
    seen = []
    monkeypatch.setattr(suite, "_training", lambda *given: _stop(seen))
    before = torch.get_num_threads()
    with pytest.raises(ZeroDivisionError):
        posegcn("bench", "--device", "cpu", "--networks", "semgcn", "--threads", 2)
    assert seen == [2]
    assert torch.get_num_threads() == before


def _stop(seen):
    seen.append(torch.get_num_threads())
    raise ZeroDivisionError


BAD = {
    ("--networks", "semgnc"): "unknown network 'semgnc', did you mean 'semgcn'?",
    ("--networks", ""): "unknown network ''",
    ("--networks", "semgcn,,"): "unknown network ''",
    ("--rounds", "1"): "--rounds takes at least 2, for quartiles; got 1",
    ("--rounds", "0"): "argument --rounds: expected a whole number from 1 to 1000, got 0",
    ("--rounds", "many"): "argument --rounds: invalid count value: 'many'",
    ("--threads", "0"): "argument --threads: expected a whole number from 1 to 1000, got 0",
    ("--device", "tpu"): "unknown device 'tpu'",
    ("--precision", "fp16"): "unknown precision 'fp16'",
    ("semgcn",): "unrecognized arguments: semgcn",
}


@pytest.mark.parametrize("arguments", BAD, ids=" ".join)
def test_bad_input_is_one_sentence(posegcn, monkeypatch, arguments):
    monkeypatch.setattr(suite, "check_equal", lambda model: pytest.fail("began to work"))
    code, out, error = posegcn("bench", *arguments)
    assert (code, out) == (2, "")
    assert BAD[arguments] in error
    assert len(error.splitlines()) == 1


def test_help_names_every_network(capsys, posegcn):
    with pytest.raises(SystemExit):
        posegcn("bench", "--help")
    shown = capsys.readouterr().out
    assert all(name in shown for name in workloads.WORKLOADS)
