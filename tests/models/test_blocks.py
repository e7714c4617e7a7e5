import pytest
import torch
from torch.testing import assert_close

from posegcn import Graph
from posegcn.models.blocks import GraphConvBlock, ResidualBlock
from posegcn.skeletons import H36M_16

BODY = Graph.from_skeleton(H36M_16)


def test_statistics_run_over_poses_and_joints():
    block = GraphConvBlock(3, 5, BODY, layer="vanilla")
    x = torch.randn(4, 16, 3)
    y = block.conv(x)
    mean, variance = y.mean(dim=(0, 1)), y.var(dim=(0, 1), unbiased=False)
    expected = ((y - mean) / (variance + 1e-5).sqrt()).relu()
    assert_close(block(x), expected, rtol=1e-4, atol=1e-5)


def test_batch_of_one_trains():
    block = ResidualBlock(4, BODY, layer="semantic")
    block(torch.randn(1, 16, 4)).sum().backward()
    assert all(parameter.grad.isfinite().all() for parameter in block.parameters())


def test_dropout_acts_in_training_only():
    block = GraphConvBlock(3, 64, BODY, layer="vanilla", dropout=0.5)
    x = torch.randn(2, 16, 3)
    assert not torch.equal(block(x), block(x))
    block.eval()
    assert torch.equal(block(x), block(x))


def test_residual_adds_its_input_without_activation():
    block = ResidualBlock(4, BODY, layer="vanilla").eval()
    torch.nn.init.zeros_(block.second.norm.weight)
    x = torch.randn(2, 16, 4)
    assert (x < 0).any()
    assert_close(block(x), x)


@pytest.mark.parametrize("leading", [(), (2,), (2, 3)])
def test_any_leading_axes_in_evaluation(leading):
    block = GraphConvBlock(3, 5, BODY, layer="semantic").eval()
    assert block(torch.randn(*leading, 16, 3)).shape == (*leading, 16, 5)
