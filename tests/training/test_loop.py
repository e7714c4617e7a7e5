import json

import pytest
import torch
from torch.testing import assert_close

from posegcn import InputError, fit, load_checkpoint, make_model
from posegcn.errors import WorkError
from posegcn.evaluation import evaluate
from posegcn.recipes import RECIPES
from posegcn.skeletons import H36M_17

RECIPE = RECIPES["semgcn-h36m-gt"].replace(
    epochs=3, batch_size=64, learning_rate=3e-3, model_options={"channels": 16, "num_blocks": 1}
)


@pytest.fixture(scope="module")
def data(synthetic):
    train, validation, _ = synthetic.every(40).split()
    return train, validation


def train(data, recipe=RECIPE, seed=0, **options):
    return fit(
        recipe.build(seed), *data, recipe=recipe, seed=seed, device="cpu", progress=False, **options
    )


def weights(model):
    return torch.cat([value.flatten().double() for value in model.state_dict().values()])


class CutOffError(Exception):
    """What cuts a run off in these tests."""


def stop_after(monkeypatch, epochs):
    from posegcn.training import folder

    keep = folder.RunFolder.keep

    def keep_then_stop(self, state):
        keep(self, state)
        if len(state["members"][0]["history"]) == epochs:
            raise CutOffError

    monkeypatch.setattr(folder.RunFolder, "keep", keep_then_stop)


def test_learns_and_keeps_the_best_epoch(data):
    run = train(data)
    errors = [epoch.validation_mm for epoch in run.history]
    assert len(errors) == 3
    assert run.history[-1].loss < run.history[0].loss
    assert run.best.validation_mm == min(errors)
    assert not run.model.training
    measured = evaluate(run.model, data[1], device="cpu").pooled["P1"]
    assert measured == pytest.approx(run.best.validation_mm, rel=1e-5)


def test_same_seed_same_weights_to_the_last_bit(data):
    one, again, other = train(data), train(data), train(data, seed=1)
    assert torch.equal(weights(one.model), weights(again.model))
    assert not torch.equal(weights(one.model), weights(other.model))


def test_leaves_the_global_generator_alone(data):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    train(data, RECIPE.replace(epochs=1))
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize("dropout", [0.0, 0.2])
def test_resumed_run_is_the_uninterrupted_run_to_the_last_bit(data, tmp_path, monkeypatch, dropout):
    recipe = RECIPE.replace(model_options={**RECIPE.model_options, "dropout": dropout})
    whole = train(data, recipe, out=tmp_path / "whole")
    with monkeypatch.context() as patch:
        stop_after(patch, epochs=2)
        with pytest.raises(CutOffError):
            train(data, recipe, out=tmp_path / "cut")
    resumed = train(data, recipe, out=tmp_path / "cut", resume=True)
    assert torch.equal(weights(resumed.model), weights(whole.model))
    ours, theirs = ([e._replace(seconds=0) for e in r.history] for r in (resumed, whole))
    assert ours == theirs


def test_run_folder_holds_what_it_says(data, tmp_path):
    run = train(data, out=tmp_path, tensorboard=True)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {
        *("best.safetensors", "best.json", "last.safetensors", "last.json"),
        *("run.json", "log.csv", "curve.png", "resume.pt", "tensorboard"),
    }
    assert len((tmp_path / "log.csv").read_text().splitlines()) == 4
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert any((tmp_path / "tensorboard").iterdir())
    model, card = load_checkpoint(tmp_path)
    assert_close(weights(model), weights(run.model), rtol=0, atol=0)
    assert card == json.loads((tmp_path / "best.json").read_text())
    assert card["epoch"] == run.best.epoch
    assert card["recipe"]["source"].startswith("Zhao et al.")
    assert card["selection"] == "lowest P1 on P5"
    assert json.loads((tmp_path / "last.json").read_text())["epoch"] == 3


def test_finished_run_resumes_to_itself(data, tmp_path):
    run = train(data, out=tmp_path)
    again = train(data, out=tmp_path, resume=True)
    assert again.history == run.history
    assert torch.equal(weights(again.model), weights(run.model))


