"""Which order of the joints makes a body."""

import pytest
import torch
from support.detected import seen

from posegcn.doctor.body import Body
from posegcn.doctor.order import (
    BETTER,
    asymmetry,
    joint_distances,
    misfit,
    rivals,
    shortest_tree,
    tree_ratio,
)
from posegcn.skeleton import Skeleton
from posegcn.skeletons import H36M_17, HALPE_26

CHAIN = Skeleton("chain", ("a", "b", "c"), (None, "a", "b"))
STAR = Skeleton("star", ("a", "b", "c"), (None, "a", "a"))


def test_shortest_tree_by_hand():
    line = torch.tensor([0.0, 1.0, 3.0])
    distances = (line[:, None] - line).abs()
    assert shortest_tree(distances) == pytest.approx(3.0)
    assert tree_ratio(distances, CHAIN) == pytest.approx(1.0)
    assert tree_ratio(distances, STAR) == pytest.approx(4 / 3)


def test_shortest_tree_is_that_of_scipy():
    from scipy.sparse.csgraph import minimum_spanning_tree

    points = torch.rand(20, 2, generator=torch.Generator().manual_seed(0), dtype=torch.double)
    distances = torch.cdist(points, points)
    expected = minimum_spanning_tree(distances.numpy()).sum()
    assert shortest_tree(distances) == pytest.approx(expected)


def test_a_joint_that_is_never_seen_is_left_out():
    line = torch.tensor([0.0, torch.nan, 3.0])
    assert shortest_tree((line[:, None] - line).abs()) == pytest.approx(3.0)


def test_unequal_sides():
    skeleton = Skeleton("v", ("hip", "lhip", "rhip"), (None, "hip", "hip"))
    distances = torch.tensor([[0.0, 1.0, 3.0], [1.0, 0.0, 4.0], [3.0, 4.0, 0.0]])
    assert asymmetry(distances, skeleton) == pytest.approx(0.5)


def test_rivals_have_as_many_joints():
    assert {other.name for other in rivals(H36M_17)} == {"coco_17", "mpi_inf_3dhp_17"}
    assert rivals(HALPE_26) == []


@pytest.mark.parametrize("skeleton", ["h36m_17", "h36m_16", "coco_17"])
@pytest.mark.parametrize("action", ["walk", "crouch", "sit_and_talk"])
def test_no_other_order_fits_clearly_better(skeleton, action):
    for camera in range(4):
        body = Body(seen(action, "P3", camera, "video", skeleton).tracks[0])
        distances = joint_distances(body)
        own = misfit(distances, body.skeleton)
        assert all(own < BETTER * misfit(distances, other) for other in rivals(body.skeleton))
