import argparse
import json

import pytest

from posegcn.cli import main, options, train


@pytest.fixture
def posegcn_train(capsys, monkeypatch, synthetic, tmp_path):
    """Train on a few poses in this process: exit code, stdout, stderr and the files left."""
    monkeypatch.setattr(train, "open_source", lambda *arguments: synthetic.every(800))

    def run(recipe, *arguments):
        folder = tmp_path / "run"
        given = ("--data", "synthetic", "--out", str(folder), "--device", "cpu", "--quiet")
        code = main(["train", recipe, *given, *arguments])
        return (code, *capsys.readouterr(), {path.name for path in folder.glob("*")})

    return run


BAD_SETTINGS = {
    "model.channels=abc": "option 'channels' of model 'semgcn' takes a whole number",
    "model.channels=0": "option 'channels' of model 'semgcn' takes a whole number",
    "model.channels=-4": "option 'channels' of model 'semgcn' takes a whole number",
    "model.channels=1e99": "option 'channels' of model 'semgcn' takes a whole number",
    "model.channels=100000000": "model.channels must be at most 4096, got 100000000",
    "model.dropout=2": "option 'dropout' of model 'semgcn' takes a number from 0 to 1, got 2",
    "model.dropout=x": "option 'dropout' of model 'semgcn' takes a number from 0 to 1, got 'x'",
    "model.num_blocks=1.5": "option 'num_blocks' of model 'semgcn' takes a whole number",
    "model.num_blocks=true": "option 'num_blocks' of model 'semgcn' takes a whole number",
    "model.non_local=1": "option 'non_local' of model 'semgcn' takes true or false, got 1",
    "model.layer=[1]": "unknown layer '[1]'",
    "model.layer=semantik": "unknown layer 'semantik', did you mean 'semantic'",
    "model.skeleton=h36m_17": "model.skeleton is no option; set the recipe's skeleton",
    "model.name=linear": "model.name is no option; set the recipe's model",
    "model_options=3": "--set takes one option of the network at a time, model.OPTION=VALUE",
    "model=[]": "model must be text, got []",
    "self=1": "unknown field of a recipe 'self'",
    "published_mm=3": "published_mm must be a table of names and values, got 3",
    "batch_size=1": "batch_size must be larger than 1, got 1",
    "batch_size=" + "9" * 50: "batch_size must be at most 3.4",
    "batch_size=" + "9" * 5000: "batch_size must be a positive whole number, got '999",
    "epochs=2.0": "epochs must be a positive whole number, got 2.0",
    "learning_rate=Infinity": "learning_rate must be at most 3.4",
    "decay_rate=1e300": "decay_rate must be at most 1, got 1e+300",
    "epochs=" + "[" * 100_000: "epochs must be a positive whole number, got '[[[",
}


@pytest.mark.parametrize("setting", BAD_SETTINGS, ids=lambda setting: setting[:30])
def test_bad_setting_is_one_sentence_and_exit_code_2(posegcn_train, setting):
    code, out, error, files = posegcn_train("semgcn-h36m-gt", "--set", setting)
    assert (code, out, files) == (2, "", set())
    assert error.startswith(f"posegcn: {BAD_SETTINGS[setting]}")
    assert error.count("\n") == 1


@pytest.mark.parametrize("seed", [str(2**63), "9" * 30, "1.5"])
def test_seed_that_no_generator_takes_is_refused(posegcn_train, seed):
    code, _, error, _ = posegcn_train("linear-h36m-gt", "--seed", seed)
    assert code == 2
    assert "argument --seed" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("seed", [9223372036854775, 2**63 - 1, -1])
def test_large_and_negative_seeds_train(posegcn_train, seed):
    settings = ("--epochs", "1", "--set", "model.channels=4", "--seed", str(seed), "--json")
    code, out, error, _ = posegcn_train("linear-h36m-gt", *settings)
    assert code == 0, error
    assert json.loads(out)["seed"] == seed


def test_order_of_settings_does_not_matter(posegcn_train):
    settings = ("--epochs", "1", "--set", "model.partition=self", "--set", "model.layer=vanilla")
    code, _, error, _ = posegcn_train("semgcn-h36m-gt", *settings, "--set", "model.channels=4")
    assert code == 0, error


def test_batch_larger_than_the_data_is_the_data(posegcn_train):
    settings = ("--epochs", "1", "--set", "model.channels=4", "--set", f"batch_size={10**20 - 1}")
    code, _, error, _ = posegcn_train("semgcn-h36m-gt", *settings)
    assert code == 0, error


def test_diverged_training_is_one_sentence_and_leaves_no_checkpoint(posegcn_train):
    settings = ("--epochs", "1", "--set", "batch_size=100000", "--set", "learning_rate=1e30")
    small = ("--set", "model.channels=4", "--set", "model.num_blocks=1")
    code, out, error, files = posegcn_train("semgcn-h36m-gt", *settings, *small)
    assert (code, out, files) == (1, "", {"run.json"})
    assert "try a smaller learning rate" in error
    assert error.count("\n") == 1


def test_several_seeds_have_their_folders_and_one_table(posegcn_train):
    settings = ("--epochs", "1", "--set", "model.channels=4", "--seed", "3", "--seeds", "2")
    code, out, error, files = posegcn_train("linear-h36m-gt", *settings)
    assert code == 0, error
    assert files == {"run.json", "resume.pt", "seed3", "seed4"}
    lines = out.splitlines()
    assert lines[0].startswith("seed 3: epoch 1 of 1 is the best: ")
    assert lines[1].startswith("seed 4: ")
    assert lines[2].startswith("mean ")
    assert "posegcn evaluate" in lines[-1]
    assert lines[-1].split()[3].endswith("run/seed3")
    code, out, error, _ = posegcn_train("linear-h36m-gt", *settings, "--resume", "--json")
    assert code == 0, error
    assert [run["seed"] for run in json.loads(out)["runs"]] == [3, 4]


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--seeds", "0", "argument --seeds: expected a number from 1 to 64, got 0"),
        ("--seeds", "x", "argument --seeds: invalid count value: 'x'"),
        ("--save-minutes", "nan", "argument --save-minutes: expected a number from 0 on, got nan"),
        ("--precision", "fp16", "unknown precision 'fp16'"),
        ("--engine", "fast", "unknown engine 'fast'"),
    ],
)
def test_bad_execution_is_refused(posegcn_train, option, value, message):
    code, _, error, _ = posegcn_train("linear-h36m-gt", option, value)
    assert code == 2
    assert message in error
    assert error.count("\n") == 1


def test_json_has_null_for_what_is_no_number(capsys):
    asked = argparse.Namespace(command_line="posegcn", json=options.STDOUT)
    result = {"mm": float("nan"), "history": [{"loss": float("inf"), "rate": 0.1}], "epoch": 1}
    options.show(asked, result, "")
    shown = json.loads(capsys.readouterr().out)
    assert shown == {
        "command": "posegcn",
        "mm": None,
        "history": [{"loss": None, "rate": 0.1}],
        "epoch": 1,
    }
