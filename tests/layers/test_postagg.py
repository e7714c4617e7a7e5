import pytest
import torch
from torch.testing import assert_close

from posegcn import Graph, make_layer

PATH = Graph(3, ((0, 1), (1, 2)))


def test_by_hand():
    """Target i multiplies by 10^i whatever it hears."""
    layer = make_layer("postagg", 1, 1, PATH, normalisation="none", bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([1.0, 10.0, 100.0])[None, :, None, None])
    output = layer(torch.tensor([[2.0], [3.0], [4.0]]))
    assert_close(output[:, 0], torch.tensor([5.0, 90.0, 700.0]))


def test_naive_reference_decoupled():
    layer = make_layer("dc_postagg", 2, 3, PATH).double()
    adjacency = PATH.adjacency().double()
    own, rest = layer.weight
    x = torch.randn(3, 2, dtype=torch.float64)
    for i in range(3):
        heard = sum(adjacency[i, j] * x[j] for j in {0, 1, 2} - {i})
        assert_close(layer(x)[i], layer.bias + adjacency[i, i] * x[i] @ own[i] + heard @ rest[i])


@pytest.mark.parametrize("prefix", ["", "dc_"])
def test_tied_matrices_make_it_preaggregation(prefix):
    before, after = (make_layer(f"{prefix}{name}", 3, 4, PATH) for name in ("preagg", "postagg"))
    with torch.no_grad():
        before.weight.copy_(before.weight[:, :1].expand_as(before.weight))
        after.load_state_dict(before.state_dict())
    x = torch.randn(2, 3, 3)
    assert_close(after(x), before(x))
