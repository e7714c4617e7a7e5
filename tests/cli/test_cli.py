import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from support import parity

from posegcn import RECIPES, list_layers, load_checkpoint, make_model, save_checkpoint
from posegcn.cli import COMMANDS, main

CHECKPOINT = "single_frame/checkpoints/ckpt_semgcn_nonlocal_h8_l1_legacy"
QUICK = ("--epochs", "1", "--set", "model.channels=8", "--set", "model.num_blocks=1")


@pytest.fixture
def posegcn(capsys):
    """Run the command line in this process: exit code, stdout, stderr."""

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        return (code, *capsys.readouterr())

    return run


@pytest.fixture(scope="module")
def cmu(tmp_path_factory):
    """A small data set in the CMU layout, so that training takes a moment."""
    from posegcn.skeletons import H36M_17

    folder = tmp_path_factory.mktemp("cmu")
    rng = np.random.default_rng(0)
    rest = rng.normal(0, 1000, (17, 3)) + np.array([0, 0, 4000])
    for split, subjects in (("train", ["C01", "C127"]), ("test", ["C02", "C02"])):
        np.savez(
            folder / f"cmu_{split}.npz",
            positions=(rest + rng.normal(0, 200, (80, 17, 3))).astype(np.int16),
            unit_m=np.float64(0.00025),
            joint_names=np.array(H36M_17.joints),
            subject_ids=np.array(subjects),
            action_classes=np.array(["walk", "run"]),
            sequence_starts=np.array([0, 40]),
            sequence_lengths=np.array([40, 40]),
        )
    return f"cmu:{folder}"


@pytest.fixture
def trained(posegcn, cmu, tmp_path):
    run = tmp_path / "run"
    code, _, error = posegcn(
        "train", "semgcn-h36m-gt", "--data", cmu, "--out", run, "--quiet", *QUICK
    )
    assert code == 0, error
    return run


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


def test_settings_reach_recipe_and_network(posegcn, cmu, tmp_path):
    settings = ("--set", "learning_rate=0.01", "--set", "schedule=warmup_cosine", "--seed", "3")
    arguments = ("train", "semgcn-h36m-gt", "--data", cmu, "--out", tmp_path, "--json", "--quiet")
    code, out, _ = posegcn(*arguments, *settings, *QUICK)
    card = json.loads(out)
    assert code == 0
    assert card["recipe"]["learning_rate"] == 0.01
    assert card["recipe"]["schedule"] == "warmup_cosine"
    assert card["recipe"]["model_options"] == {"init": "published", "channels": 8, "num_blocks": 1}
    assert card["seed"] == 3
    assert load_checkpoint(tmp_path)[0].config["channels"] == 8


def test_published_selection_is_said_in_the_card(posegcn, cmu, tmp_path):
    arguments = ("train", "semgcn-h36m-gt", "--data", cmu, "--out", tmp_path, "--json", "--quiet")
    _, out, _ = posegcn(*arguments, *QUICK, "--selection", "published")
    card = json.loads(out)
    assert card["selection"] == "lowest P1 on C02"
    assert card["train_subjects"] == ["C01", "C127"]


def test_resume_goes_on(posegcn, trained, cmu):
    again = ("train", "semgcn-h36m-gt", "--data", cmu, "--out", trained, "--quiet", *QUICK)
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
    for name in [*RECIPES, *list_layers(), "h36m_16", "semgcn", "cmu:DIR[:noisy]"]:
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


TRAIN = ("train", "semgcn-h36m-gt", "--out", "{tmp}/run", "--quiet")
BAD_INPUT = {
    "no command": ((), "the following arguments are required: COMMAND"),
    "unknown command": (("trian",), "unknown command 'trian', did you mean 'train'"),
    "unknown kind": (("list", "layer"), "unknown kind 'layer', did you mean 'layers'"),
    "unknown option": (("list", "--jsn"), "unrecognized arguments: --jsn"),
    "missing data": (TRAIN, "the following arguments are required: --data"),
    "unknown recipe": (
        ("train", "semgcn", "--data", "synthetic", "--out", "x"),
        "unknown recipe 'semgcn', did you mean 'semgcn-h36m-gt'",
    ),
    "unknown source": ((*TRAIN, "--data", "cmv:x"), "unknown data source 'cmv'"),
    "missing folder": ((*TRAIN, "--data", "cmu:{tmp}/none"), "there is no file"),
    "truncated file": ((*TRAIN, "--data", "cmu:{tmp}/cut"), "is damaged or no .npz file"),
    "not a number": ((*TRAIN, "--data", "cmu:{tmp}/nan"), "holds NaN or infinite joints"),
    "wrong joints": ((*TRAIN, "--data", "cmu:{tmp}/joints"), "expected the joints of h36m_17"),
    "epochs no number": ((*TRAIN, "--data", "synthetic", "--epochs", "two"), "invalid int value"),
    "no epochs": ((*TRAIN, "--data", "synthetic", "--epochs", "0"), "epochs must be larger"),
    "setting without value": (
        (*TRAIN, "--data", "synthetic", "--set", "epochs"),
        "--set takes FIELD=VALUE, got 'epochs'",
    ),
    "unknown field": (
        (*TRAIN, "--data", "synthetic", "--set", "learning_rat=1"),
        "unknown field of a recipe 'learning_rat', did you mean 'learning_rate'",
    ),
    "unknown model option": (
        (*TRAIN, "--data", "{cmu}", "--set", "model.chanels=8"),
        "unknown option of model 'semgcn' 'chanels', did you mean 'channels'",
    ),
    "unknown device": ((*TRAIN, "--data", "{cmu}", "--device", "gpu"), "unknown device 'gpu'"),
    "unknown selection": (
        (*TRAIN, "--data", "{cmu}", "--selection", "test"),
        "unknown selection 'test'",
    ),
    "unwritable output": (
        (
            "train",
            "semgcn-h36m-gt",
            "--data",
            "{cmu}",
            "--out",
            "{tmp}/file/run",
            "--quiet",
            *QUICK,
        ),
        "cannot write",
    ),
    "no checkpoint": (
        ("evaluate", "{tmp}/none.safetensors", "--data", "{cmu}"),
        "there is no checkpoint",
    ),
    "empty run folder": (("evaluate", "{tmp}", "--data", "{cmu}"), "there is no checkpoint"),
    "damaged checkpoint": (("evaluate", "{tmp}/file", "--data", "{cmu}"), "is damaged"),
    "unknown split": (
        ("evaluate", "{tmp}/model.safetensors", "--data", "{cmu}", "--split", "tset"),
        "unknown split 'tset', did you mean 'test'",
    ),
    "unknown alignment": (
        ("evaluate", "{tmp}/model.safetensors", "--data", "{cmu}", "--alignment", "rot"),
        "unknown alignment 'rot', did you mean 'root'",
    ),
    "other skeleton": (
        ("evaluate", "{tmp}/coco.safetensors", "--data", "{cmu}"),
        "no joint 'nose'",
    ),
    "unwritable report": (
        ("evaluate", "{tmp}/model.safetensors", "--data", "{cmu}", "--json", "{tmp}/file/r.json"),
        "cannot write",
    ),
    "no published file": (("import", "{tmp}/x.pth", "--out", "y.safetensors"), "there is no file"),
    "damaged published file": (
        ("import", "{tmp}/file", "--out", "y.safetensors"),
        "is damaged or holds more than tensors",
    ),
    "checkpoint of another network": (
        ("import", "{tmp}/other.pth", "--out", "y.safetensors"),
        "is of no network known here",
    ),
    "out without suffix": (
        ("import", "{tmp}/other.pth", "--out", "y.pth"),
        "--out should end in .safetensors, got 'y.pth'",
    ),
}


