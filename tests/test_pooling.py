from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support import parity
from torch.testing import assert_close

from posegcn import Graph, InputError
from posegcn.pooling import MaxPool, Pyramid, Unpool, make_pyramid
from posegcn.skeleton import Skeleton
from posegcn.skeletons import H36M_16, H36M_17, MPII_16, SKELETONS

CASE = "single_frame/blocks/skeletal_pool_unpool"
every_skeleton = pytest.mark.parametrize("skeleton", SKELETONS.values(), ids=SKELETONS)


def edges(graph):
    return {frozenset(edge) for edge in graph.edges}


def names(skeleton, nodes):
    return {skeleton.joints[node] for node in nodes}


@every_skeleton
def test_contraction_then_expansion_leaves_every_joint_among_its_own_sources(skeleton):
    pyramid = Pyramid.derived(skeleton)
    for groups, sources in zip(pyramid.groups, pyramid.sources, strict=True):
        for node, source in enumerate(sources):
            assert node in groups[source]


@every_skeleton
def test_every_level_is_about_half_as_large_and_connected(skeleton):
    pyramid = Pyramid.derived(skeleton)
    sizes = [graph.num_nodes for graph in pyramid.graphs]
    assert len(sizes) == 3
    assert all(size / 2 <= next_ <= 0.7 * size for size, next_ in pairwise(sizes))
    assert all(graph.depth.isfinite().all() for graph in pyramid.graphs)


def test_levels_of_the_field():
    assert [graph.num_nodes for graph in Pyramid.derived(H36M_16).graphs] == [16, 8, 4]
    assert [graph.num_nodes for graph in Pyramid.derived(H36M_17).graphs] == [17, 9, 5]


def test_derived_groups_are_those_of_the_public_code_in_another_order():
    derived, published = Pyramid.derived(H36M_16), Pyramid.published(H36M_16)

    def joints(pyramid, group):
        return frozenset(node for part in group for node in pyramid.groups[0][part])

    fine, coarse = ({*map(frozenset, p.groups[0])} for p in (derived, published))
    assert fine == coarse
    fine, coarse = ({joints(p, group) for group in p.groups[1]} for p in (derived, published))
    assert fine == coarse


def test_tables_equal_the_public_code():
    arrays = parity.load(CASE)
    pyramid = Pyramid.published(H36M_16)
    assert [list(group) for group in pyramid.groups[0]] == arrays["pool16_pairs"].tolist()
    assert [list(group) for group in pyramid.groups[1]] == arrays["pool8_pairs"].tolist()
    assert list(pyramid.sources[0]) == arrays["unpool8_to_16_index"].tolist()
    assert list(pyramid.sources[1]) == arrays["unpool4_to_8_index"].tolist()
    for graph, size in zip(pyramid.graphs, (16, 8, 4), strict=True):
        assert edges(graph) == {frozenset(edge) for edge in arrays[f"edges{size}"].tolist()}
        expected = torch.from_numpy(arrays[f"adj{size}"])
        assert_close(graph.adjacency(), expected, rtol=0, atol=1e-7)


@pytest.mark.parametrize("level", [0, 1])
def test_pooling_and_unpooling_equal_the_public_code(level):
    arrays = parity.load(CASE)
    pyramid = Pyramid.published(H36M_16)
    fine, coarse = (16, 8, 4)[level : level + 2]
    for module, key in (
        (MaxPool(pyramid.groups[level]), f"pool{fine}"),
        (Unpool(pyramid.sources[level]), f"unpool{coarse}"),
    ):
        output = module(torch.from_numpy(arrays[f"{key}/input"]))
        assert_close(output, torch.from_numpy(arrays[f"{key}/output"]), rtol=0, atol=0)


