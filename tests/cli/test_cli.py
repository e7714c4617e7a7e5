import json
import subprocess
import sys

import pytest
import torch
from support import parity

from posegcn import RECIPES, list_layers, load_checkpoint
from posegcn.cli import COMMANDS, main

CHECKPOINT = "single_frame/checkpoints/ckpt_semgcn_nonlocal_h8_l1_legacy"


def test_train_then_evaluate(posegcn, trained, cmu, tmp_path):
    report = tmp_path / "report.json"
    code, out, error = posegcn("evaluate", trained, "--data", cmu, "--flip", "--json", report)
    assert code == 0
    assert "mean of actions" in out
    assert "lwrist" in out
    assert f"written to {report}" in error
    content = json.loads(report.read_text())
    assert set(content["actions"]) == {"walk", "run"}
    assert content["card"]["subjects"] == ["C02"]
    assert content["card"]["flip"] is True
    assert content["card"]["recipe"] == "semgcn-h36m-gt"


def test_train_prints_what_came_of_it_and_what_to_do_next(posegcn, cmu, tmp_path):
    run = tmp_path / "run"
    arguments = ("train", "linear-h36m-gt", "--data", cmu, "--out", run, "--epochs", "2")
    code, out, error = posegcn(*arguments, "--set", "model.channels=16")
    assert code == 0
    assert "of 2 is the best" in out
    assert f"next: posegcn evaluate {run} --data {cmu}" in out
    assert "epoch 2/2" in error  # the progress bar
    assert {"best.safetensors", "log.csv", "curve.png"} <= {path.name for path in run.iterdir()}


def test_json_alone_on_stdout(posegcn, trained, cmu):
    code, out, _ = posegcn("evaluate", trained, "--data", cmu, "--split", "validation", "--json")
    assert code == 0
    assert json.loads(out)["card"]["subjects"] == ["C127"]


def test_settings_reach_recipe_and_network(posegcn, cmu, tmp_path, quick):
    settings = ("--set", "learning_rate=0.01", "--set", "schedule=warmup_cosine", "--seed", "3")
    arguments = ("train", "semgcn-h36m-gt", "--data", cmu, "--out", tmp_path, "--json", "--quiet")
    code, out, _ = posegcn(*arguments, *settings, *quick)
    card = json.loads(out)
    assert code == 0
    assert card["recipe"]["learning_rate"] == 0.01
    assert card["recipe"]["schedule"] == "warmup_cosine"
    assert card["recipe"]["model_options"] == {"init": "published", "channels": 8, "num_blocks": 1}
    assert card["seed"] == 3
    assert load_checkpoint(tmp_path)[0].config["channels"] == 8


def test_published_selection_is_said_in_the_card(posegcn, cmu, tmp_path, quick):
    arguments = ("train", "semgcn-h36m-gt", "--data", cmu, "--out", tmp_path, "--json", "--quiet")
    _, out, _ = posegcn(*arguments, *quick, "--selection", "published")
    card = json.loads(out)
    assert card["selection"] == "lowest P1 on C02"
    assert card["train_subjects"] == ["C01", "C127"]


def test_resume_goes_on(posegcn, trained, cmu, quick):
    again = ("train", "semgcn-h36m-gt", "--data", cmu, "--out", trained, "--quiet", *quick)
    code, _, error = posegcn(*again)
    assert code == 2
    assert "--resume" in error
    code, out, _ = posegcn(*again, "--resume")
    assert code == 0
    assert "epoch 1 of 1" in out


def test_import_then_evaluate(posegcn, cmu, tmp_path):
    out_file = tmp_path / "semgcn.safetensors"
    published = parity.path(f"{CHECKPOINT}.pth.tar")
    code, out, _ = posegcn("import", published, "--out", out_file)
    assert code == 0
    assert "published SemGCN checkpoint" in out
    assert "stored beside the weights: error = 47.25" in out
    model, card = load_checkpoint(out_file)
    arrays = parity.load(f"{CHECKPOINT}_io")
    output = model(torch.from_numpy(arrays["input"]))
    torch.testing.assert_close(output, torch.from_numpy(arrays["output"]), rtol=0, atol=1e-5)
    assert card["imported"].endswith("_legacy.pth.tar")
    code, out, _ = posegcn("evaluate", out_file, "--data", cmu)
    assert code == 0
    assert "all poses" in out


def test_list_names_everything(posegcn):
    code, out, _ = posegcn("list")
    assert code == 0
    for name in [*RECIPES, *list_layers(), "h36m_16", "semgcn", "cmu:DIR[:KIND]"]:
        assert name in out


def test_list_one_kind_as_json(posegcn):
    code, out, _ = posegcn("list", "layers", "--json")
    assert code == 0
    assert list(json.loads(out)["layers"]) == list_layers()


def test_baselines(posegcn, cmu):
    code, out, _ = posegcn("baselines", "--data", cmu)
    assert code == 0
    assert "mean pose" in out
    assert "ridge" in out
    code, out, _ = posegcn("baselines", "--data", cmu, "--json")
    content = json.loads(out)
    assert set(content["reports"]) == {"mean pose", "ridge"}
    assert content["command"] == f"posegcn baselines --data {cmu} --json"


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help(command, capsys):
    with pytest.raises(SystemExit) as stop:
        main([*command.split(), "--help"])
    assert stop.value.code == 0
    assert "usage: posegcn" in capsys.readouterr().out


def test_version_and_module_entry():
    done = subprocess.run(
        [sys.executable, "-m", "posegcn", "--version"], capture_output=True, text=True
    )
    assert done.returncode == 0
    assert done.stdout.startswith("posegcn 0.")


def test_reader_that_goes_away_is_no_error():
    command = f"{sys.executable} -m posegcn list | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "layers:\n", "")
