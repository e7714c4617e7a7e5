import numpy as np
import pytest
import torch

from posegcn import make_model, save_checkpoint

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
        "is damaged or holds a program",
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


def test_failing_work_is_one_sentence_and_exit_code_1(posegcn, cmu, tmp_path, quick):
    arguments = ("train", "semgcn-h36m-gt", "--data", cmu, "--out", tmp_path / "run", "--quiet")
    code, _, error = posegcn(*arguments, *quick, "--set", "learning_rate=1e30", "--epochs", "3")
    assert code == 1
    assert "the loss became" in error
    assert error.count("\n") == 1


def test_interrupt_keeps_what_is_finished(posegcn, cmu, tmp_path, monkeypatch):
    from posegcn.cli import train

    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(train, "fit_seeds", interrupted)
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
