import pytest
import torch
from support import parity
from torch.testing import assert_close

from posegcn import Graph, InputError, make_layer
from posegcn.layers.links import PUBLISHED_LINKS, directed_parts
from posegcn.skeletons import H36M_17, HUMANEVA_15, MPI_INF_3DHP_17

BODY = Graph.from_skeleton(H36M_17)


def adaptive(channels=4, out=8, graph=BODY, **options):
    torch.manual_seed(0)
    layer = make_layer("adaptive", channels, out, graph, **options).double()
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter)
    return layer


def test_measured_graph_by_hand():
    """Two joints, one channel: scores are products, rows are a softmax."""
    layer = make_layer("adaptive", 1, 4, Graph(2, ((0, 1),))).double()
    torch.nn.init.ones_(layer.sources.weight)
    torch.nn.init.ones_(layer.targets.weight)
    x = torch.tensor([[[1.0], [2.0]]]).double()
    scores = torch.tensor([[1.0, 2.0], [2.0, 4.0]]).double()  # row: the listener
    assert_close(layer.measured(x)[0, 0], scores.softmax(dim=-1))


def test_rows_of_the_measured_graph_sum_to_one():
    measured = adaptive().measured(torch.randn(3, 17, 4).double())
    assert measured.shape == (3, 3, 17, 17)
    assert_close(measured.sum(dim=-1), torch.ones(3, 3, 17).double())


def test_over_frames_one_graph_serves_the_clip():
    layer, single = adaptive(over_frames=True), adaptive()
    clip = torch.randn(2, 5, 17, 4).double()
    assert layer.measured(clip).shape == (2, 3, 17, 17)
    still = clip[:, :1].expand(-1, 5, -1, -1)
    assert_close(layer(still)[:, 2], single(still[:, 2]))
    assert_close(layer(clip[:, :1]), single(clip[:, :1]))
    assert not torch.allclose(layer(clip)[:, 2], single(clip[:, 2]))


def test_order_of_frames_does_not_matter_to_the_graph():
    layer = adaptive(over_frames=True)
    clip = torch.randn(2, 5, 17, 4).double()
    assert_close(layer.measured(clip.flip(1)), layer.measured(clip))


def test_a_bias_of_the_sources_would_cancel():
    """Why it is left out: it adds the same to all scores of a row."""
    layer = adaptive()
    x = torch.randn(3, 17, 4).double()
    biased = torch.nn.Linear(4, layer.sources.out_features).double()
    biased.weight = layer.sources.weight
    before = layer.measured(x)
    layer.sources = biased
    assert_close(layer.measured(x), before)


def test_a_fresh_layer_listens_to_neighbours_and_a_little_to_all():
    layer = make_layer("adaptive", 4, 8, BODY)
    assert_close(layer.offsets, torch.full((3, 17, 17), 1e-6))
    assert layer.sources.out_features == 3 * 2
    assert make_layer("adaptive", 4, 3, BODY).sources.out_features == 3 * 3  # not 0


GRAPHS = {
    "h36m": ("tree", H36M_17),
    "humaneva15": ("published_humaneva_15", HUMANEVA_15),
    "humaneva_13": ("published_humaneva_13", HUMANEVA_15),
    "h36m_commit_17cf317": ("published_h36m_2021", H36M_17),
}


@pytest.mark.parametrize("case", parity.cases("temporal/graphs"))
@pytest.mark.parametrize("name", GRAPHS)
def test_fixed_graphs_equal_the_public_code(case, name):
    links, skeleton = GRAPHS[name]
    theirs = torch.from_numpy(parity.load(case)[name])[[0, 2, 1]].mT.float()
    assert_close(directed_parts(links, Graph.from_skeleton(skeleton)), theirs, rtol=0, atol=0)


def test_tree_of_another_body_does_not_fit_the_joints():
    """MPI-INF-3DHP: joint 0 is the top of the head there, the pelvis in the graph."""
    graph = Graph.from_skeleton(MPI_INF_3DHP_17)
    parts = directed_parts("tree", graph)
    assert_close(parts.sum(dim=0) > 0, graph.support)
    published = directed_parts("published_h36m", graph)
    assert_close(published, directed_parts("tree", BODY))
    assert ((published.sum(dim=0) > 0) != graph.support).any()


def test_links_of_another_body_are_refused():
    with pytest.raises(InputError, match="are of 15 joints, the graph has 17"):
        directed_parts("published_humaneva_15", BODY)
    with pytest.raises(InputError, match="unknown links 'trees', did you mean 'tree'"):
        directed_parts("trees", BODY)
    assert "tree" not in PUBLISHED_LINKS
