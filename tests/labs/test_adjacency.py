"""The adjacency lab: what Python says of a state is what the page shows for it."""

from pathlib import Path

import pytest
import torch
from support.node import in_node, needs_node

import posegcn as pg
from posegcn.errors import InputError
from posegcn.labs.bundle import MIME

BODY = pg.skeletons.H36M_16
FULL = [[i, j] for i in range(16) for j in range(i)]
STATES = {
    "as it begins": {},
    "skeleton": {"preset": "skeleton"},
    "fully connected": {"preset": "full", "edges": FULL},
    "no edges": {"preset": "none", "edges": []},
    "wider": {"hops": 2, "normalisation": "row"},
    "another layer": {"network": "dc_vanilla", "normalisation": "row", "preset": "skeleton"},
    "one edge less": {"preset": "own", "edges": [list(bone) for bone in BODY.bones[1:]]},
}


@pytest.fixture
def lab():
    torch.manual_seed(0)
    models = {
        layer: pg.make_model("residual_gcn", skeleton=BODY, layer=layer, channels=8, num_blocks=1)
        for layer in ("modulated", "dc_vanilla")
    }
    return pg.labs.AdjacencyLab(models, 0.3 * torch.randn(16, 2), torch.randn(16, 3))


def change(lab, state):
    for name, value in state.items():
        setattr(lab, name, value)


def test_begins_with_what_was_learned(lab):
    assert lab.preset == "learned"
    expected = lab.models["modulated"].eval()(lab.keypoints[None])[0]
    torch.testing.assert_close(lab.lifted(), expected - expected[:1])


@needs_node
@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_page_and_python_lift_the_same_pose(lab, state):
    change(lab, state)
    found = in_node(
        "adjacency_lab.js",
        "m.adjacencyResult(d.state, n.load(d.state.data.networks))",
        more={"n": "network.js"},
        state=lab.state(),
    )
    torch.testing.assert_close(torch.tensor(found["joints"]), lab.lifted(), rtol=1e-5, atol=1e-5)
    assert found["error"] == pytest.approx(lab.error(), abs=1e-5)


@needs_node
def test_matrix_and_spread_of_the_page(lab):
    change(lab, {"network": "dc_vanilla", "normalisation": "symmetric", "layers": 3, "hops": 2})
    found = in_node(
        "adjacency_lab.js",
        "m.adjacencyResult(d.state, n.load(d.state.data.networks))",
        more={"n": "network.js"},
        state=lab.state(),
    )
    graph = pg.Graph.from_skeleton(BODY).within(2)
    expected = graph.adjacency("symmetric")
    torch.testing.assert_close(torch.tensor(found["matrix"]), expected, rtol=0, atol=1e-6)
    spread = torch.linalg.matrix_power(graph.adjacency("row"), 3)[:, lab.joint]
    torch.testing.assert_close(torch.tensor(found["spread"]), spread, rtol=0, atol=1e-6)


@needs_node
def test_a_click_cuts_an_edge_and_joins_it_again():
    edges = [[1, 0], [2, 1]]
    cut = in_node("adjacency_lab.js", "m.toggled(d.edges, 0, 1)", edges=edges)
    assert cut == [[2, 1]]
    assert in_node("adjacency_lab.js", "m.toggled(d.edges, 0, 1)", edges=cut) == [[2, 1], [1, 0]]


def test_python_hears_of_changes(lab):
    heard = []
    lab.observe(lambda change: heard.append(lab.error()), names=["edges"])
    lab.edges = []
    assert heard == [lab.error()]


def test_a_page_gets_the_state_beside_the_widget(lab):
    data, _ = lab._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data[MIME]["lab"] == "adjacency"
    state = {"data", "network", "edges", "preset", "normalisation", "hops", "joint", "layers"}
    assert set(data[MIME]["state"]) == state


def test_networks_that_a_page_cannot_compute_are_refused():
    model = pg.make_model("semgcn", skeleton=BODY, channels=8, num_blocks=1, non_local=True)
    with pytest.raises(InputError, match="a page cannot compute non-local blocks"):
        pg.labs.AdjacencyLab({"semgcn": model}, torch.zeros(16, 2), torch.zeros(16, 3))


def test_cuts_are_the_errors_without_each_edge_and_leave_the_lab_as_it_was(lab):
    before, heard = lab.edges, []
    lab.observe(heard.append, names=["edges"])
    found = lab.cuts()
    assert (lab.edges, heard) == (before, [])
    assert list(found.values()) == sorted(found.values(), reverse=True)
    lab.edges = [edge for edge in before if edge != [3, 2]]
    assert found["rfoot-rknee"] == lab.error()


def test_stored_networks_have_the_names_of_their_files():
    folder = Path(__file__).parents[2] / "book" / "weights" / "labs"
    lab = pg.labs.AdjacencyLab.load(folder / "vanilla.safetensors", folder / "convst.safetensors")
    assert list(lab.models) == ["vanilla", "convst"]
    assert lab.error() < 0.15
