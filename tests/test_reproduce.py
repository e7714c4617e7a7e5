import pytest

from posegcn import evaluate, fit
from posegcn.recipes import RECIPES
from posegcn.reproduce import trial

RECIPE = RECIPES["semgcn-h36m-gt"].replace(
    name="tiny", epochs=1, model_options={"channels": 8, "num_blocks": 1}
)


def test_a_trial_is_build_fit_and_evaluate(synthetic):
    splits = synthetic.every(40).split()
    report = trial(RECIPE, splits, seed=2, device="cpu")
    train, validation, test = splits
    run = fit(
        RECIPE.build(2), train, validation, recipe=RECIPE, seed=2, device="cpu", progress=False
    )
    assert report.mean["P1"] == pytest.approx(evaluate(run.model, test, device="cpu").mean["P1"])
    assert (report.card["recipe"], report.card["seed"]) == ("tiny", 2)
    assert report.card["selection"] == "lowest P1 on P5"
