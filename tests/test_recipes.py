import dataclasses

import pytest
import torch

from posegcn import InputError, list_layers
from posegcn.recipes import RECIPES
from posegcn.training.losses import LOSSES
from posegcn.training.norms import MOMENTA
from posegcn.training.optimizers import OPTIMIZERS
from posegcn.training.perturbation import TARGET_NOISE
from posegcn.training.schedules import SCHEDULES

RECIPE = RECIPES["semgcn-h36m-gt"]


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_recipes_are_complete(recipe):
    assert recipe.source
    assert set(recipe.published_mm) <= {"P1", "P2"}
    over_time = recipe.name.startswith(("gla_gcn", "temporal_conv"))
    seventeen = over_time or recipe.name.endswith("-cpn")
    bodies = {"humaneva": "humaneva_15", "3dhp": "mpi_inf_3dhp_17"}
    body = bodies.get(recipe.name.split("-")[2], "h36m_17" if seventeen else "h36m_16")
    assert recipe.skeleton == body
    assert recipe.optimizer in OPTIMIZERS
    assert recipe.target_noise in TARGET_NOISE
    assert recipe.norm_momentum in MOMENTA
    assert recipe.loss in LOSSES
    assert recipe.schedule in SCHEDULES
    model = recipe.build()
    assert model.skeleton.name == recipe.skeleton


def test_published_numbers_of_semgcn():
    assert (RECIPE.learning_rate, RECIPE.batch_size, RECIPE.epochs) == (1e-3, 64, 50)
    assert (RECIPE.decay_rate, RECIPE.decay_steps, RECIPE.clip_norm) == (0.96, 100_000, 1.0)
    assert RECIPE.published_mm == {"P1": 42.14, "P2": 33.53}


def test_published_numbers_of_gla_gcn():
    for frames, levels in ((27, 3), (81, 4), (243, 5)):
        recipe = RECIPES[f"gla_gcn-{frames}-h36m-gt"]
        assert recipe.model_options == {"strides": (3,) * levels}
        assert (recipe.optimizer, recipe.learning_rate, recipe.schedule) == (
            "ranger",
            0.01,
            "cosine",
        )
        assert (recipe.batch_size, recipe.epochs, recipe.loss) == (512, 80, "mpjpe")
        assert not recipe.flip
        assert recipe.build().receptive_field == frames
    dhp = RECIPES["gla_gcn-81-3dhp-gt"]
    assert (dhp.optimizer, dhp.amsgrad, dhp.learning_rate) == ("adam", True, 1e-3)
    assert (dhp.batch_size, dhp.epochs, dhp.norm_momentum) == (1200, 49, "constant")


def test_published_numbers_of_videopose3d():
    recipe = RECIPES["temporal_conv-243-h36m-cpn"]
    assert (recipe.amsgrad, recipe.learning_rate, recipe.decay_rate) == (True, 1e-3, 0.95)
    assert (recipe.batch_size, recipe.epochs, recipe.flip) == (1024, 80, True)
    assert recipe.published_mm == {"P1": 46.8, "P2": 36.5}
    humaneva = RECIPES["temporal_conv-27-humaneva-detectron"]
    assert (humaneva.batch_size, humaneva.epochs, humaneva.decay_rate) == (128, 1000, 0.996)


def test_windows_longer_than_a_network_can_hold_are_refused():
    with pytest.raises(InputError, match=r"model\.strides must multiply to at most 4096"):
        RECIPES["gla_gcn-27-h36m-gt"].replace(model_options={"strides": [9] * 5})


def test_published_numbers_of_modulated_gcn():
    exact, detected = RECIPES["modulated_gcn-h36m-gt"], RECIPES["modulated_gcn-h36m-cpn"]
    assert (exact.loss, exact.l1_weight, exact.learning_rate) == ("mse", 0.1, 1e-3)
    assert (exact.batch_size, exact.epochs, exact.clip_norm) == (64, 50, 1)
    assert (detected.loss, detected.l1_weight, detected.learning_rate) == ("mpjpe", 0.01, 5e-3)
    assert (detected.batch_size, detected.epochs, detected.clip_norm) == (256, 30, 0)
    assert (detected.amsgrad, detected.flip, detected.decay_rate) == (True, True, 0.9)
    assert detected.model_options == {
        "dropout": 0.2,
        "init": "published",
        "modulation_init": "xavier",
    }


@pytest.mark.parametrize("keypoints", ["gt", "cpn"])
@pytest.mark.parametrize("layer", [name for name in list_layers() if name != "adaptive"])
def test_every_layer_has_a_recipe_in_both_trunks(layer, keypoints):
    trunk = RECIPES[f"residual_gcn-{layer}-h36m-{keypoints}"]
    stacked = RECIPES[f"graphsh-{layer}-h36m-{keypoints}"]
    assert trunk.model_options["layer"] == stacked.model_options["layer"] == layer
    assert (stacked.learning_rate, stacked.batch_size, stacked.epochs) == (1e-4, 256, 50)
    assert (stacked.decay_rate, stacked.decay_steps) == (0.92, 20_000)
    assert stacked.model_options["dropout"] == 0.25
    assert stacked.model_options["init"] == "published"
    assert stacked.model_options.get("normalisation") == ("row" if layer == "modulated" else None)


def test_build_depends_on_the_seed_only():
    torch.manual_seed(7)
    before = torch.get_rng_state()
    one, again, other = RECIPE.build(3), RECIPE.build(3), RECIPE.build(4)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(one.head.weight, again.head.weight)
    assert not torch.equal(one.head.weight, other.head.weight)


def test_replace_changes_a_copy():
    changed = RECIPE.replace(epochs=5)
    assert (changed.epochs, RECIPE.epochs) == (5, 50)
    with pytest.raises(dataclasses.FrozenInstanceError):
        RECIPE.epochs = 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"learning_rat": 1}, "unknown field of a recipe 'learning_rat', did you mean"),
        ({"epochs": "five"}, "epochs must be a positive whole number, got 'five'"),
        ({"epochs": 0}, "epochs must be larger than 0, got 0"),
        ({"epochs": 2.5}, "epochs must be a positive whole number, got 2.5"),
        ({"learning_rate": -1}, "learning_rate must be a positive number, got -1"),
        ({"learning_rate": float("nan")}, "learning_rate must be a positive number, got nan"),
        ({"batch_size": True}, "batch_size must be a positive whole number, got True"),
        ({"flip": 1}, "flip must be true or false, got 1"),
        ({"learning_rate": float("inf")}, "learning_rate must be at most 3.4.*, got inf"),
        ({"decay_rate": 1.5}, "decay_rate must be at most 1, got 1.5"),
        ({"batch_size": 1}, "batch_size must be larger than 1, got 1"),
        ({"model_options": 3}, "model_options must be a table of names and values, got 3"),
        ({"model_options": {"channels": 5000}}, "model.channels must be at most 4096, got 5000"),
        ({"model_options": {"skeleton": "h36m_17"}}, "model.skeleton is no option; set the recipe"),
        ({"schedule": 3}, "schedule must be text, got 3"),
    ],
)
def test_values_out_of_range_are_one_sentence(changes, message):
    with pytest.raises(InputError, match=message):
        RECIPE.replace(**changes)


def test_zero_clip_norm_is_allowed():
    assert RECIPE.replace(clip_norm=0).clip_norm == 0


@pytest.mark.parametrize("options", [{"dropout": 2}, {"channels": "abc"}, {"layer": [1]}])
def test_options_of_the_network_are_checked_when_it_is_built(options):
    with pytest.raises(InputError, match=next(iter(options))):
        RECIPE.replace(model_options=options).build()
