"""What the README tells a reader to type works as it stands there."""

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import torch
from support.acclaim import cmu_amc, walk, write_cmu_raw
from support.cmu import write_cmu

import posegcn
from posegcn import make_model, save_published
from posegcn.cli import main
from posegcn.published import temporal_conv

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def lines(program):
    found = [line for block in blocks("sh") for line in block.replace("\\\n", "").splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in found if line.startswith(program)]


def result(name):
    return json.loads((ROOT / "book" / "results" / f"{name}.json").read_text())


@pytest.mark.parametrize("data", ["synthetic", "cmu"])
def test_results_are_those_of_the_stored_files(data):
    column = ["synthetic", "cmu"].index(data)
    rows = {
        cells[0]: cells[1 + column]
        for cells in re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", README, flags=re.MULTILINE)
    }
    baselines = result(f"baselines_{data}")["reports"]
    seeds = [result(f"semgcn_{data}_test_seed{seed}")["mean"] for seed in range(3)]
    network = {measure: sum(mean[measure] for mean in seeds) / 3 for measure in ("P1", "P2")}
    for name, mean in (
        ("mean pose", baselines["mean pose"]["mean"]),
        ("ridge regression", baselines["ridge"]["mean"]),
        ("SemGCN, mean of seeds 0, 1, 2", network),
    ):
        assert rows[name] == f"{mean['P1']:.1f} / {mean['P2']:.1f}"


def test_seconds_are_those_of_the_stored_file():
    training, test = result("semgcn_cmu_train_seed0"), result("semgcn_cmu_test_seed0")
    text = " ".join(README.split())
    assert f"took {training['seconds'] / 60:.1f} minutes on two cores of a CPU" in text
    assert training["threads"] == 2
    errors = f"({test['mean']['P1']:.1f} mm; {test['pooled']['P1']:.1f} mm as the mean of all poses"
    assert errors in text


@pytest.mark.slow
def test_commands(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    save_published("ckpt_Modulated_GCN_128_38.25_30.06.pth.tar", make_model("modulated_gcn"))
    hourglass = make_model("graph_hourglass", layer="dc_preagg", pyramid="published")
    save_published("ckpt_graphsh.pth.tar", hourglass)
    network = make_model("temporal_conv", widths=(3, 3), channels=4)
    layout = temporal_conv.layout(network)
    state = {layout.name(name): value for name, value in network.state_dict().items()}
    torch.save({"model_pos": state}, "pretrained_h36m_cpn.bin")
    trials = dict.fromkeys(("01_01", "02_01", "127_03"), cmu_amc(walk(200)))
    write_cmu_raw(tmp_path / "cmu_database", trials)
    body = np.random.default_rng(0).normal((0, 0, 4000), 1000, (60, 17, 3))
    write_cmu(tmp_path, positions=body.astype(np.int16))

    commands = lines("posegcn ")
    first, published, stages = ["list", "train", "evaluate"], 2 * ["import"], 2 * ["train"]
    over_time, fast = ["train", "evaluate", "import", "data"], ["bench", "train", "train"]
    compared = [*2 * ["evaluate"], "compare", *2 * ["reproduce"], "evaluate"]
    own_video = ["doctor", "lift", "lift", "export"]
    expected = [
        *first,
        "train",
        *compared,
        *own_video,
        *published,
        "export",
        *stages,
        "evaluate",
        *over_time,
        *fast,
    ]
    assert [words[0] for words in commands] == expected
    del commands[3]  # it takes a quarter of an hour
    for words in commands:
        words = [word.replace("DIR", str(tmp_path)) for word in words]
        words = [re.sub("^book/", f"{ROOT}/book/", word) for word in words]
        if words[0] == "bench":
            words += ["--networks", "semgcn", "--rounds", "2"]
        if words[1].startswith("semgcn"):
            words += ["--set", "model.channels=8", "--set", "batch_size=256"]
        if words[1].startswith("modulated_gcn"):
            words += ["--epochs", "1", "--set", "model.channels=8"]
        if words[1].startswith("temporal_conv"):  # a later --set wins
            words += ["--set", "target_step=200", "--set", "model.channels=8"]
        if words[0] == "reproduce":
            words += ["--seeds", "0", "--only", "*vanilla" if "cmu" in words else "linear"]
        refused = words[0] == "compare"  # as the text says
        assert main(words) == (2 if refused else 0), capsys.readouterr().err
    _, over_time = blocks("python")
    names = {"pg": posegcn, "video": torch.rand(30, 17, 2)}
    exec(over_time, names)
    assert names["joints"].shape == (17, 3)
    assert names["stream"].latency == 13


@pytest.mark.slow
def test_python(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code, _ = blocks("python")
    exec(code, {})
    assert "mean of actions" in capsys.readouterr().out


def test_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text()
    for words in lines("make "):
        assert re.search(rf"^{words[0]}:", makefile, flags=re.MULTILINE)


def test_pictures_and_links_exist():
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / target).exists(), target


def test_says_where_the_motion_comes_from():
    text = " ".join(README.split())
    assert "obtained from mocap.cs.cmu.edu" in text
    assert "funding from NSF EIA-0196217" in text
