import pytest
import torch
from torch.func import vmap
from torch.testing import assert_close

from posegcn.layers.dropout import Dropout


@pytest.mark.parametrize("p", [0.1, 0.25, 0.5, 0.9])
def test_zeros_come_with_their_probability_and_the_mean_stays(p):
    torch.manual_seed(0)
    x = torch.ones(1000, 17, 31)
    y = Dropout(p)(x)
    assert (y == 0).double().mean() == pytest.approx(p, abs=4 * (p * (1 - p) / x.numel()) ** 0.5)
    assert_close(y.unique(), torch.tensor([0, 1 / (1 - p)]), rtol=1e-4, atol=0)


def test_zeros_of_neighbours_are_independent():
    torch.manual_seed(0)
    zero = Dropout(0.25)(torch.ones(400_000)) == 0
    for distance in (1, 2, 3, 4, 8):
        both = (zero[distance:] & zero[:-distance]).double().mean()
        assert both == pytest.approx(0.25**2, abs=2e-3)


def test_gradient_is_zero_where_the_feature_is():
    x = torch.randn(5, 7, dtype=torch.float64, requires_grad=True)
    torch.manual_seed(0)
    y = Dropout(0.4)(x)
    y.sum().backward()
    assert_close(x.grad * x, y)


@pytest.mark.parametrize("p", [0.0, 1.0, 1e-9])
def test_bounds_are_those_of_torch(p):
    x = torch.randn(4, 5)
    assert torch.equal(Dropout(p)(x), torch.nn.Dropout(round(p))(x))


def test_evaluation_changes_nothing():
    x = torch.randn(4, 5)
    assert Dropout(0.5).eval()(x) is x


def test_follows_the_seed_and_leaves_each_network_its_own():
    drop, x = Dropout(0.5), torch.ones(3, 8, 9)
    drawn = []
    for _ in range(2):
        torch.manual_seed(1)
        drawn.append(vmap(drop, randomness="different")(x))
    assert torch.equal(*drawn)
    assert not torch.equal(drawn[0][0], drawn[0][1])