def test_folder_with_a_run_is_not_overwritten(data, tmp_path):
    recipe = RECIPE.replace(epochs=1)
    train(data, recipe, out=tmp_path)
    before = (tmp_path / "resume.pt").read_bytes()
    with pytest.raises(InputError, match="holds a training run; go on with --resume"):
        train(data, recipe, out=tmp_path)
    with pytest.raises(InputError, match="was trained with seed 0, not 1"):
        train(data, recipe, seed=1, out=tmp_path, resume=True)
    with pytest.raises(InputError, match="was trained with learning_rate 0.003, not 1.0"):
        train(data, recipe.replace(learning_rate=1.0), out=tmp_path, resume=True)
    assert (tmp_path / "resume.pt").read_bytes() == before


def test_open_ended_run_goes_on_for_more_epochs(data, tmp_path):
    whole = train(data)
    train(data, RECIPE.replace(epochs=2), out=tmp_path)
    longer = train(data, out=tmp_path, resume=True)
    assert torch.equal(weights(longer.model), weights(whole.model))


def test_run_does_not_go_back_to_fewer_epochs(data, tmp_path):
    train(data, RECIPE.replace(epochs=2), out=tmp_path)
    before = (tmp_path / "run.json").read_bytes()
    with pytest.raises(InputError, match="has finished 2 epochs, more than the 1 asked for"):
        train(data, RECIPE.replace(epochs=1), out=tmp_path, resume=True)
    assert (tmp_path / "run.json").read_bytes() == before


def test_run_with_a_validation_subject_does_not_go_on_without(data, tmp_path):
    recipe = RECIPE.replace(epochs=1)
    train(data, recipe, out=tmp_path)
    with pytest.raises(InputError, match="was trained with selection lowest P1 on P5, not None"):
        train(data[:1], recipe, out=tmp_path, resume=True)


def test_run_whose_schedule_looks_ahead_does_not(data, tmp_path):
    recipe = RECIPE.replace(epochs=1, schedule="warmup_cosine")
    train(data, recipe, out=tmp_path)
    with pytest.raises(InputError, match="was trained with epochs 1, not 2"):
        train(data, recipe.replace(epochs=2), out=tmp_path, resume=True)


def test_log_has_the_rate_of_the_last_step(data):
    recipe = RECIPE.replace(epochs=1, decay_steps=1, decay_rate=0.9)
    (epoch,) = train(data, recipe).history
    assert epoch.learning_rate == pytest.approx(3e-3 * 0.9**epoch.step)


def test_damaged_state_is_one_sentence(data, tmp_path):
    train(data, RECIPE.replace(epochs=1), out=tmp_path)
    (tmp_path / "resume.pt").write_bytes(b"half")
    with pytest.raises(InputError, match=r"resume.pt is damaged"):
        train(data, RECIPE.replace(epochs=1), out=tmp_path, resume=True)


@pytest.mark.parametrize("content", [[], {}, {"identity": {}}, {"identity": {"recipe": {}}}])
def test_state_without_its_entries_is_one_sentence(data, tmp_path, content):
    torch.save(content, tmp_path / "resume.pt")
    with pytest.raises(InputError, match=r"resume.pt is damaged"):
        train(data, out=tmp_path, resume=True)


def test_without_validation_the_last_epoch_is_kept(data):
    recipe = RECIPE.replace(epochs=2)
    run = fit(recipe.build(), data[0], recipe=recipe, device="cpu", progress=False)
    assert run.best.epoch == 2
    assert run.best.validation_mm is None
    assert "selection" not in run.card


def test_loss_that_is_no_number_stops_the_run(data, tmp_path):
    with pytest.raises(WorkError, match="the loss became nan .* try a smaller learning rate"):
        train(data, RECIPE.replace(learning_rate=1e30), out=tmp_path)


def test_other_skeleton_is_refused(data):
    model = make_model("semgcn", skeleton=H36M_17, channels=8)
    with pytest.raises(InputError, match="lifts skeleton 'h36m_17', the clips have 'h36m_16'"):
        fit(model, *data, recipe=RECIPE, progress=False)


def test_linear_learns_too(data):
    recipe = RECIPES["linear-h36m-gt"].replace(epochs=2, model_options={"channels": 32})
    run = train(data, recipe)
    assert run.history[1].loss < run.history[0].loss


def test_networks_are_given_back_whole_also_when_training_fails(data, tmp_path, monkeypatch):
    """Biases that rest in training learn again for whoever trains the network next."""
    stop_after(monkeypatch, epochs=1)
    model = RECIPE.build(0)
    with pytest.raises(CutOffError):
        fit(model, *data, recipe=RECIPE, device="cpu", progress=False, out=tmp_path)
    assert all(values.requires_grad for values in model.parameters())
