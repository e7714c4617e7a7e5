"""Runs that are killed, asked to end, or run out of disk: nothing that was kept is lost."""

import os
import random
import resource
import signal
import subprocess
import sys
import time

import pytest
import torch

from posegcn import InputError, fit, load_checkpoint
from posegcn.errors import WorkError
from posegcn.recipes import RECIPES
from posegcn.training.interruption import interruption

RECIPE = RECIPES["semgcn-h36m-gt"].replace(
    epochs=3,
    batch_size=128,
    flip=True,
    model_options={"channels": 8, "num_blocks": 1, "dropout": 0.1},
)


@pytest.fixture(scope="module")
def data(synthetic):
    train, validation, _ = synthetic.every(40).split()
    return train, validation


def train(data, out, recipe=RECIPE, **options):
    return fit(
        recipe.build(0), *data, recipe=recipe, device="cpu", progress=False, out=out, **options
    )


def weights(model):
    return torch.cat([value.flatten().double() for value in model.state_dict().values()])


def in_child(work):
    """Run in a process that can be killed; its number."""
    number = os.fork()
    if number == 0:
        try:
            work()
        finally:
            os._exit(0)
    return number


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_killed_at_20_random_moments_it_ends_as_if_it_had_not_been(data, tmp_path):
    start = time.perf_counter()
    whole = train(data, tmp_path / "whole", save_minutes=0)
    seconds = time.perf_counter() - start
    chance = random.Random(0)
    folder, killed = tmp_path / "killed", 0
    for _ in range(20):
        child = in_child(lambda: train(data, folder, resume=True, save_minutes=0))
        time.sleep(chance.uniform(0, seconds / 10))
        os.kill(child, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
    assert killed == 20
    resumed = train(data, folder, resume=True, save_minutes=0)
    assert torch.equal(weights(resumed.model), weights(whole.model))
    ours, theirs = ([e._replace(seconds=0) for e in r.history] for r in (resumed, whole))
    assert ours == theirs
    for name in ("best", "last"):
        one, other = (
            load_checkpoint(place / f"{name}.safetensors") for place in (folder, tmp_path / "whole")
        )
        assert torch.equal(weights(one[0]), weights(other[0]))
    assert not list(folder.glob(".*"))  # no half-written files are left


def test_a_second_signal_does_what_it_did_before():
    heard, interrupted = [], signal.getsignal(signal.SIGINT)  # ignored where a shell says so
    before = signal.signal(signal.SIGTERM, lambda *_: heard.append("before"))
    try:
        with interruption(wanted=True) as asked:
            assert not asked
            os.kill(os.getpid(), signal.SIGTERM)
            assert asked.name == "SIGTERM"
            os.kill(os.getpid(), signal.SIGTERM)
            assert heard == ["before"]
        assert signal.getsignal(signal.SIGINT) is interrupted
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_asked_to_end_it_keeps_the_step_and_says_so(data, tmp_path, name, monkeypatch):
    whole = train(data, tmp_path / "whole")
    from posegcn.training.engine import Trainer

    step = Trainer.step

    def ask_at_step_7(self, *batch):
        if self.num_done == 6:
            os.kill(os.getpid(), getattr(signal, name))
        return step(self, *batch)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "step", ask_at_step_7)
        with pytest.raises(WorkError, match=f"ended by {name} after step 7; .* with --resume"):
            train(data, tmp_path / "cut")
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    state = torch.load(tmp_path / "cut" / "resume.pt", weights_only=True)
    assert (state["trainer"]["num_done"], state["epoch"]["batch"]) == (7, 7)
    resumed = train(data, tmp_path / "cut", resume=True)
    assert torch.equal(weights(resumed.model), weights(whole.model))


def test_a_process_of_its_own_ends_with_a_sentence(tmp_path):
    folder = tmp_path / "run"
    command = ("train", "semgcn-h36m-gt", "--data", "synthetic", "--out", str(folder), "--quiet")
    small = ("--set", "model.channels=4", "--save-minutes", "0", "--device", "cpu")
    process = subprocess.Popen(
        [sys.executable, "-m", "posegcn", *command, *small], stderr=subprocess.PIPE, text=True
    )
    while not (folder / "resume.pt").is_file():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 1
    assert error.startswith("posegcn: ended by SIGTERM after step ")
    assert error.count("\n") == 1


def test_loss_that_is_no_number_leaves_the_last_good_state(data, tmp_path):
    recipe = RECIPE.replace(schedule="by_epoch", decay_epochs=1)
    with pytest.raises(WorkError, match="the loss became nan at step .*; try a smaller"):
        train(data, tmp_path, recipe.replace(learning_rate=1e30), save_minutes=0)
    if (tmp_path / "resume.pt").exists():
        state = torch.load(tmp_path / "resume.pt", weights_only=True)
        assert state["epoch"]["losses"].isfinite().all()


def test_full_disk_is_a_sentence_and_the_old_state_stays(data, tmp_path):
    """A limit on the size of files is what a full disk looks like, without filling one."""
    train(data, tmp_path, RECIPE.replace(epochs=1))
    before = (tmp_path / "resume.pt").read_bytes()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
    try:
        with pytest.raises(InputError, match=r"cannot write .*resume\.pt: File too large"):
            train(data, tmp_path, RECIPE.replace(epochs=2), resume=True, save_minutes=0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (tmp_path / "resume.pt").read_bytes() == before
    assert not list(tmp_path.glob(".*"))
