import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support import parity

from posegcn import InputError, Skeleton
from posegcn.skeletons import H36M_16, H36M_17, H36M_32, MPII_16, SKELETONS

CHAIN = Skeleton.from_tree("chain", {"a": None, "b": "a", "c": "b"})
SKELETON_PARITY = "single_frame/functions/graphs_and_schedules"


def test_everything_is_derived_from_names_and_parents():
    body = Skeleton.from_tree(
        "toy", {"lhand": "chest", "chest": "hip", "rhand": "chest", "hip": None}
    )
    assert body.root == 3
    assert body.parent_indices == (1, 3, 1, -1)
    assert body.bones == ((0, 1), (1, 3), (2, 1))
    assert body.mirror == (2, 1, 0, 3)
    assert (body.left, body.right) == ((0,), (2,))
    assert body.path_to_root("lhand") == ("lhand", "chest", "hip")


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ({"a": "b", "b": "a", "c": None}, "cycle"),
        ({"a": None, "b": None}, "one root"),
        ({"a": None, "b": "z"}, "no joints"),
    ],
)
def test_parents_that_are_no_tree_are_refused(tree, message):
    with pytest.raises(InputError, match=message):
        Skeleton.from_tree("wrong", tree)


def test_unknown_joint_lists_the_known_ones():
    with pytest.raises(InputError, match="no joint 'd', only: a, b, c"):
        CHAIN.index("d")


def test_keep_attaches_to_the_nearest_ancestor():
    assert CHAIN.keep("ends", ["a", "c"]).parents == (None, "a")


@pytest.mark.parametrize(("skeleton", "key"), [(H36M_16, "skeleton16"), (H36M_17, "skeleton17")])
def test_human36m_subsets_are_those_of_the_field(skeleton, key):
    reference = parity.load(SKELETON_PARITY)
    kept = [H36M_32.index(joint) for joint in skeleton.joints]
    assert kept == reference[f"{key}/kept"].tolist()
    assert list(skeleton.parent_indices) == reference[f"{key}/parents"].tolist()
    assert list(skeleton.left) == reference[f"{key}/left"].tolist()
    assert list(skeleton.right) == reference[f"{key}/right"].tolist()
    before = H36M_32.keep("before", skeleton.joints).parent_indices
    assert list(before) == reference[f"{key}/parents_before_rewire"].tolist()


def test_groups_are_the_pairs_of_the_field():
    reference = parity.load(SKELETON_PARITY)["skeleton16/non_local_groups"]
    assert {frozenset(g) for g in H36M_16.groups} == {frozenset(g) for g in reference.tolist()}


@pytest.mark.parametrize("skeleton", SKELETONS.values(), ids=SKELETONS)
def test_groups_hold_every_joint_once(skeleton):
    members = sorted(joint for group in skeleton.groups for joint in group)
    assert members == list(range(skeleton.num_joints))
    assert all(len(group) <= 2 for group in skeleton.groups)


@pytest.mark.parametrize("skeleton", SKELETONS.values(), ids=SKELETONS)
def test_mirror_is_its_own_inverse_and_keeps_the_tree(skeleton):
    mirror = skeleton.mirror
    assert [mirror[mirror[joint]] for joint in range(skeleton.num_joints)] == list(
        range(skeleton.num_joints)
    )
    assert sorted(skeleton.left) == sorted(mirror[joint] for joint in skeleton.right)
    bones = set(skeleton.bones)
    assert {(mirror[child], mirror[parent]) for child, parent in bones} == bones


def test_select_reorders_by_name():
    values = torch.arange(16.0)[:, None].expand(16, 2)
    reordered = MPII_16.select(values, H36M_16)
    # The order that the public code types out as a table.
    table = [6, 2, 1, 0, 3, 4, 5, 7, 8, 9, 13, 14, 15, 12, 11, 10]
    assert reordered[:, 0].tolist() == table
    with pytest.raises(InputError, match="has 16 joints, got values of shape"):
        MPII_16.select(values[:15], H36M_16)
    with pytest.raises(InputError, match="no joint 'neck_nose'"):
        MPII_16.select(values, H36M_17)


@given(st.permutations(H36M_16.joints))
def test_order_of_joints_does_not_change_the_body(order):
    parents = dict(zip(H36M_16.joints, H36M_16.parents, strict=True))
    shuffled = H36M_16.keep("shuffled", order, parents)
    names = {(shuffled.joints[a], shuffled.joints[b]) for a, b in shuffled.bones}
    assert names == {(H36M_16.joints[a], H36M_16.joints[b]) for a, b in H36M_16.bones}
