"""Networks over time from the command line: train, go on, evaluate, import."""

import json

import pytest
from support import parity

from posegcn import load_checkpoint

TINY = {
    "gla_gcn-27-h36m-gt": ("model.channels=4", "model.strides=3,3"),
    "gla_gcn_sequence-243-h36m-gt": ("model.channels=4", "model.strides=[3]"),
    "temporal_conv-27-h36m-cpn": ("model.channels=4", "model.widths=3,3"),
}


def train(posegcn, cmu, recipe, out, *more, epochs=2):
    changes = [word for change in TINY[recipe] for word in ("--set", change)]
    quick = ("--epochs", epochs, "--set", "batch_size=16", "--quiet")
    return posegcn("train", recipe, "--data", cmu, "--out", out, *quick, *changes, *more)


@pytest.mark.parametrize("recipe", TINY)
def test_trains_and_evaluates(posegcn, cmu, tmp_path, recipe):
    code, _, error = train(posegcn, cmu, recipe, tmp_path)
    assert code == 0, error
    code, out, _ = posegcn("evaluate", tmp_path, "--data", cmu, "--flip", "--json")
    assert code == 0
    report = json.loads(out)
    model, _ = load_checkpoint(tmp_path)
    assert report["card"]["frames"] == model.receptive_field
    assert set(report["pooled"]) == {"P1", "P2", "P3", "MPJVE", "ACC"}


def test_goes_on_to_the_same_weights(posegcn, cmu, tmp_path):
    """Ranger's slow weights, the momentum of batch norm and the order of windows come back."""
    recipe = "gla_gcn-27-h36m-gt"
    schedule = ("--set", "schedule=by_epoch", "--set", "norm_momentum=constant")
    for out, epochs in (("whole", 2), ("parts", 1)):
        train(posegcn, cmu, recipe, tmp_path / out, *schedule, epochs=epochs)
    code, _, error = train(posegcn, cmu, recipe, tmp_path / "parts", *schedule, "--resume")
    assert code == 0, error
    whole, parts = (load_checkpoint(tmp_path / out)[0].state_dict() for out in ("whole", "parts"))
    assert all((whole[name] == parts[name]).all() for name in whole)


def test_a_schedule_that_looks_ahead_does_not_go_on_for_longer(posegcn, cmu, tmp_path):
    recipe = "temporal_conv-27-h36m-cpn"  # whose momentum of batch norm depends on the epochs
    train(posegcn, cmu, recipe, tmp_path, epochs=1)
    code, _, error = train(posegcn, cmu, recipe, tmp_path, "--resume")
    assert code == 2
    assert "was trained with epochs 1, not 2" in error


def test_rows_by_subject(posegcn, cmu, tmp_path):
    train(posegcn, cmu, "temporal_conv-27-h36m-cpn", tmp_path, epochs=1)
    rows = {}
    for by in ("action", "subject"):
        _, out, _ = posegcn("evaluate", tmp_path, "--data", cmu, "--by", by, "--json")
        rows[by] = json.loads(out)["actions"]
    assert {row.split(" ", 1)[1] for row in rows["subject"]} == set(rows["action"])
    assert all(row.startswith("C") for row in rows["subject"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--set", "model.strides=3,2"), "strides must be odd"),
        (("--set", "model.strides=three"), "takes a list of whole numbers from 1 on, got 'three'"),
        (("--set", "model.strides=[]"), "takes a list of whole numbers from 1 on, got []"),
        (("--set", "target_step=0"), "target_step must be larger than 0, got 0"),
        (("--set", "optimizer=sgd"), "unknown optimizer 'sgd'"),
        (("--set", "norm_momentum=none"), "unknown momentum of batch norm 'none'"),
        (("--set", "target_noise=all"), "unknown noise of the targets 'all'"),
        (("--set", "chunk=3"), "chunks of 3 frames are for networks that lift whole clips"),
    ],
)
def test_bad_options_are_one_sentence(posegcn, cmu, tmp_path, words, message):
    code, _, error = train(posegcn, cmu, "gla_gcn-27-h36m-gt", tmp_path, *words)
    assert code == 2
    assert message in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize("words", [("--by", "actor"), ("--pooling", "some")])
def test_unknown_tables_are_refused(posegcn, cmu, tmp_path, words):
    train(posegcn, cmu, "temporal_conv-27-h36m-cpn", tmp_path, epochs=1)
    code, _, error = posegcn("evaluate", tmp_path, "--data", cmu, *words)
    assert code == 2
    assert error.startswith("posegcn: unknown")


@pytest.mark.parametrize("case", parity.cases("temporal/checkpoint_gla_expected"))
def test_imports_published_files(posegcn, tmp_path, case):
    parity.load(case)
    published = parity.path("temporal/4_gt_9_supervised_epoch_1.bin")
    out = tmp_path / "ours.safetensors"
    words = ("--links", "published_h36m_2021", "--strides", "3,3")
    code, text, error = posegcn("import", published, "--out", out, *words)
    assert code == 0, error
    assert "joint numbers one too low" in text
    model, _ = load_checkpoint(out)
    assert model.receptive_field == 9
    code, _, error = posegcn("import", published, "--out", out, "--strides", "3,x")
    assert code == 2
    assert "invalid strides value: '3,x'" in error
