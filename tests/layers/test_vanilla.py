import pytest
import torch
from torch.testing import assert_close

from posegcn import Graph, make_layer

PATH = Graph(3, ((0, 1), (1, 2)))


def test_by_hand():
    """Three joints in a row with features 1, 2, 6 and the matrix (10): averages times ten."""
    layer = make_layer("vanilla", 1, 1, PATH, bias=False)
    torch.nn.init.constant_(layer.weight, 10)
    output = layer(torch.tensor([[1.0], [2.0], [6.0]]))
    assert_close(output, torch.tensor([[15.0], [30.0], [40.0]]))


def test_decoupled_by_hand():
    """Self weight 1, neighbour weight 100: the digits show who contributed what."""
    layer = make_layer("dc_vanilla", 1, 1, PATH, bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([1.0, 100.0])[:, None, None])
    output = layer(torch.tensor([[2.0], [3.0], [6.0]]))
    expected = [2 / 2 + 100 * 3 / 2, 3 / 3 + 100 * (2 + 6) / 3, 6 / 2 + 100 * 3 / 2]
    assert_close(output[:, 0], torch.tensor(expected))


@pytest.mark.parametrize("normalisation", ["row", "symmetric", "loops_after", "none"])
@pytest.mark.parametrize(("channels", "out"), [(2, 4), (4, 2)])
def test_naive_reference(normalisation, channels, out):
    """The decoupled layer as the paper writes it, joint by joint."""
    layer = make_layer("dc_vanilla", channels, out, PATH, normalisation=normalisation).double()
    adjacency = PATH.adjacency(normalisation).double()
    own, rest = layer.weight
    x = torch.randn(2, 3, channels, dtype=torch.float64)
    for pose in range(2):
        for i in range(3):
            expected = layer.bias + adjacency[i, i] * x[pose, i] @ own
            for j in {0, 1, 2} - {i}:
                expected = expected + adjacency[i, j] * x[pose, j] @ rest
            assert_close(layer(x)[pose, i], expected)


def test_equal_matrices_make_decoupled_plain():
    plain, decoupled = make_layer("vanilla", 3, 4, PATH), make_layer("dc_vanilla", 3, 4, PATH)
    with torch.no_grad():
        decoupled.weight.copy_(plain.weight.expand(2, 3, 4))
        decoupled.bias.copy_(plain.bias)
    x = torch.randn(2, 3, 3)
    assert_close(decoupled(x), plain(x))


def test_convolution_style_by_hand():
    """Self 1, farther from the root 10, nearer 100; joint 2 is the root."""
    graph = Graph(3, ((0, 1), (1, 2)), root=2)
    layer = make_layer("convst", 1, 1, graph, normalisation="none", bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([1.0, 10.0, 100.0])[:, None, None])
    x = torch.tensor([[2.0], [3.0], [4.0]])
    assert_close(layer(x)[:, 0], torch.tensor([2 + 300.0, 3 + 20 + 400.0, 4 + 30.0]))
    by_number = make_layer(
        "convst", 1, 1, graph, normalisation="none", bias=False, partition="index"
    )
    by_number.load_state_dict(layer.state_dict())
    assert_close(by_number(x)[:, 0], torch.tensor([2 + 30.0, 3 + 40 + 200.0, 4 + 300.0]))


def test_equal_directions_make_convolution_style_decoupled():
    decoupled, style = make_layer("dc_vanilla", 3, 4, PATH), make_layer("convst", 3, 4, PATH)
    with torch.no_grad():
        style.weight.copy_(decoupled.weight[[0, 1, 1]])
        style.bias.copy_(decoupled.bias)
    x = torch.randn(2, 3, 3)
    assert_close(style(x), decoupled(x))
