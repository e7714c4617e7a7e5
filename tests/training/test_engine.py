import copy

import pytest
import torch
from torch.testing import assert_close

from posegcn import InputError, make_model
from posegcn.models.norms import cancelled_biases
from posegcn.recipes import RECIPES
from posegcn.training.engine import Trainer

RECIPE = RECIPES["semgcn-h36m-gt"].replace(batch_size=4)


def model():
    torch.manual_seed(0)
    return make_model("semgcn", channels=8)


def test_a_step_is_the_textbook_step():
    """Adam with a clipped gradient, written out."""
    keypoints, joints = torch.randn(4, 16, 2), 100 * torch.randn(4, 16, 3)
    network, twin = model(), model()
    trainer = Trainer(network, RECIPE, num_steps=10)
    loss = trainer.step(keypoints, joints)

    expected = (twin(keypoints) - joints).square().mean()
    expected.backward()
    norm = torch.nn.utils.clip_grad_norm_(twin.parameters(), 1.0)
    assert norm > 1  # otherwise nothing is clipped here
    optimizer = torch.optim.Adam(twin.parameters(), 1e-3 * 0.96**1e-5)
    optimizer.step()
    assert_close(loss, expected.detach())
    for (name, ours), theirs in zip(network.named_parameters(), twin.parameters(), strict=True):
        if not name.endswith("conv.bias"):  # batch norm takes it away: its gradient is rounding
            assert_close(ours, theirs, rtol=1e-4, atol=1e-6)


def test_no_clipping_where_the_norm_is_zero():
    keypoints, joints = torch.randn(4, 16, 2), 100 * torch.randn(4, 16, 3)
    network = model()
    trainer = Trainer(network, RECIPE.replace(clip_norm=0), num_steps=10)
    trainer.step(keypoints, joints)
    gradients = [parameter.grad for parameter in trainer.parameters]
    assert torch.nn.utils.get_total_norm(gradients) > 1


def test_state_restores_to_the_last_bit():
    keypoints, joints = torch.randn(4, 16, 2), torch.randn(4, 16, 3)
    first = Trainer(model(), RECIPE, num_steps=10)
    first.step(keypoints, joints)
    second = Trainer(model(), RECIPE, num_steps=10)
    second.restore(copy.deepcopy(first.state()))
    assert second.num_done == 1
    assert torch.equal(first.step(keypoints, joints), second.step(keypoints, joints))
    for one, other in zip(first.model.parameters(), second.model.parameters(), strict=True):
        assert torch.equal(one, other)


def test_unknown_names_are_refused():
    with pytest.raises(InputError, match="unknown loss 'mae'"):
        Trainer(model(), RECIPE.replace(loss="mae"), num_steps=1)
    with pytest.raises(InputError, match="did you mean 'warmup_cosine'"):
        Trainer(model(), RECIPE.replace(schedule="warmup_cosin"), num_steps=1)


def resting(model):
    return {id(bias) for bias in cancelled_biases(model)}


@pytest.mark.parametrize("learned", ["needed", "all"])
def test_biases_without_effect_rest_unless_asked(learned):
    network = model()
    names = [name for name, values in network.named_parameters() if id(values) in resting(network)]
    before = {name: values.clone() for name, values in network.named_parameters()}
    trainer = Trainer(network, RECIPE.replace(learned_biases=learned), num_steps=10)
    for _ in range(2):
        trainer.step(torch.randn(4, 16, 2), torch.randn(4, 16, 3))
    trainer.finish()
    moved = {n for n, values in network.named_parameters() if not torch.equal(values, before[n])}
    assert moved == set(before) - (set(names) if learned == "needed" else set())
    assert all(values.requires_grad for values in network.parameters())


def test_unknown_choice_of_biases_is_refused():
    with pytest.raises(InputError, match="choice of biases 'some'"):
        Trainer(model(), RECIPE.replace(learned_biases="some"), num_steps=1)
