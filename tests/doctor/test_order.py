"""Which order of the joints makes a body."""

import math

import pytest
import torch
from support.bodies import body, straight
from support.detected import seen
from support.planted import PLANTED
from support.planting import order, rows

from posegcn.doctor.body import Body
from posegcn.doctor.order import (
    BETTER,
    LIMB_FRAMES_SHORT,
    _freer,
    asymmetry,
    check_order,
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


ARM = ("lshoulder", "lelbow", "lwrist")


def bent(angles, lengths=(36.0, 30.0)):
    """An arm that hangs down and bends in the plane of the image, in a body 320 high."""
    keypoints = straight(len(angles))
    shoulder, elbow, wrist = (H36M_17.index(name) for name in ARM)
    forearm = torch.stack([angles.sin(), angles.cos()], dim=-1)
    keypoints[:, elbow] = keypoints[:, shoulder] + torch.tensor([0.0, lengths[0]])
    keypoints[:, wrist] = keypoints[:, elbow] + lengths[1] * forearm
    return body(keypoints)


def test_how_freely_a_limb_moves_changes_its_sign_with_the_order():
    limb = tuple(H36M_17.index(name) for name in ARM)
    person = bent(torch.linspace(0, 2.5, 200))
    one, other = _freer(person, limb), _freer(person, (limb[0], limb[2], limb[1]))
    assert one == pytest.approx(-other)
    assert one < math.log(36 / 66) + 0.1  # the elbow stays where it is, and the wrist does not
    assert _freer(person, (limb[0], limb[1], limb[1])) == pytest.approx(0)
    unknown = bent(torch.full((200,), torch.nan))
    assert math.isnan(_freer(unknown, limb))


def test_a_short_clip_says_nothing_of_limbs():
    found = seen("walk", camera=1)
    exchanged = PLANTED["elbow and wrist exchanged"].plant(found).tracks[0]
    for frames, codes in ((LIMB_FRAMES_SHORT - 1, []), (150, ["joint-order"])):
        part = Body(rows(exchanged, slice(0, frames)))
        assert [finding.code for finding in check_order(part)] == codes


def test_a_face_as_large_as_a_body_is_none():
    found = seen("walk", skeleton="coco_17")
    assert list(check_order(Body(found.tracks[0]))) == []
    reversed_ = order(lambda skeleton: reversed(range(17)))(found)
    (finding,) = check_order(Body(reversed_.tracks[0]))
    assert (finding.code, finding.joints) == ("joint-order", ())