def test_published_unpooling_exchanges_the_legs_and_nothing_else():
    published, mended = (make_pyramid(name, H36M_16) for name in ("published", "mended"))
    assert published.groups == mended.groups
    assert published.sources[1] == mended.sources[1]
    pairs = enumerate(zip(published.sources[0], mended.sources[0], strict=True))
    wrong = [joint for joint, (theirs, ours) in pairs if theirs != ours]
    assert names(H36M_16, wrong) == {"rknee", "rfoot", "lknee", "lfoot"}


def test_published_coarse_graphs_are_not_the_quotients():
    published, mended = (make_pyramid(name, H36M_16) for name in ("published", "mended"))
    assert edges(mended.graphs[1]) - edges(published.graphs[1]) == {frozenset((3, 4))}
    assert edges(published.graphs[1]) - edges(mended.graphs[1]) == {frozenset((3, 7))}
    assert edges(mended.graphs[2]) - edges(published.graphs[2]) == {frozenset((1, 3))}
    assert edges(published.graphs[2]) - edges(mended.graphs[2]) == {frozenset((1, 2))}


@pytest.mark.parametrize("name", ["published", "mended"])
@pytest.mark.parametrize("skeleton", [H36M_17, MPII_16], ids=lambda s: s.name)
def test_the_published_pyramid_is_that_of_one_skeleton(name, skeleton):
    with pytest.raises(InputError, match=rf"is that of 'h36m_16', got .*{skeleton.name}.*derived"):
        make_pyramid(name, skeleton)


def test_unknown_pyramid_is_one_sentence():
    with pytest.raises(InputError, match="unknown pyramid 'publisht', did you mean 'published'"):
        make_pyramid("publisht", H36M_16)


def test_pool_by_hand():
    pool = MaxPool([[0, 2], [1]])
    assert pool(torch.tensor([[1.0, 5.0], [2.0, 6.0], [3.0, 4.0]])).tolist() == [[3, 5], [2, 6]]
    for groups in ([[0, 1], [1, 2]], [[0, 1], []], []):
        with pytest.raises(InputError, match="each joint once"):
            MaxPool(groups)


@pytest.mark.parametrize("nodes", [15, 18])
def test_another_number_of_nodes_is_refused(nodes):
    with pytest.raises(InputError, match=rf"MaxPool expects .* 16, C\), got \(2, {nodes}, 3\)"):
        MaxPool(H36M_16.groups)(torch.zeros(2, nodes, 3))
    with pytest.raises(InputError, match=r"Unpool expects \(\.\.\., 2, C\)"):
        Unpool((0, 1, 1))(torch.zeros(2, nodes, 3))


def test_published_coarse_graphs_have_the_root_where_the_body_has_it():
    published, mended = (make_pyramid(name, H36M_16) for name in ("published", "mended"))
    assert [g.root for g in published.graphs] == [g.root for g in mended.graphs] == [0, 3, 1]


@every_skeleton
def test_groups_are_symmetric(skeleton):
    """The mirror image of a group is a group."""
    mirror = skeleton.mirror
    groups = set(map(frozenset, skeleton.groups))
    assert {frozenset(mirror[joint] for joint in group) for group in groups} == groups


@given(st.permutations(range(16)))
@settings(max_examples=20, deadline=None)
def test_relabelling_joints_gives_the_same_groups(order):
    shuffled = H36M_16.keep("shuffled", (H36M_16.joints[joint] for joint in order))
    parents = dict(zip(H36M_16.joints, H36M_16.parents, strict=True))
    shuffled = Skeleton.from_tree("shuffled", {joint: parents[joint] for joint in shuffled.joints})
    expected, found = (
        {frozenset(names(s, group)) for group in Pyramid.derived(s).groups[0]}
        for s in (H36M_16, shuffled)
    )
    assert found == expected


def test_smallest_bodies():
    pair = Skeleton("pair", ("pelvis", "head"), (None, "pelvis"))
    assert [graph.num_nodes for graph in Pyramid.derived(pair).graphs] == [2, 1, 1]
    assert Pyramid.contract(Graph(2, ((0, 1),)), [((0, 1),)]).sources == ((0, 0),)
