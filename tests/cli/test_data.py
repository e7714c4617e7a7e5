import json

import pytest
from support.acclaim import cmu_amc, walk, write_cmu_raw


@pytest.fixture
def raw(tmp_path):
    trials = dict.fromkeys(("01_01", "02_01", "127_03"), cmu_amc(walk(200)))
    return write_cmu_raw(tmp_path / "raw", trials)


def test_convert_then_measure(posegcn, raw, tmp_path):
    out_folder = tmp_path / "out"
    code, out, error = posegcn("data", "cmu", raw, "--out", out_folder)
    assert code == 0
    assert "train: subjects 2, sequences 2, frames 166" in out
    assert "test:  subjects 1, sequences 1, frames 83" in out
    assert f"next: posegcn train semgcn-h36m-gt --data cmu:{out_folder} --out runs/first\n" in out
    assert "3/3" in error
    code, out, _ = posegcn("baselines", "--data", f"cmu:{out_folder}")
    assert code == 0
    assert "mean pose" in out


def test_json_alone_on_stdout(posegcn, raw, tmp_path):
    code, out, error = posegcn("data", "cmu", raw, "--out", tmp_path / "out", "--quiet", "--json")
    assert code == 0
    assert error == ""
    assert json.loads(out)["test"] == {"subjects": ["C02"], "sequences": 1, "frames": 83}


def test_without_the_subject_to_select_on_it_says_what_to_do(posegcn, raw, tmp_path):
    (raw / "subjects/127/127_03.amc").unlink()
    code, out, _ = posegcn("data", "cmu", raw, "--out", tmp_path / "out")
    assert code == 0
    assert "too few subjects to select networks on C127" in out
    assert out.endswith("--out runs/first --selection published\n")


def test_subjects_to_test_on(posegcn, raw, tmp_path):
    chosen = ("--test-subjects", "01, 02", "--json", "--quiet")
    _, out, _ = posegcn("data", "cmu", raw, "--out", tmp_path / "out", *chosen)
    assert json.loads(out)["test"]["subjects"] == ["C01", "C02"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("data",), "the following arguments are required: KIND; see posegcn data --help"),
        (("data", "cmv"), "invalid choice: 'cmv'"),
        (("data", "cmu", "{raw}"), "the following arguments are required: --out"),
        (("data", "cmu", "{raw}/none", "--out", "{tmp}/x"), "there is no folder"),
        (("data", "cmu", "{raw}", "--out", "{raw}/subjects/01/01.asf"), "cannot write"),
        (("data", "cmu", "{raw}", "--out", "{tmp}/x", "--test-subjects", "1"), "unknown subject"),
        (("data", "cmu", "{bad}", "--out", "{tmp}/x", "--quiet"), "02_01.amc, line 4: '2.5'"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(posegcn, raw, tmp_path, arguments, message):
    trials = {"01_01": cmu_amc(walk(200)), "02_01": ":DEGREES\n1\nroot 0 0 0 0 0 0\n2.5\n"}
    bad = write_cmu_raw(tmp_path / "bad", trials)
    places = {"raw": raw, "bad": bad, "tmp": tmp_path}
    code, out, error = posegcn(*(word.format(**places) for word in arguments))
    assert code == 2
    assert out == ""
    assert message in error
    assert error.startswith("posegcn: ")
    assert error.count("\n") == 1
    assert not (tmp_path / "x").exists()


def test_help_of_the_kind(posegcn, capsys):
    with pytest.raises(SystemExit) as stop:
        posegcn("data", "cmu", "--help")
    assert stop.value.code == 0
    assert "mocap.cs.cmu.edu" in capsys.readouterr().out
