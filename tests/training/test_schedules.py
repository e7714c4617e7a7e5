import pytest
from support import parity

from posegcn.recipes import RECIPES
from posegcn.training.schedules import (
    by_epoch,
    by_epoch_halved,
    cosine,
    staircase,
    warmup_cosine,
)

RECIPE = RECIPES["semgcn-h36m-gt"]


def test_decay_formula_equals_the_public_code():
    """The public function at any step; the program looks at it only where the stairs are."""
    reference = parity.load("single_frame/functions/graphs_and_schedules")
    values = reference["lr_decay/value_lr1e-3_decay1e5_gamma.96"]
    for step, value in zip(reference["lr_decay/steps"].tolist(), values, strict=True):
        if step == 1 or step % RECIPE.decay_steps == 0:
            assert staircase(RECIPE, step, 0) == pytest.approx(value, rel=1e-12)
    recipe = RECIPES["graphsh-vanilla-h36m-gt"]
    values = reference["lr_decay/value_lr1e-4_decay2e4_gamma.92"]
    for step, value in zip(reference["lr_decay/steps"].tolist(), values, strict=True):
        if step == 1 or step % recipe.decay_steps == 0:
            assert staircase(recipe, step, 0) == pytest.approx(value, rel=1e-12)


def test_staircase_changes_only_at_multiples():
    recipe = RECIPE.replace(decay_steps=3)
    rates = [staircase(recipe, step, 100) for step in range(1, 8)]
    assert rates[0] == rates[1] == pytest.approx(1e-3 * 0.96 ** (1 / 3))
    assert rates[2] == rates[3] == rates[4] == pytest.approx(1e-3 * 0.96)
    assert rates[5] == rates[6] == pytest.approx(1e-3 * 0.96**2)


def test_by_epoch_goes_down_after_every_fourth_epoch():
    recipe = RECIPES["modulated_gcn-h36m-cpn"]
    rates = [by_epoch(recipe, step, 30 * 10) for step in range(1, 301)]
    assert rates[:40] == [5e-3] * 40
    assert rates[40:80] == [5e-3 * 0.9] * 40
    assert rates[-1] == pytest.approx(5e-3 * 0.9**7)


def test_warmup_cosine_goes_up_and_down_to_zero():
    rates = [warmup_cosine(RECIPE, step, 100) for step in range(1, 101)]
    assert rates[0] == pytest.approx(1e-4)
    assert max(rates) == rates[9]
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] < 1e-6


@pytest.mark.parametrize("case", parity.cases("temporal/optimizer_ranger"))
def test_cosine_goes_down_epoch_by_epoch_as_in_the_public_code(case):
    recipe = RECIPES["gla_gcn-243-h36m-gt"]
    rates = [cosine(recipe, step, 80 * 3) for step in range(1, 241)]
    assert rates[::3] == rates[1::3] == rates[2::3]
    assert rates[::3] == pytest.approx(parity.load(case)["schedule/lr"].tolist(), rel=1e-6)


def test_every_fifth_epoch_halves():
    recipe = RECIPES["gla_gcn-81-3dhp-gt"]
    rates = [by_epoch_halved(recipe, step, 49 * 2) for step in range(1, 99, 2)]
    expected = [1e-3]
    for epoch in range(1, 49):
        expected.append(expected[-1] * (0.5 if epoch % 5 == 0 else 0.95))
    assert rates == pytest.approx(expected)
