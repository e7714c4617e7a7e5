import json

import pytest

from posegcn.suites import SUITES

ARGUMENTS = ("--device", "cpu", "--quiet", "--seeds", "3")


@pytest.mark.slow
def test_smoke_prints_ours_beside_published(posegcn, tmp_path):
    code, out, error = posegcn("reproduce", "smoke", "--out", tmp_path, *ARGUMENTS)
    assert code == 0
    lines = error.splitlines()
    assert len(lines) == len(SUITES["smoke"].entries)
    assert all(", seed 3: P1 " in line and line.endswith(" s of training") for line in lines)
    row = next(line for line in out.splitlines() if line.startswith("semgcn"))
    assert row.split()[-4:] == ["3", "42.14", "33.53", "semgcn-h36m-gt"]
    code, out, error = posegcn("reproduce", "smoke", "--out", tmp_path, *ARGUMENTS, "--json")
    assert all(line.endswith("was there") for line in error.splitlines())
    summary = json.loads(out)
    assert summary["suite"] == "smoke"
    errors = {row["name"]: row["errors"]["corrected"]["P1"]["mean"] for row in summary["rows"]}
    stored = json.loads((tmp_path / "semgcn-seed3.json").read_text())
    assert errors["semgcn"] == stored["mean"]["P1"]
    assert json.loads((tmp_path / "summary.json").read_text()) == summary
    assert row in (tmp_path / "summary.txt").read_text().splitlines()
    # A part of the suite leaves what else is finished in the summary.
    code, out, _ = posegcn("reproduce", "smoke", "--out", tmp_path, *ARGUMENTS, "--only", "linear")
    assert code == 0
    assert row in out.splitlines()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("cmuu",), "unknown suite 'cmuu', did you mean 'cmu'"),
        (("cmu",), "the suite wants data of your own, as --data cmu:DIR"),
        (("cmu", "--data", "cmu:/nowhere"), "/nowhere/cmu_train.npz"),
        (("smoke", "--only", "x"), "no network of the suite fits 'x'"),
        (("smoke", "--seeds", "1,1"), "expected different numbers, got 1,1"),
        (("smoke", "--seeds", "a"), "invalid seeds value: 'a'"),
        (("h36m", "--data", "synthetic"), "unknown kind of keypoints 'gt'"),
    ],
)
def test_bad_input_is_one_sentence(posegcn, tmp_path, arguments, sentence):
    code, out, error = posegcn("reproduce", *arguments, "--out", tmp_path / "out", "--quiet")
    assert (code, out) == (2, "")
    assert sentence in error
    assert error.count("\n") == 1
