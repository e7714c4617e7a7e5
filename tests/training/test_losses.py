import torch
from torch.testing import assert_close

from posegcn.skeletons import H36M_16
from posegcn.training.losses import mse, mse_without_root


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
