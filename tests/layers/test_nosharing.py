import torch
from torch.testing import assert_close

from posegcn import Graph, make_layer
from posegcn.skeletons import H36M_16

PATH = Graph(3, ((0, 1), (1, 2)))
BODY = Graph.from_skeleton(H36M_16)


def test_by_hand():
    """Edges in row-major order of the support multiply by 1, 10, 100 and so on."""
    layer = make_layer("nosharing", 1, 1, PATH, normalisation="none", bias=False)
    assert layer.targets.tolist() == [0, 0, 1, 1, 1, 2, 2]
    assert layer.sources.tolist() == [0, 1, 0, 1, 2, 1, 2]
    with torch.no_grad():
        layer.weight.copy_(10.0 ** torch.arange(7)[:, None, None])
    output = layer(torch.tensor([[2.0], [3.0], [4.0]]))
    assert_close(output[:, 0], torch.tensor([32.0, 432_00.0, 43_000_00.0]))


def test_one_matrix_for_each_edge():
    layer = make_layer("nosharing", 5, 4, BODY)
    assert layer.weight.shape == (16 + 2 * 15, 5, 4)


def test_tied_matrices_make_it_vanilla():
    plain, layer = make_layer("vanilla", 3, 4, BODY), make_layer("nosharing", 3, 4, BODY)
    with torch.no_grad():
        layer.weight.copy_(plain.weight.expand_as(layer.weight))
        layer.bias.copy_(plain.bias)
    x = torch.randn(2, 16, 3)
    assert_close(layer(x), plain(x))


def test_published_adjacency_divides_by_the_degree_of_the_source():
    """A wrist's message counts a half there, whoever hears it; here the hearer decides."""
    ours = make_layer("nosharing", 1, 1, PATH, bias=False)
    published = make_layer("nosharing", 1, 1, PATH, bias=False, normalisation="column")
    x = torch.tensor([[1.0], [0.0], [0.0]])
    for layer, expected in ((ours, [1 / 2, 1 / 3, 0]), (published, [1 / 2, 1 / 2, 0])):
        torch.nn.init.ones_(layer.weight)
        assert_close(layer(x)[:, 0], torch.tensor(expected))
