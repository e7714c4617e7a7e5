import torch
from torch.testing import assert_close

from posegcn import Graph, make_layer

PATH = Graph(3, ((0, 1), (1, 2)))


def test_by_hand():
    """Source j multiplies by 10^j: the digits show who sent what."""
    layer = make_layer("preagg", 1, 1, PATH, normalisation="none", bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([1.0, 10.0, 100.0])[None, :, None, None])
    output = layer(torch.tensor([[2.0], [3.0], [4.0]]))
    assert_close(output[:, 0], torch.tensor([32.0, 432.0, 430.0]))


def test_naive_reference_decoupled():
    layer = make_layer("dc_preagg", 2, 3, PATH).double()
    adjacency = PATH.adjacency().double()
    own, rest = layer.weight
    x = torch.randn(3, 2, dtype=torch.float64)
    for i in range(3):
        expected = layer.bias + adjacency[i, i] * x[i] @ own[i]
        for j in {0, 1, 2} - {i}:
            expected = expected + adjacency[i, j] * x[j] @ rest[j]
        assert_close(layer(x)[i], expected)


def test_tied_matrices_make_it_vanilla():
    plain, layer = make_layer("vanilla", 3, 4, PATH), make_layer("preagg", 3, 4, PATH)
    with torch.no_grad():
        layer.weight.copy_(plain.weight[:, None].expand_as(layer.weight))
        layer.bias.copy_(plain.bias)
    x = torch.randn(2, 3, 3)
    assert_close(layer(x), plain(x))
