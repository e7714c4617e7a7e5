import pytest
import torch
from torch.testing import assert_close

from posegcn import Graph, InputError, make_layer

PATH = Graph(3, ((0, 1), (1, 2)))
PAIR = Graph(2, ((0, 1),))


def randomised(layer):
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter)
    return layer


def test_by_hand():
    """Own weight 1, neighbour weight 100, modulations 2 and 3, an offset on the edge."""
    layer = make_layer("modulated", 1, 1, PAIR, bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([1.0, 100.0])[:, None, None])
        layer.modulation.copy_(torch.tensor([[2.0], [3.0]]))
        layer.offsets.copy_(torch.tensor([[0.0, 1.0], [0.0, 0.0]]))
    assert_close(layer.mixing(), torch.tensor([[1.0, 1.5], [1.5, 1.0]]))
    output = layer(torch.tensor([[1.0], [1.0]]))
    assert_close(output[:, 0], torch.tensor([2 + 450.0, 3 + 300.0]))


def test_naive_reference():
    layer = randomised(make_layer("modulated", 2, 4, PATH)).double()
    total = layer.adjacency + layer.offsets
    own, rest = layer.weight
    x = torch.randn(3, 2, dtype=torch.float64)
    for i in range(3):
        expected = layer.bias + total[i, i] * layer.modulation[i] * (x[i] @ own)
        for j in {0, 1, 2} - {i}:
            share = (total[i, j] + total[j, i]) / 2
            expected = expected + share * layer.modulation[j] * (x[j] @ rest)
        assert_close(layer(x)[i], expected)


def test_without_modulation_and_offsets_it_is_decoupled_vanilla():
    options = {"normalisation": "symmetric"}  # a symmetric adjacency is its own mean
    plain = make_layer("dc_vanilla", 3, 4, PATH, **options)
    layer = make_layer("modulated", 3, 4, PATH, **options)
    with torch.no_grad():
        layer.weight.copy_(plain.weight)
        layer.bias.copy_(plain.bias)
        layer.offsets.zero_()
    x = torch.randn(2, 3, 3)
    assert_close(layer(x), plain(x))


def test_modulation_is_preaggregation_with_rescaled_matrices():
    layer = randomised(make_layer("modulated", 3, 4, PATH))
    free = make_layer("dc_preagg", 3, 4, PATH)
    with torch.no_grad():
        free.mixing.copy_(layer.parts * layer.mixing())
        free.weight.copy_(layer.weight[:, None] * layer.modulation[None, :, None])
        free.bias.copy_(layer.bias)
    x = torch.randn(2, 3, 3)
    assert_close(free(x), layer(x))


def test_learned_adjacency_is_symmetric_and_starts_near_the_skeleton():
    layer = make_layer("modulated", 3, 4, PATH)
    adjacency = PATH.adjacency("loops_after")
    assert_close(layer.mixing(), (adjacency + adjacency.T) / 2, rtol=0, atol=2e-6)
    torch.nn.init.normal_(layer.offsets)
    assert torch.equal(layer.mixing(), layer.mixing().T)


def test_modulation_starts_with_ones_or_as_the_17_joint_code():
    assert (make_layer("modulated", 64, 64, PATH).modulation == 1).all()
    torch.manual_seed(0)
    layer = make_layer("modulated", 64, 64, PATH, modulation_init="xavier")
    bound = 1.414 * (6 / (64 + 3)) ** 0.5
    assert 0.95 * bound < layer.modulation.abs().max() <= bound
    with pytest.raises(InputError, match="unknown initialisation of the modulation 'zeros'"):
        make_layer("modulated", 2, 2, PATH, modulation_init="zeros")
