import pytest
import torch

import posegcn as pg
from posegcn.errors import InputError
from posegcn.graph import Graph
from posegcn.rewiring import rewire

BODY = pg.skeletons.H36M_16
SKELETON = Graph.from_skeleton(BODY)
LAYERS = [name for name in pg.list_layers() if name != "adaptive"]


def network(layer):
    torch.manual_seed(0)
    model = pg.make_model("residual_gcn", skeleton=BODY, layer=layer, channels=8, num_blocks=1)
    for name, values in model.named_parameters():
        if "logits" in name or "offsets" in name:
            values.data.add_(torch.randn_like(values))
    return model.eval()


@pytest.mark.parametrize("layer", LAYERS)
def test_its_own_graph_changes_nothing(layer):
    model, x = network(layer), torch.randn(3, 16, 2)
    torch.testing.assert_close(rewire(model, SKELETON, learned=True)(x), model(x))


@pytest.mark.parametrize("layer", LAYERS)
def test_without_edges_no_joint_hears_another(layer):
    model = rewire(network(layer), Graph(16, ()))
    heard = pg.influence(model)
    assert (heard - heard.diag().diag()).abs().max() < 1e-6


@pytest.mark.parametrize("layer", LAYERS)
def test_the_model_stays_as_it_is(layer):
    model, x = network(layer), torch.randn(3, 16, 2)
    before = model(x)
    rewire(model, Graph(16, ()))
    torch.testing.assert_close(model(x), before, rtol=0, atol=0)


def test_cut_edge_is_that_of_a_layer_without_it():
    """By hand: no-sharing on a graph of two edges, one of which is cut."""
    layer = pg.make_layer("nosharing", 1, 1, Graph(3, ((1, 0), (2, 1))))
    matrices = layer.edge_matrices()[..., 0, 0] / Graph(3, ((1, 0), (2, 1))).adjacency().clamp(1e-9)
    cut = rewire(layer, Graph(3, ((1, 0),)))
    expected = torch.zeros(3, 3)
    expected[0, 0], expected[0, 1] = matrices[0, 0] / 2, matrices[0, 1] / 2
    expected[1, 0], expected[1, 1] = matrices[1, 0] / 2, matrices[1, 1] / 2
    expected[2, 2] = matrices[2, 2]
    torch.testing.assert_close(cut.edge_matrices()[..., 0, 0], expected)


def test_new_edges_of_a_semantic_layer_begin_at_one():
    layer = pg.make_layer("semantic", 2, 2, Graph(3, ((1, 0),)))
    layer.logits.data.fill_(3)
    wide = rewire(layer, Graph(3, ((1, 0), (2, 0))))
    shares = torch.tensor([3.0, 3.0, 1.0]).softmax(dim=0)
    torch.testing.assert_close(wide.mixing()[0, 0], shares)


def test_learned_offsets_are_kept_only_where_asked_for():
    model = network("modulated")
    kept, dropped = (rewire(model, SKELETON, learned=wanted) for wanted in (True, False))
    assert kept.head.offsets.abs().max() > 0.1
    assert dropped.head.offsets.abs().max() == 0


def test_new_edges_without_a_matrix_are_refused():
    graph = Graph(16, (*SKELETON.edges, (15, 3), (12, 6)))
    with pytest.raises(InputError, match="none for 2 new edges: take edges away only"):
        rewire(network("nosharing"), graph)


def test_other_joints_are_refused():
    with pytest.raises(InputError, match="expected a graph of 16 joints as the network has, got 4"):
        rewire(network("vanilla"), Graph(4, ()))


def test_measured_graphs_cannot_be_replaced():
    layer = pg.make_layer("adaptive", 2, 4, SKELETON)
    with pytest.raises(InputError, match="AdaptiveGraphConv cannot be put on another graph"):
        rewire(layer, Graph(16, ()))
