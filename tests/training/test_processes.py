"""One network trained by two processes on a CPU: the result of one process, and clean ends."""

import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict

import pytest
import torch
from torch.testing import assert_close

from posegcn import load_checkpoint
from posegcn.cli import main
from posegcn.recipes import RECIPES
from posegcn.training.engine import Trainer
from posegcn.training.processes import Processes, joined
from posegcn.training.session import Session
from posegcn.training.shared import SharedTrainer

RECIPE = (
    *("train", "modulated_gcn-h36m-gt", "--data", "synthetic", "--device", "cpu", "--quiet"),
    *("--set", "model.channels=8", "--set", "model.num_blocks=1", "--set", "batch_size=2047"),
    *("--set", "schedule=by_epoch", "--save-minutes", "0"),
)


def free_port():
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


def start(*arguments, size=2):
    """Processes as torchrun starts them."""
    shared = {"WORLD_SIZE": str(size), "MASTER_ADDR": "localhost", "MASTER_PORT": str(free_port())}
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
    cards = [load_checkpoint(run / "last.safetensors")[1] for run in (one, two)]
    assert [card["epochs_done"] for card in cards] == [2, 2]
    assert cards[1]["validation_mm"] == pytest.approx(cards[0]["validation_mm"], rel=2e-2)
    names = {path.name for path in one.iterdir()}
    assert {path.name for path in two.iterdir()} == names


NETWORKS = {
    "modulated_gcn-h36m-gt": {"channels": 6, "num_blocks": 1},
    "semgcn_nonlocal-h36m-gt": {"channels": 6, "num_blocks": 1, "non_local": True},
    "graphsh-dc_preagg-h36m-gt": {"channels": 6, "stacks": 2, "dropout": 0.0},
    "gla_gcn-27-h36m-gt": {"channels": 4, "strides": (3,), "dropout": 0.0},
    "temporal_conv-27-h36m-gt": {"channels": 6, "widths": (3,), "dropout": 0.0},
    "linear-h36m-gt": {"channels": 6, "dropout": 0.0},
}


def steps_of(name, trainer_of, share):
    """Weights and statistics after five steps in double precision, each with nine poses."""
    recipe = RECIPES[name].replace(model_options=NETWORKS[name])
    model = recipe.build().double()
    trainer = trainer_of(model, recipe, num_steps=5 * recipe.epochs)
    trainer.begin_epoch(0)
    frames = (3, 1) if hasattr(model, "receptive_field") else ((), ())
    generator = torch.Generator().manual_seed(0)
    joints = model.skeleton.num_joints
    for _ in range(5):
        seen, targets = (
            torch.randn(9, *([count] if count else []), joints, size, generator=generator).double()
            for count, size in zip(frames, (2, 3), strict=True)
        )
        items, trainer.weight = share(torch.arange(9))
        trainer.step(seen[items], targets[items])
    return model.state_dict()


def train_shares(rank, port, file):
    shared = {"WORLD_SIZE": "2", "MASTER_ADDR": "localhost", "MASTER_PORT": str(port)}
    os.environ.update(shared, RANK=str(rank), LOCAL_RANK=str(rank))
    with joined(torch.device("cpu")) as processes:
        states = {name: steps_of(name, SharedTrainer, processes.share) for name in NETWORKS}
        if rank == 0:
            torch.save(states, file)


@pytest.mark.slow
def test_steps_of_two_processes_are_those_of_one(tmp_path):
    context, port, file = multiprocessing.get_context("spawn"), free_port(), tmp_path / "states.pt"
    children = [context.Process(target=train_shares, args=(r, port, file)) for r in range(2)]
    for child in children:
        child.start()
    expected = {name: steps_of(name, Trainer, Processes().share) for name in NETWORKS}
    for child in children:
        child.join(120)
        assert child.exitcode == 0
    for name, state in torch.load(file).items():
        for key, value in state.items():
            where = f"{name}, {key}: "
            assert_close(
                value, expected[name][key], rtol=1e-9, atol=1e-9, msg=lambda text, w=where: w + text
            )


@pytest.mark.slow
def test_when_one_dies_the_other_says_so(tmp_path):
    processes = start("--epochs", "1000", "--out", str(tmp_path))
    wait_for(tmp_path / "resume.pt", processes)
    processes[1].send_signal(signal.SIGKILL)
    (code, _, error), _ = ends(processes)
    assert code == 1
    assert error.startswith("posegcn: process 0 of 2 has lost the others: ")
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


class Pair(Processes):
    """The first of two processes, the other of which has seen losses of three in sum."""

    def first(self, work):
        return work()

    def any(self, here, device):
        return here

    def mean(self, values):
        return (values + 3) / 2


def test_kept_losses_are_those_of_all_processes(tmp_path):
    recipe = RECIPES["linear-h36m-gt"].replace(model_options={"channels": 2})
    found = []
    for resume in (False, True):
        trainer = Trainer(recipe.build(), recipe, num_steps=5)
        session = Session(trainer, {"recipe": asdict(recipe)}, [0], Pair(0, size=2), save_minutes=5)
        session.open(tmp_path, resume, tensorboard=False)
        found.append(session.losses.item())
        session.add(torch.tensor([1.0]))
        session.save()
        found.append(session.losses.item())
    assert found == [0, 1, 2, 3]  # (1 + 3) / 2 = 2 goes on in every process
