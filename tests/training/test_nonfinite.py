import pytest
import torch

from posegcn import fit
from posegcn.errors import WorkError
from posegcn.recipes import RECIPES

RECIPE = RECIPES["semgcn-h36m-gt"].replace(
    epochs=1, batch_size=100_000, model_options={"channels": 4, "num_blocks": 1}
)


@pytest.fixture(scope="module")
def data(synthetic):
    train, validation, _ = synthetic.every(400).split()
    return train, validation


def train(model, *data, recipe=RECIPE, out):
    return fit(model, *data, recipe=recipe, device="cpu", progress=False, out=out)


def saved(folder):
    return {path.name for path in folder.iterdir()} - {"run.json"}


def test_last_update_that_breaks_the_validation_stops_the_run(data, tmp_path):
    with pytest.raises(WorkError, match="the validation error became .* try a smaller learning"):
        train(RECIPE.build(), *data, recipe=RECIPE.replace(learning_rate=1e30), out=tmp_path)
    assert not saved(tmp_path)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_not_saved(data, tmp_path, value):
    """Running statistics are not read in training, so the loss does not show them."""
    model = RECIPE.build()
    model.trunk[0].norm.running_mean[0] = value
    with pytest.raises(WorkError, match="the sum of all weights became .* at step 1; try"):
        train(model, data[0], out=tmp_path)
    assert not saved(tmp_path)


def test_large_weights_are_no_fault(data, tmp_path):
    model = RECIPE.build()
    model.trunk[0].norm.running_var.fill_(torch.finfo(torch.float32).max)
    train(model, data[0], out=tmp_path)
    assert "best.safetensors" in saved(tmp_path)
