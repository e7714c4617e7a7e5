import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support import parity
from torch.testing import assert_close

from posegcn import Graph, InputError
from posegcn.skeletons import H36M_16, H36M_17

SQUARE = Graph(4, ((0, 1), (1, 2), (2, 3)))  # a path, to work out by hand


@st.composite
def graphs(draw):
    nodes = draw(st.integers(2, 8))
    pairs = [(i, j) for i in range(nodes) for j in range(i)]
    return Graph(nodes, tuple(draw(st.lists(st.sampled_from(pairs), unique=True))))


def test_adjacency_by_hand():
    expected = [[1 / 2, 1 / 2, 0, 0], [1 / 3, 1 / 3, 1 / 3, 0], [0, 1 / 3, 1 / 3, 1 / 3]]
    assert_close(SQUARE.adjacency()[:3], torch.tensor(expected))
    assert_close(SQUARE.adjacency("loops_after")[1], torch.tensor([1 / 2, 1, 1 / 2, 0]))
    assert_close(SQUARE.adjacency("symmetric")[0, :2], torch.tensor([1 / 2, 1 / 6**0.5]))
    assert_close(SQUARE.adjacency("column"), SQUARE.adjacency("row").T)
    assert_close(SQUARE.adjacency("none"), SQUARE.neighbours + torch.eye(4))


@pytest.mark.parametrize("joints", [16, 17, 8, 4, 6])
def test_row_normalisation_equals_the_public_code(joints):
    reference = parity.load("single_frame/functions/graphs_and_schedules")
    graph = Graph(joints, tuple(map(tuple, reference[f"j{joints}/edges"].tolist())))
    expected = torch.from_numpy(reference[f"j{joints}/row_normalised_with_self_loops"])
    assert_close(graph.adjacency("row"), expected, rtol=0, atol=1e-7)


@pytest.mark.parametrize("joints", [16, 17, 6])
def test_loops_after_normalisation_equals_the_public_code(joints):
    reference = parity.load("single_frame/functions/graphs_modulated")
    graph = Graph(joints, tuple(map(tuple, reference[f"j{joints}/edges"].tolist())))
    key = f"j{joints}/row_normalised_off_diagonal_plus_identity"
    assert_close(graph.adjacency("loops_after"), torch.from_numpy(reference[key]))


@pytest.mark.parametrize("skeleton", [H36M_16, H36M_17], ids=lambda s: s.name)
def test_body_graph_has_the_edges_of_the_public_code(skeleton):
    reference = parity.load("single_frame/functions/graphs_and_schedules")
    edges = {frozenset(edge) for edge in reference[f"j{skeleton.num_joints}/edges"].tolist()}
    assert {frozenset(edge) for edge in Graph.from_skeleton(skeleton).edges} == edges


def test_hops_and_depth():
    assert SQUARE.hops[0].tolist() == [0, 1, 2, 3]
    assert SQUARE.depth.tolist() == [0, 1, 2, 3]
    assert torch.isinf(Graph(3, ((0, 1),)).hops[0, 2])
    assert Graph.from_skeleton(H36M_17).depth[H36M_17.index("lwrist")] == 5


@given(graphs(), st.sampled_from(["uniform", "self", "spatial", "index"]))
def test_partitions_add_up_to_the_adjacency(graph, kind):
    parts = graph.partition(kind)
    assert_close(parts.sum(dim=0), graph.adjacency())
    assert ((parts != 0).sum(dim=0) <= 1).all()


@given(graphs())
def test_rows_sum_to_one(graph):
    assert_close(graph.adjacency().sum(dim=1), torch.ones(graph.num_nodes))


def test_spatial_partition_tells_children_from_parents():
    graph = Graph.from_skeleton(H36M_16)
    _, from_children, from_parent = graph.partition("spatial", "none")
    for child, parent in H36M_16.bones:
        assert from_children[parent, child] == 1
        assert from_parent[child, parent] == 1
    assert from_children.sum() == from_parent.sum() == len(H36M_16.bones)


def test_contraction_joins_groups_that_touch():
    # Level 8 of Graph Stacked Hourglass, contracted again: legs, hips with pelvis, forearms,
    # head with shoulders. The published table joins hips and forearms instead.
    level8 = Graph(8, ((0, 2), (1, 2), (2, 3), (3, 7), (4, 7), (5, 7), (6, 7)))
    level4 = level8.contract([[0, 1], [2, 3], [5, 6], [4, 7]])
    assert level4.edges == ((0, 1), (1, 3), (2, 3))
    with pytest.raises(InputError, match="each of 8 nodes once"):
        level8.contract([[0, 1]])


@given(graphs())
def test_contraction_to_single_nodes_changes_nothing(graph):
    same = graph.contract([[node] for node in range(graph.num_nodes)])
    assert_close(same.neighbours, graph.neighbours)


def test_wrong_names_and_edges_are_refused():
    with pytest.raises(InputError, match="did you mean 'row'"):
        SQUARE.adjacency("rows")
    with pytest.raises(InputError, match="did you mean 'spatial'"):
        SQUARE.partition("spacial")
    with pytest.raises(InputError, match="does not join two of the 2 nodes"):
        Graph(2, ((0, 2),))
