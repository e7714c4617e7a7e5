import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from posegcn import InputError
from posegcn.layers.nonlocal_block import EmbeddedGaussianNonLocal, GroupedNonLocal
from posegcn.skeletons import H36M_16, H36M_17


def block_of(groups, **options):
    torch.manual_seed(0)
    block = GroupedNonLocal(8, groups, **options)
    for parameter in block.parameters():
        torch.nn.init.normal_(parameter)
    return block.eval()


@pytest.mark.parametrize("batch_norm", [False, True])
def test_starts_as_the_identity(batch_norm):
    x = torch.randn(3, 16, 8)
    assert_close(GroupedNonLocal(8, H36M_16.groups, batch_norm=batch_norm)(x), x)


def test_naive_reference_with_groups_of_one_and_two():
    block = block_of(H36M_17.groups, batch_norm=False)
    x = torch.randn(1, 17, 8)
    theta, phi, value = block.theta(x)[0], block.phi(x)[0], block.value(x)[0]
    weight = block.project.weight[0]
    expected = []
    for i in range(17):
        total = torch.zeros(4)
        for group in H36M_17.groups:
            key = torch.stack([phi[j] for j in group]).amax(dim=0)
            pooled = torch.stack([value[j] for j in group]).amax(dim=0)
            score = (weight @ torch.cat([theta[i], key])).relu() / len(H36M_17.groups)
            total = total + score * pooled
        expected.append(x[0, i] + block.output(total))
    assert_close(block(x)[0], torch.stack(expected))


@given(st.permutations(H36M_16.groups))
@settings(max_examples=10, deadline=None)
def test_order_of_groups_does_not_matter(groups):
    x = torch.randn(2, 16, 8)
    assert_close(block_of(groups)(x), block_of(H36M_16.groups)(x))


def test_one_pose_at_a_time_is_the_same():
    block = block_of(H36M_16.groups)
    x = torch.randn(3, 16, 8)
    assert_close(block(x)[1:2], block(x[1:2]))


def test_groups_must_hold_every_joint_once():
    with pytest.raises(InputError, match="each joint once"):
        GroupedNonLocal(8, [[0, 1], [1, 2]])


def test_embedded_gaussian_starts_as_the_identity():
    x = torch.randn(3, 17, 8)
    assert_close(EmbeddedGaussianNonLocal(8)(x), x)


def test_embedded_gaussian_naive_reference():
    block = EmbeddedGaussianNonLocal(8).double().eval()
    for parameter in block.parameters():
        torch.nn.init.normal_(parameter)
    x = torch.randn(1, 5, 8, dtype=torch.float64)
    theta, phi, value = block.theta(x)[0], block.phi(x)[0], block.value(x)[0]
    for i in range(5):
        scores = torch.stack([theta[i] @ phi[j] for j in range(5)]).exp()
        total = sum(score * v for score, v in zip(scores / scores.sum(), value, strict=True))
        expected = x[0, i] + block.norm(block.output(total)[None])[0]
        assert_close(block(x)[0, i], expected)
    assert_close(block.attention(x).sum(dim=-1), torch.ones(1, 5, dtype=torch.float64))
