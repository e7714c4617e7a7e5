import copy

import pytest
import torch
from support import parity
from torch.testing import assert_close

from posegcn import InputError, make_model
from posegcn.recipes import RECIPES
from posegcn.training.engine import Trainer
from posegcn.training.optimizers import Ranger, make_optimizer

CASE = "temporal/optimizer_ranger"


@pytest.mark.parametrize("case", parity.cases(CASE))
def test_ranger_follows_the_public_trajectory(case):
    arrays = parity.load(case)
    parameters = [
        torch.nn.Parameter(torch.from_numpy(arrays[f"p{index}/init"]).clone()) for index in range(3)
    ]
    optimizer = Ranger(parameters, lr=0.01)
    for step, rate in enumerate(arrays["lr"].tolist()):
        optimizer.param_groups[0]["lr"] = rate
        for index, parameter in enumerate(parameters):
            parameter.grad = torch.from_numpy(arrays[f"p{index}/grad/{step}"])
        optimizer.step()
        for index, parameter in enumerate(parameters):
            after = torch.from_numpy(arrays[f"p{index}/after/{step}"])
            assert_close(parameter.detach(), after, rtol=0, atol=1e-6)
    assert step == 19


def test_slow_weights_by_hand():
    """Below the threshold of RAdam a step is plain: with gradient 1, minus lr."""
    parameter = torch.nn.Parameter(torch.tensor([1.0]))
    optimizer = Ranger([parameter], lr=0.1, k=2)
    for _ in range(2):
        parameter.grad = torch.tensor([1.0])
        optimizer.step()
    # Fast weights 0.9 and 0.8; the slow one goes half the way from 1 to 0.8.
    assert_close(parameter.detach(), torch.tensor([0.9]))


def test_state_restores_between_slow_steps():
    recipe = RECIPES["gla_gcn-27-h36m-gt"].replace(model_options={"strides": (3,), "channels": 4})
    keypoints, joints = torch.randn(4, 3, 17, 2), torch.randn(4, 1, 17, 3)
    first = Trainer(recipe.build(), recipe, num_steps=80)
    for _ in range(4):
        first.step(keypoints, joints)
    second = Trainer(recipe.build(seed=1), recipe, num_steps=80)
    second.restore(copy.deepcopy(first.state()))
    for _ in range(3):
        torch.manual_seed(0)
        one = first.step(keypoints, joints)
        torch.manual_seed(0)
        assert torch.equal(second.step(keypoints, joints), one)
    for one, other in zip(first.model.parameters(), second.model.parameters(), strict=True):
        assert torch.equal(one, other)


def test_parameters_without_gradient_are_left_alone():
    used, unused = (torch.nn.Parameter(torch.ones(1)) for _ in range(2))
    optimizer = Ranger([used, unused], lr=0.1)
    used.grad = torch.ones(1)
    optimizer.step()
    assert used.item() != 1
    assert unused.item() == 1


def test_names():
    parameters = list(make_model("semgcn", channels=4).parameters())
    recipe = RECIPES["semgcn-h36m-gt"]
    assert isinstance(make_optimizer(recipe, parameters), torch.optim.Adam)
    assert isinstance(make_optimizer(recipe.replace(optimizer="ranger"), parameters), Ranger)
    with pytest.raises(InputError, match="unknown optimizer 'rangr', did you mean 'ranger'"):
        make_optimizer(recipe.replace(optimizer="rangr"), parameters)
