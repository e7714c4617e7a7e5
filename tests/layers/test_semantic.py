import math

import pytest
import torch
from torch.testing import assert_close

from posegcn import Graph, make_layer

PATH = Graph(3, ((0, 1), (1, 2)))


def test_by_hand():
    """Logits ln 3 and 0 weigh a joint and its neighbour 3 : 1."""
    layer = make_layer("semantic", 1, 1, Graph(2, ((0, 1),)), bias=False)
    with torch.no_grad():
        layer.logits.copy_(torch.tensor([[math.log(3), 0, 0, math.log(3)]]))
        layer.weight.copy_(torch.tensor([1.0, 10.0])[:, None, None])
    output = layer(torch.tensor([[4.0], [8.0]]))
    assert_close(output, torch.tensor([[0.75 * 4 + 0.25 * 80], [0.75 * 8 + 0.25 * 40]]))


@pytest.mark.parametrize("name", ["semantic", "semantic_ch"])
def test_starts_as_the_mean_over_the_neighbourhood(name):
    mixing = make_layer(name, 2, 4, PATH).mixing()
    assert_close(mixing, PATH.adjacency("row").expand_as(mixing))


@pytest.mark.parametrize("name", ["semantic", "semantic_ch"])
def test_learned_rows_sum_to_one_and_stay_on_the_edges(name):
    layer = make_layer(name, 2, 4, PATH)
    torch.nn.init.normal_(layer.logits)
    mixing = layer.mixing()
    assert_close(mixing.sum(dim=-1), torch.ones(mixing.shape[:-1]))
    assert (mixing[:, ~PATH.support] == 0).all()
    assert (mixing[:, PATH.support] > 0).all()


def test_naive_reference_by_channel():
    layer = make_layer("semantic_ch", 2, 3, PATH).double()
    torch.nn.init.normal_(layer.logits)
    mixing = layer.mixing()
    own, rest = layer.weight
    x = torch.randn(3, 2, dtype=torch.float64)
    for i in range(3):
        for channel in range(3):
            expected = layer.bias[channel] + mixing[channel, i, i] * (x[i] @ own)[channel]
            for j in {0, 1, 2} - {i}:
                expected = expected + mixing[channel, i, j] * (x[j] @ rest)[channel]
            assert_close(layer(x)[i, channel], expected)


def test_equal_channels_are_the_plain_layer():
    plain, by_channel = make_layer("semantic", 2, 4, PATH), make_layer("semantic_ch", 2, 4, PATH)
    torch.nn.init.normal_(plain.logits)
    with torch.no_grad():
        by_channel.logits.copy_(plain.logits.expand(4, -1))
        by_channel.weight.copy_(plain.weight)
        by_channel.bias.copy_(plain.bias)
    x = torch.randn(2, 3, 2)
    assert_close(by_channel(x), plain(x))


def test_number_of_logits_is_the_number_of_directed_edges_and_loops():
    assert make_layer("semantic", 2, 4, PATH).logits.shape == (1, 3 + 2 * 2)
    assert make_layer("semantic_ch", 2, 4, PATH).logits.shape == (4, 7)
