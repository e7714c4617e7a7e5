"""The sharing atlas: which matrix carries a message is what the gradients of the layers say."""

import pytest
import torch
from support.node import in_node, needs_node

import posegcn as pg
from posegcn.labs.bundle import MIME
from posegcn.labs.sharing import VARIANTS, carriers, shares

BODY = pg.skeletons.H36M_17
GRAPH = pg.Graph.from_skeleton(BODY)
LEARNED = {"semantic": "edges", "modulated": "everywhere"}
# Matrices of a layer over 17 joints, and messages through each, counted by hand: 17 loops, 2 times
# 16 along the bones; the hip has three neighbours.
BY_HAND = {
    "vanilla": (1, 49),
    "dc_vanilla": (2, 32),
    "convst": (3, 16),
    "preagg": (17, 3),  # what relbow says to rshoulder, rwrist and itself
    "dc_preagg": (34, 2),
    "postagg": (17, 2),  # what rwrist hears from relbow and itself
    "dc_postagg": (34, 1),
    "nosharing": (49, 1),
    "semantic": (2, 32),
    "modulated": (2, 17 * 16),
}

variants = pytest.mark.parametrize("name", VARIANTS)


@pytest.fixture
def lab():
    return pg.labs.SharingLab(BODY)


def by_gradients(layer):
    """For each pair, the matrices on which its message depends.  (J, J, N) bool"""
    weight = layer.weight.detach()
    num_matrices = weight.flatten(0, -3).shape[0]
    joints = layer.graph.num_nodes
    messages = layer.edge_matrices().sum(dim=(2, 3))
    depends = torch.zeros(joints, joints, num_matrices, dtype=torch.bool)
    for i in range(joints):
        for j in range(joints):
            (gradient,) = torch.autograd.grad(messages[i, j], layer.weight, retain_graph=True)
            depends[i, j] = (gradient != 0).flatten(0, -3).flatten(1).any(dim=1)
    return depends


@variants
def test_each_message_depends_on_the_matrix_that_carries_it_and_no_other(name):
    layer = pg.make_layer(name, 2, 3, GRAPH)
    numbers, depends = carriers(layer), by_gradients(layer)
    for i in range(17):
        for j in range(17):
            expected = [numbers[i, j].item()] if numbers[i, j] >= 0 else []
            assert depends[i, j].nonzero().flatten().tolist() == expected


@variants
def test_who_sets_the_shares(name):
    assert shares(pg.make_layer(name, 2, 3, GRAPH)) == LEARNED.get(name, "fixed")


def test_a_layer_is_asked_and_left_as_it_was():
    layer = pg.make_layer("modulated", 2, 3, GRAPH)
    before = {name: values.clone() for name, values in layer.state_dict().items()}
    carriers(layer), shares(layer)
    for name, values in layer.state_dict().items():
        assert torch.equal(values, before[name])


@variants
def test_matrices_and_messages_by_hand(lab, name):
    lab.layer = name
    matrices, messages = BY_HAND[name]
    assert len(lab.carriers().unique()) - (name != "modulated") == matrices
    assert len(lab.sharers()) == messages


@needs_node
@variants
def test_page_and_python_find_the_same_matrices(lab, name):
    lab.layer = name
    found = in_node(
        "atlas.js",
        "(() => { const layer = n.load(d.data.layers[d.layer]);"
        " const found = m.atlas(layer, d.data.skeleton);"
        " return [m.matrixNumbers(found, d.data.skeleton), found.matrices, found.learned]; })()",
        more={"n": "network.js"},
        **lab.state(),
    )
    assert found[0] == lab.carriers().tolist()
    assert found[1] == BY_HAND[name][0]
    assert found[2] == lab.shares()


@needs_node
def test_the_page_says_it_in_words(lab):
    sentences = in_node(
        "atlas.js",
        "d.wanted.map(([name, edge]) => { const layer = n.load(d.data.layers[name]);"
        " const found = m.atlas(layer, d.data.skeleton);"
        " return m.sayMessage(found, layer, d.data.skeleton, edge)"
        " + ' ' + m.sayLayer(found, layer, d.data.channels); })",
        more={"n": "network.js"},
        wanted=[["preagg", lab.edge], ["nosharing", lab.edge], ["vanilla", [10, 3]]],
        **lab.state(),
    )
    size = pg.count_parameters(pg.make_layer("preagg", 64, 64, GRAPH))
    assert sentences[0] == (
        "relbow → rwrist goes through W_15 (from relbow), which 2 other messages use. Its share "
        f"a = 0.5 is fixed by the graph. 49 messages share 17 matrices; {size:,} parameters with "
        "64 channels."
    )
    assert "which no other message uses" in sentences[1]
    assert "49 messages have a matrix each" in sentences[1]
    assert sentences[2].startswith("rfoot says nothing to head in this layer. 49 messages share")


@needs_node
@pytest.mark.parametrize("name", ["semantic", "modulated", "convst"])
def test_shares_of_the_page_are_those_of_the_layer(lab, name):
    shares_in_python = {
        "semantic": lambda layer: layer.mixing()[0],
        "modulated": lambda layer: layer.mixing(),
        "convst": lambda layer: layer.mixing.sum(dim=0),
    }[name](pg.make_layer(name, 1, 1, GRAPH))
    found = in_node(
        "atlas.js",
        "[...m.atlas(n.load(d.data.layers[d.wanted]), d.data.skeleton).messages.values()]",
        more={"n": "network.js"},
        wanted=name,
        **lab.state(),
    )
    matrix = torch.zeros(17, 17)
    for message in found:
        matrix[message["i"], message["j"]] = message["share"]
    torch.testing.assert_close(matrix, shares_in_python.detach(), rtol=0, atol=1e-6)


def test_a_page_gets_a_small_state(lab):
    data, _ = lab._repr_mimebundle_()
    assert data[MIME]["lab"] == "sharing"
    assert set(data[MIME]["state"]) == {"data", "layer", "edge"}
    assert len(str(data[MIME]["state"])) < 15_000


def test_python_hears_of_changes(lab):
    heard = []
    lab.observe(lambda change: heard.append(lab.sharers()), names=["edge"])
    lab.edge = [BODY.index("hip"), BODY.index("spine")]
    assert heard == [[(BODY.index("hip"), BODY.index("spine")), (BODY.index("thorax"), 7)]]
