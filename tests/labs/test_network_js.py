"""The forward passes in JavaScript are those of torch, also on other graphs."""

from itertools import product

import pytest
import torch
from support.node import in_node, needs_node

import posegcn as pg
from posegcn.baselines import LinearMap
from posegcn.graph import Graph
from posegcn.labs.network_data import array_data, half, network_data
from posegcn.rewiring import rewire

pytestmark = needs_node
BODY = pg.skeletons.H36M_16
SKELETON = Graph.from_skeleton(BODY)
GRAPHS = {
    "skeleton": SKELETON,
    "cut": Graph(16, SKELETON.edges[:-3]),
    "none": Graph(16, ()),
    "full": Graph(16, tuple((i, j) for i in range(16) for j in range(i))),
    "shortcut": Graph(16, (*SKELETON.edges, (15, 3))),
}
LAYERS = [
    *("vanilla", "dc_vanilla", "preagg", "dc_preagg", "postagg", "dc_postagg", "convst"),
    *("nosharing", "semantic", "modulated"),
]


def network(layer, seed=0):
    """A network with statistics and learned edges that are not those of the start."""
    torch.manual_seed(seed)
    model = pg.make_model("residual_gcn", skeleton=BODY, layer=layer, channels=12, num_blocks=2)
    with torch.no_grad():
        for name, values in model.named_parameters():
            if "logits" in name or "offsets" in name or "modulation" in name:
                values.add_(0.5 * torch.randn_like(values))
        for part in model.modules():
            if isinstance(part, torch.nn.BatchNorm1d):
                part.running_mean.normal_(0, 0.1)
                part.running_var.uniform_(0.5, 2)
    return model.eval()


def pose(seed=1):
    return 0.3 * torch.randn(16, 2, generator=torch.Generator().manual_seed(seed))


def lifted_in_node(model, keypoints, wirings):
    """Poses for several wirings, in one run of Node.  -> (N, J, 3)"""
    found = in_node(
        "network.js",
        "(() => { const n = m.load(d.network);"
        " return d.wirings.map((w) => m.lift(n, d.keypoints, m.wiring(n, w))); })()",
        network=network_data(model),
        keypoints=keypoints.tolist(),
        wirings=wirings,
    )
    return torch.tensor(found, dtype=torch.float64)


def expected_of(model, keypoints, rewired):
    """In double precision, as JavaScript computes."""
    poses = [other.double()(keypoints[None].double())[0] for other in rewired]
    return torch.stack(poses)


@pytest.mark.parametrize("layer", LAYERS)
def test_layers_on_any_graph(layer):
    model, keypoints = network(layer), pose()
    # No-sharing has no matrix for a new edge; test_rewiring has the refusal.
    graphs = [
        graph
        for name, graph in GRAPHS.items()
        if layer != "nosharing" or name not in ("full", "shortcut")
    ]
    expected = expected_of(model, keypoints, [rewire(model, g, learned=True) for g in graphs])
    found = lifted_in_node(model, keypoints, [{"edges": g.edges} for g in graphs])
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("layer", ["convst", "modulated"])
def test_normalisations_and_hops(layer):
    model, keypoints = network(layer), pose()
    settings = list(product((1, 2, 3), ("row", "symmetric", "loops_after", "none")))
    expected = expected_of(
        model, keypoints, [rewire(model, SKELETON.within(hops), kind) for hops, kind in settings]
    )
    wirings = [
        {"edges": SKELETON.edges, "normalisation": kind, "hops": hops, "learned": False}
        for hops, kind in settings
    ]
    found = lifted_in_node(model, keypoints, wirings)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def test_linear_map():
    weights = torch.randn(33, 48, generator=torch.Generator().manual_seed(0)).double() / 8
    model = LinearMap(BODY, weights.float().double())
    (found,) = lifted_in_node(model, pose(), [{"edges": []}])
    torch.testing.assert_close(found.float(), model(pose()[None])[0], rtol=1e-5, atol=1e-5)


def test_half_precision_is_read_to_the_last_bit():
    values = torch.tensor([0.0, -0.0, 1.0, -2.5, 6.1e-5, 5.96e-8, 65504.0, 0.1]).half().float()
    stored = array_data(values)
    assert stored["kind"] == "float16"
    found = in_node("tensor.js", "m.decode(d.stored).values", stored=stored)
    assert found == values.tolist()


def test_half_a_network_is_the_same_network_in_a_page_of_half_the_size():
    model, keypoints = network("modulated"), pose()
    rounded = half(model)
    assert network_data(model)["entry"]["layer"]["weight"]["kind"] == "float32"
    assert network_data(rounded)["entry"]["layer"]["weight"]["kind"] == "float16"
    (found,) = lifted_in_node(rounded, keypoints, [{"edges": SKELETON.edges}])
    expected = rounded.double()(keypoints[None].double())[0]
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def test_whole_numbers_are_stored_in_two_bytes():
    values = torch.tensor([-32768.0, -2049.0, 0.0, 12345.0, 32767.0])
    stored = array_data(values)
    assert stored["kind"] == "int16"
    assert in_node("tensor.js", "m.decode(d.stored).values", stored=stored) == values.tolist()
    assert array_data(values + 1)["kind"] == "float32"