@pytest.fixture(scope="module")
def faults(cmu, tmp_path_factory):
    """A folder with one of everything that can be wrong with a file."""
    folder = tmp_path_factory.mktemp("faults")
    source = cmu.removeprefix("cmu:")
    for name in ("cut", "nan", "joints"):
        (folder / name).mkdir()
        for split in ("train", "test"):
            with np.load(f"{source}/cmu_{split}.npz") as file:
                arrays = {key: file[key] for key in file.files}
            target = folder / name / f"cmu_{split}.npz"
            if name == "nan":
                arrays["unit_m"] = np.float64("nan")
            if name == "joints":
                arrays["joint_names"] = arrays["joint_names"][::-1]
            np.savez(target, **arrays)
            if name == "cut":
                target.write_bytes(target.read_bytes()[:1000])
    (folder / "file").write_text("in the way")
    torch.save({"state_dict": {"some.weight": torch.zeros(2)}}, folder / "other.pth")
    save_checkpoint(folder / "model.safetensors", make_model("semgcn", channels=8), {})
    coco = make_model("semgcn", skeleton="coco_17", channels=8)
    save_checkpoint(folder / "coco.safetensors", coco, {})
    return folder


@pytest.mark.parametrize("name", BAD_INPUT)
def test_bad_input_is_one_sentence_and_exit_code_2(name, posegcn, faults, cmu):
    arguments, message = BAD_INPUT[name]
    filled = [str(argument).format(tmp=faults, cmu=cmu) for argument in arguments]
    before = {path for path in faults.rglob("*") if path.is_file()}
    code, out, error = posegcn(*filled)
    assert code == 2
    assert message in error
    assert out == ""
    assert error.startswith("posegcn: ")
    assert error.count("\n") == 1
    assert {path for path in faults.rglob("*") if path.is_file()} == before


def test_failing_work_is_one_sentence_and_exit_code_1(posegcn, cmu, tmp_path):
    arguments = ("train", "semgcn-h36m-gt", "--data", cmu, "--out", tmp_path / "run", "--quiet")
    code, _, error = posegcn(*arguments, *QUICK, "--set", "learning_rate=1e30", "--epochs", "3")
    assert code == 1
    assert "the loss became" in error
    assert error.count("\n") == 1


def test_interrupt_keeps_what_is_finished(posegcn, cmu, tmp_path, monkeypatch):
    from posegcn.cli import train

    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(train, "fit", interrupted)
    code, _, error = posegcn("train", "semgcn-h36m-gt", "--data", cmu, "--out", tmp_path)
    assert code == 1
    assert "finished epochs are kept" in error


def test_a_kind_is_not_taken_for_a_file(posegcn, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, error = posegcn("list", "--json", "layers")
    assert code == 2
    assert "posegcn list layers --json" in error
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("target", ["", ".", "folder"])
def test_a_bad_json_target_is_noticed_before_the_work(posegcn, tmp_path, monkeypatch, target):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    code, _, error = posegcn("list", "layers", "--json", target)
    assert code == 2
    assert "expected the name of a file" in error


@pytest.mark.parametrize(
    "words",
    [
        ("evaluate", "{long}", "--data", "synthetic"),
        ("evaluate", "run", "--data", "cmu:{long}"),
        ("train", "semgcn-h36m-gt", "--data", "synthetic", "--out", "{long}"),
        ("import", "{long}", "--out", "x.safetensors"),
        ("list", "--json", "{long}"),
    ],
)
def test_a_path_that_may_not_be_looked_at_is_one_sentence(posegcn, words):
    code, _, error = posegcn(*(word.format(long="x" * 300) for word in words))
    assert code == 2
    assert error.startswith("posegcn: ")
    assert error.count("\n") == 1
