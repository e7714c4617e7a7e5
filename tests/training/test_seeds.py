"""Several networks trained side by side are those that are trained one by one."""

import pytest
import torch
from support.clips import clips_of
from torch.testing import assert_close

from posegcn import InputError, load_checkpoint
from posegcn.layers import list_layers
from posegcn.recipes import RECIPES
from posegcn.training import fit, fit_seeds
from posegcn.training.engine import Trainer
from posegcn.training.seeds import StackedTrainer

SEEDS = (0, 3, 5)
RECIPE = RECIPES["semgcn-h36m-gt"].replace(
    epochs=2, batch_size=64, model_options={"channels": 8, "num_blocks": 1}
)


@pytest.fixture(scope="module")
def data(synthetic):
    train, validation, _ = synthetic.every(160).split()
    return train, validation


def together(data, recipe=RECIPE, **options):
    models = [recipe.build(seed) for seed in SEEDS]
    return fit_seeds(
        models, *data, recipe=recipe, seeds=SEEDS, device="cpu", progress=False, **options
    )


def recipe_of(layer):
    return RECIPES["residual_gcn-vanilla-h36m-gt"].replace(
        model_options={"layer": layer, "channels": 6, "num_blocks": 1}, learning_rate=0.01
    )


NETWORKS = {
    **{layer: recipe_of(layer) for layer in list_layers()},
    "non_local": RECIPES["semgcn_nonlocal-h36m-gt"].replace(
        model_options={"channels": 6, "num_blocks": 1, "non_local": True}
    ),
    "hourglass": RECIPES["graphsh-dc_preagg-h36m-gt"].replace(
        model_options={"channels": 8, "stacks": 1}
    ),
    "gla_gcn": RECIPES["gla_gcn-27-h36m-gt"].replace(
        model_options={"strides": (3, 3), "channels": 4, "dropout": 0.0}
    ),
    "temporal_conv": RECIPES["temporal_conv-27-h36m-gt"].replace(
        model_options={"widths": (3, 3), "channels": 8, "dropout": 0.0}
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_steps_are_those_of_each_alone(name):
    """Losses, weights and statistics after five steps, in double precision."""
    recipe = NETWORKS[name]
    models, twins = ([recipe.build(seed).double() for seed in SEEDS] for _ in range(2))
    stacked = StackedTrainer(models, recipe, num_steps=80)
    alone = [Trainer(twin, recipe, num_steps=80) for twin in twins]
    for trainer in (stacked, *alone):
        trainer.begin_epoch(0)
    frames = () if not hasattr(models[0], "receptive_field") else (9,)
    joints = models[0].skeleton.num_joints
    generator = torch.Generator().manual_seed(0)
    for _ in range(5):
        keypoints = torch.randn(3, 8, *frames, joints, 2, generator=generator).double()
        targets = torch.randn(3, 8, *[1 for _ in frames], joints, 3, generator=generator).double()
        losses = stacked.step(keypoints.flatten(0, 1), targets.flatten(0, 1))
        for index, trainer in enumerate(alone):
            expected = trainer.step(keypoints[index], targets[index])
            assert_close(losses[index], expected, rtol=1e-9, atol=1e-9)
    for model, twin in zip(models, twins, strict=True):
        for (key, ours), theirs in zip(
            model.state_dict().items(), twin.state_dict().values(), strict=True
        ):
            assert_close(ours, theirs, rtol=1e-7, atol=1e-7, msg=lambda text, key=key: key + text)


def test_runs_are_those_of_each_alone(data):
    """In single precision, whose rounding training magnifies."""
    for run, seed in zip(together(data), SEEDS, strict=True):
        alone = fit(
            RECIPE.build(seed), *data, recipe=RECIPE, seed=seed, device="cpu", progress=False
        )
        assert run.card["seed"] == seed
        for ours, theirs in zip(run.history, alone.history, strict=True):
            assert ours.validation_mm == pytest.approx(theirs.validation_mm, rel=5e-3)
            assert ours.loss == pytest.approx(theirs.loss, rel=5e-3)


def test_each_has_its_folder_and_all_resume_together(data, tmp_path):
    whole = together(data, out=tmp_path / "whole")
    together(data, RECIPE.replace(epochs=1), out=tmp_path / "parts")
    resumed = together(data, out=tmp_path / "parts", resume=True)
    for one, other, seed in zip(whole, resumed, SEEDS, strict=True):
        assert [e._replace(seconds=0) for e in one.history] == [
            e._replace(seconds=0) for e in other.history
        ]
        model, card = load_checkpoint(tmp_path / "parts" / f"seed{seed}")
        assert card["seed"] == seed
        for ours, theirs in zip(model.parameters(), one.model.parameters(), strict=True):
            assert torch.equal(ours, theirs)
    with pytest.raises(InputError, match=r"was trained with seed \[0, 3, 5\], not 0"):
        fit(RECIPE.build(0), *data, recipe=RECIPE, out=tmp_path / "parts", resume=True)


def test_dropout_differs_between_networks():
    recipe = RECIPE.replace(model_options={**RECIPE.model_options, "dropout": 0.5})
    models = [recipe.build(0) for _ in range(2)]
    trainer = StackedTrainer(models, recipe, num_steps=10)
    keypoints, joints = torch.randn(8, 16, 2), torch.randn(8, 16, 3)
    one, other = trainer.step(keypoints.repeat(2, 1, 1), joints.repeat(2, 1, 1))
    assert one != other


def test_windows_are_drawn_for_each_alone():
    from posegcn.training.batches import PoseBatches
    from posegcn.training.generators import epoch_generators

    recipe = RECIPES["temporal_conv-27-h36m-gt"].replace(
        batch_size=7, model_options={"widths": (3,), "channels": 4}
    )
    batches = PoseBatches(clips_of([30]), recipe, recipe.build())
    for items, *alone in zip(
        batches.order(*epoch_generators(SEEDS, 4)),
        *(batches.order(*epoch_generators([seed], 4)) for seed in SEEDS),
        strict=True,
    ):
        assert torch.equal(items, torch.cat(alone))


def test_networks_that_are_given_back_own_their_weights(data):
    recipe = RECIPE.replace(epochs=1)
    for run in together(data, recipe):
        for value in run.model.state_dict().values():
            assert value.untyped_storage().nbytes() == value.nbytes


def test_state_grows_with_the_number_of_networks_and_no_faster(data, tmp_path):
    recipe, sizes = RECIPE.replace(epochs=1), []
    for number in (1, 4):
        fit_seeds(
            [recipe.build(seed) for seed in range(number)],
            *data,
            recipe=recipe,
            seeds=range(number),
            device="cpu",
            out=tmp_path / str(number),
            progress=False,
        )
        sizes.append((tmp_path / str(number) / "resume.pt").stat().st_size)
    assert sizes[1] < 4 * sizes[0]


@pytest.mark.parametrize("seeds", [(0,), (1, 1)])
def test_seeds_must_be_as_many_and_different(data, seeds):
    with pytest.raises(InputError, match="2 networks want as many different seeds, got"):
        fit_seeds([RECIPE.build(0), RECIPE.build(1)], *data, recipe=RECIPE, seeds=seeds)
