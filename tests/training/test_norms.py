import pytest
import torch
from support import parity
from torch import nn
from torch.testing import assert_close

from posegcn import InputError, make_model
from posegcn.recipes import RECIPES
from posegcn.training.norms import SettlingStatistics, set_norm_momentum, settling_norms

RECIPE = RECIPES["gla_gcn-27-h36m-gt"]
NORM = nn.BatchNorm1d
KINDS = ("running_mean", "running_var")


def momenta(model):
    return {name: m.momentum for name, m in model.named_modules() if isinstance(m, NORM)}


@pytest.mark.parametrize("case", parity.cases("temporal/optimizer_ranger"))
def test_falls_as_in_the_public_code(case):
    expected = parity.load(case)["schedule/bn_momentum_after_epoch"]
    model = make_model("gla_gcn", strides=(3,), channels=4)
    for epochs_done, momentum in enumerate(expected, start=1):
        set_norm_momentum(model, RECIPE, epochs_done)
        assert list(momenta(model).values()) == pytest.approx([momentum] * 9, rel=1e-6)
    assert epochs_done == 80


def test_released_forgets_two_norms():
    model = make_model("gla_gcn", strides=(3,), channels=4)
    set_norm_momentum(model, RECIPE.replace(norm_momentum="released"), 40)
    found = momenta(model)
    assert {name for name, momentum in found.items() if momentum == 0.1} == {
        "expand.space.project_norm",
        "expand.shortcut.norm",
    }
    assert found["norm"] == pytest.approx(0.01)


def test_constant_leaves_them_alone():
    model = NORM(2, momentum=0.3)
    set_norm_momentum(model, RECIPE.replace(norm_momentum="constant"), 40)
    assert model.momentum == 0.3
    with pytest.raises(InputError, match="unknown momentum of batch norm 'fallin', did you mean"):
        set_norm_momentum(model, RECIPE.replace(norm_momentum="fallin"), 0)


def test_first_epoch_begins_with_the_default():
    model = NORM(2)
    set_norm_momentum(model, RECIPE, 0)
    assert model.momentum == pytest.approx(0.1)
    assert torch.nn.BatchNorm1d(2).momentum == 0.1


def test_scaled_afterwards_it_is_the_momentum():
    recipe = RECIPE.replace(norm_momentum="released")
    one, other = (make_model("gla_gcn", strides=(3,), channels=4).double() for _ in range(2))
    other.load_state_dict(one.state_dict())
    set_norm_momentum(one, recipe, 40)
    names = [name for name, _ in settling_norms(other, recipe)]
    statistics = [other.get_buffer(f"{n}.{kind}") for n in names for kind in KINDS]
    settling = SettlingStatistics(statistics, recipe)
    settling.begin_epoch(40)
    for _ in range(3):
        x = torch.randn(5, 3, 17, 2, dtype=torch.float64)
        torch.manual_seed(0)
        one.train()(x)
        settling.note()
        torch.manual_seed(0)
        other.train()(x)
        settling.correct()
    for (name, ours), theirs in zip(one.named_buffers(), other.buffers(), strict=True):
        assert_close(ours, theirs, rtol=1e-12, atol=1e-12, msg=name)
