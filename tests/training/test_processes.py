"""One network trained by two processes on a CPU: the result of one process, and clean ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
import torch
from torch.testing import assert_close

from posegcn import load_checkpoint
from posegcn.cli import main
from posegcn.training.processes import Processes

RECIPE = (
    *("train", "modulated_gcn-h36m-gt", "--data", "synthetic", "--device", "cpu", "--quiet"),
    *("--set", "model.channels=8", "--set", "model.num_blocks=1", "--set", "batch_size=2047"),
    *("--set", "schedule=by_epoch", "--save-minutes", "0"),
)


def start(*arguments, size=2):
    """Processes as torchrun starts them."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    shared = {"WORLD_SIZE": str(size), "MASTER_ADDR": "localhost", "MASTER_PORT": str(port)}
    return [
        subprocess.Popen(
            [sys.executable, "-m", "posegcn", *RECIPE, *arguments],
            env={**os.environ, **shared, "RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(size)
    ]


def ends(processes):
    """Exit code, stdout and stderr of each."""
    outputs = [process.communicate(timeout=120) for process in processes]
    return [(p.returncode, *texts) for p, texts in zip(processes, outputs, strict=True)]


@pytest.mark.slow
def test_two_processes_train_as_one(tmp_path, capsys):
    one, two = tmp_path / "one", tmp_path / "two"
    assert main([*RECIPE, "--epochs", "2", "--out", str(one)]) == 0
    first = ends(start("--epochs", "1", "--out", str(two)))
    assert [code for code, *_ in first] == [0, 0], first
    (code, out, _), other = ends(start("--epochs", "2", "--out", str(two), "--resume", "--json"))
    assert (code, other[:2]) == (0, (0, ""))
    assert json.loads(out)["processes"] == 2
    (alone, _), (shared, card) = load_checkpoint(one), load_checkpoint(two)
    assert card["epochs_done"] == 2
    for ours, theirs in zip(shared.state_dict().values(), alone.state_dict().values(), strict=True):
        assert_close(ours, theirs, rtol=1e-3, atol=1e-4)
    names = {path.name for path in one.iterdir()}
    assert {path.name for path in two.iterdir()} == names


@pytest.mark.slow
def test_when_one_dies_the_other_says_so(tmp_path):
    processes = start("--epochs", "1000", "--out", str(tmp_path))
    wait_for(tmp_path / "resume.pt", processes)
    processes[1].send_signal(signal.SIGKILL)
    (code, _, error), _ = ends(processes)
    assert code == 1
    assert error.startswith("posegcn: process 0 of 2 lost the others (")
    assert error.endswith("; start all of them again with --resume\n")


@pytest.mark.slow
def test_asked_to_end_both_end_at_one_step(tmp_path):
    processes = start("--epochs", "1000", "--out", str(tmp_path))
    wait_for(tmp_path / "resume.pt", processes)
    for process in processes:
        process.send_signal(signal.SIGTERM)
    outcomes = ends(processes)
    assert [code for code, *_ in outcomes] == [1, 1]
    assert outcomes[0][2].startswith("posegcn: ended by SIGTERM after step ")


@pytest.mark.slow
def test_bad_input_ends_both_with_one_sentence(tmp_path):
    (tmp_path / "resume.pt").write_bytes(b"half")
    outcomes = ends(start("--epochs", "1", "--out", str(tmp_path), "--resume"))
    assert [code for code, *_ in outcomes] == [2, 2]
    assert "resume.pt is damaged" in outcomes[0][2]


def wait_for(file, processes):
    while not file.is_file():
        assert all(process.poll() is None for process in processes)
        time.sleep(0.05)


@pytest.mark.parametrize(("size", "items"), [(2, 9), (3, 3), (4, 17)])
def test_shares_are_the_batch_and_their_weighted_means_its_mean(size, items):
    values = torch.randn(items)
    shares = [Processes(rank, size).share(values) for rank in range(size)]
    assert torch.equal(torch.cat([share for share, _ in shares]), values)
    means = torch.stack([weight * share.mean() for share, weight in shares])
    assert_close(means.mean(), values.mean())


def test_a_batch_too_small_to_share_is_everybodys():
    values = torch.randn(2)
    for rank in range(3):
        share, weight = Processes(rank, 3).share(values)
        assert torch.equal(share, values)
        assert weight == 1
