import pytest
import torch
from support import parity
from torch.testing import assert_close

from posegcn import InputError, metrics
from posegcn.recipes import RECIPES
from posegcn.skeletons import H36M_16, H36M_17
from posegcn.training.losses import (
    mpjpe,
    mse,
    mse_without_root,
    signed_symmetry,
    symmetry,
    training_loss,
)

RECIPE = RECIPES["modulated_gcn-h36m-gt"]


def test_by_hand():
    target = torch.zeros(2, 16, 3)
    predicted = target.clone()
    predicted[0, 5, 1] = 4.0
    assert_close(mse(predicted, target, H36M_16), torch.tensor(16 / (2 * 16 * 3)))
    assert_close(mse_without_root(predicted, target, H36M_16), torch.tensor(16 / (2 * 15 * 3)))


def test_without_root_is_the_mean_over_the_other_joints():
    predicted, target = torch.randn(2, 4, 16, 3)
    predicted[:, 0] = target[:, 0]
    expected = (predicted - target)[:, 1:].square().mean()
    assert_close(mse_without_root(predicted, target, H36M_16), expected)


def test_mpjpe_is_the_mean_distance():
    predicted, target = torch.randn(2, 4, 16, 3)
    assert_close(mpjpe(predicted, target, H36M_16), metrics.mpjpe(predicted, target).mean())


@pytest.mark.parametrize(
    ("case", "skeleton"),
    [
        ("single_frame/functions/benchmark", H36M_16),
        ("single_frame/functions/benchmark", H36M_17),
        ("single_frame/blocks/skeletal_pool_unpool", H36M_16),
    ],
)
def test_signed_symmetry_equals_the_public_code(case, skeleton):
    arrays = parity.load(case)
    poses = torch.from_numpy(arrays[f"sym/pred{skeleton.num_joints}"])
    expected = torch.tensor(float(arrays[f"sym/penalty{skeleton.num_joints}"]))
    penalty = signed_symmetry(poses.reshape(5, -1, 3), skeleton)
    assert_close(penalty, expected, rtol=1e-5, atol=1e-6)


def test_signed_penalty_rewards_long_right_bones_and_ours_rewards_symmetry():
    symmetric = torch.zeros(1, 16, 3)
    symmetric[0, list(H36M_16.left), 0] = 1.0
    symmetric[0, list(H36M_16.right), 0] = -1.0
    assert_close(symmetry(symmetric, H36M_16), torch.tensor(0.0))
    stretched = symmetric.clone()
    stretched[0, H36M_16.index("rfoot"), 0] = -5.0
    assert signed_symmetry(stretched, H36M_16) < signed_symmetry(symmetric, H36M_16)
    assert symmetry(stretched, H36M_16) > symmetry(symmetric, H36M_16)


def test_recipes_mix_squared_and_absolute_error():
    predicted, target = torch.randn(2, 4, 16, 3)
    expected = 0.9 * (predicted - target).square().mean() + 0.1 * (predicted - target).abs().mean()
    assert_close(training_loss(RECIPE)(predicted, target, H36M_16), expected)


def test_at_forty_millimetres_the_absolute_error_outweighs_the_squared_one():
    generator = torch.Generator().manual_seed(0)
    target = torch.zeros(1000, 16, 3)
    predicted = 0.035 / (8 / torch.pi) ** 0.5 * torch.randn(target.shape, generator=generator)
    assert metrics.mpjpe(predicted, target).mean() == pytest.approx(0.035, abs=1e-3)
    squared, absolute = (predicted - target).square().mean(), (predicted - target).abs().mean()
    assert 4 < 0.1 * absolute / (0.9 * squared) < 12


def test_refined_poses_add_their_distance_and_symmetry():
    recipe = RECIPES["modulated_gcn_refined-h36m-cpn"]
    first, refined, target = torch.randn(3, 4, 17, 3)
    total = training_loss(recipe)((first, refined), target, H36M_17)
    alone = training_loss(recipe)(first, target, H36M_17)
    extra = mpjpe(refined, target, H36M_17) + 0.01 * symmetry(refined, H36M_17)
    assert_close(total, alone + extra)
    signed = training_loss(recipe.replace(symmetry="signed"))((first, refined), target, H36M_17)
    difference = 0.01 * (signed_symmetry(refined, H36M_17) - symmetry(refined, H36M_17))
    assert_close(signed, total + difference)
    with pytest.raises(InputError, match="unknown symmetry penalty 'sined', did you mean 'signed'"):
        training_loss(recipe.replace(symmetry="sined"))


def test_a_sequence_head_adds_the_distance_of_all_frames():
    loss = training_loss(RECIPES["gla_gcn_sequence-243-h36m-gt"])
    target = torch.randn(2, 9, 17, 3)
    centre, sequence = torch.randn(2, 1, 17, 3), torch.randn(2, 9, 17, 3)
    expected = (centre - target[:, 4:5]).norm(dim=-1).mean()
    expected = expected + (sequence - target).norm(dim=-1).mean()
    assert_close(loss((centre, sequence), target, H36M_17), expected)
