import pytest
import torch
from torch.testing import assert_close

from posegcn import InputError
from posegcn.data import flip_pose
from posegcn.skeletons import (
    COCO_17,
    H36M_16,
    H36M_17,
    HUMANEVA_15,
    MPI_INF_3DHP_17,
    MPII_16,
    OPENPOSE_25,
    SKELETONS,
)
from posegcn.skeletons.conversion import convert, lacking, made_up, origins

DETECTORS = ("coco_17", "halpe_26", "openpose_25", "mediapipe_33")
TARGETS = pytest.mark.parametrize("target", [HUMANEVA_15, H36M_17, H36M_16], ids=lambda s: s.name)


@pytest.fixture
def keypoints():
    return torch.randn(5, 17, 2, generator=torch.Generator().manual_seed(1))


def test_humaneva_as_published(keypoints):
    """The indices are those of the public code, which knows no names."""
    expected = torch.empty(5, 15, 2)
    expected[:, 0] = (keypoints[:, 11] + keypoints[:, 12]) / 2
    expected[:, 1] = (keypoints[:, 5] + keypoints[:, 6]) / 2
    expected[:, 2:14] = keypoints[:, [5, 7, 9, 6, 8, 10, 11, 13, 15, 12, 14, 16]]
    expected[:, 14] = keypoints[:, 0]
    assert_close(convert(keypoints, COCO_17, HUMANEVA_15), expected)


def test_h36m_by_hand(keypoints):
    found = dict(zip(H36M_17.joints, convert(keypoints, COCO_17, H36M_17).unbind(1), strict=True))
    hip, thorax = keypoints[:, 11:13].mean(dim=1), keypoints[:, 5:7].mean(dim=1)
    assert_close(found["hip"], hip)
    assert_close(found["thorax"], thorax)
    assert_close(found["spine"], (hip + thorax) / 2)
    assert_close(found["neck_nose"], keypoints[:, 0])
    assert_close(found["head"], keypoints[:, 1:5].mean(dim=1))
    assert_close(found["lfoot"], keypoints[:, 15])
    assert_close(found["rwrist"], keypoints[:, 10])


def test_sixteen_are_the_seventeen_without_the_neck(keypoints):
    seventeen = convert(keypoints, COCO_17, H36M_17)
    assert_close(convert(keypoints, COCO_17, H36M_16), H36M_17.select(seventeen, H36M_16))


@TARGETS
def test_mirrors_with_the_keypoints(keypoints, target):
    mirrored = convert(flip_pose(keypoints, COCO_17), COCO_17, target)
    assert_close(mirrored, flip_pose(convert(keypoints, COCO_17, target), target))


@TARGETS
def test_leaves_its_input_alone(keypoints, target):
    before = keypoints.clone()
    convert(keypoints, COCO_17, target).zero_()
    assert torch.equal(keypoints, before)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        *((name, target) for name in DETECTORS for target in ("h36m_17", "humaneva_15")),
        *((name, "coco_17") for name in ("halpe_26", "openpose_25", "mediapipe_33")),
        *(("mpi_inf_3dhp_17", "h36m_17"), ("mpii_16", "h36m_16"), ("h36m_32", "h36m_17")),
        *((name, "h36m_17") for name in ("h36m_16", "mpii_16", "humaneva_15")),
        *(("h36m_17", "humaneva_15"), ("h36m_17", "mpii_16"), ("h36m_17", "mpi_inf_3dhp_17")),
    ],
)
def test_every_joint_is_a_mean_of_joints_there_are(source, target):
    source, target = SKELETONS[source], SKELETONS[target]
    found = origins(source, target)
    assert list(found) == list(target.joints)
    for shares in found.values():
        assert set(shares) <= set(source.joints)
        assert sum(shares.values()) == pytest.approx(1)


def test_other_skeletons_are_matched_by_name(keypoints):
    assert convert(keypoints, COCO_17, COCO_17) is keypoints
    sixteen = torch.randn(2, 16, 2)
    assert_close(convert(sixteen, MPII_16, H36M_16), MPII_16.select(sixteen, H36M_16))
    assert made_up(MPII_16, H36M_16) == []
    assert made_up(COCO_17, H36M_17) == ["hip", "spine", "thorax", "neck_nose", "head"]
    assert made_up(OPENPOSE_25, H36M_17) == ["spine", "thorax", "neck_nose", "head"]


def test_a_head_is_the_point_that_the_skeleton_means():
    joints = torch.randn(17, 3)
    found = convert(joints, MPI_INF_3DHP_17, H36M_17)
    for own, theirs in (("head", "head_top"), ("neck_nose", "head"), ("thorax", "neck")):
        assert torch.equal(found[H36M_17.index(own)], joints[MPI_INF_3DHP_17.index(theirs)])


def test_a_neck_is_between_thorax_and_head():
    joints = torch.randn(16, 3)
    found = convert(joints, H36M_16, H36M_17)
    middle = joints[[H36M_16.index("thorax"), H36M_16.index("head")]].mean(dim=0)
    assert_close(found[H36M_17.index("neck_nose")], middle)
    assert made_up(H36M_16, H36M_17) == ["neck_nose"]
    assert_close(H36M_17.select(found, H36M_16), joints)


def test_a_missing_keypoint_is_missing_where_it_is_needed_and_nowhere_else(keypoints):
    keypoints[0, COCO_17.index("left_hip")] = torch.nan
    found = convert(keypoints, COCO_17, H36M_17).isnan().any(dim=-1)
    assert [H36M_17.joints[j] for j in found[0].nonzero().flatten()] == ["hip", "lhip", "spine"]
    assert not found[1:].any()


def test_what_cannot_be_made_up_is_refused():
    with pytest.raises(InputError, match="'h36m_17' has no joint 'nose' of 'coco_17', nor those"):
        convert(torch.zeros(17, 2), H36M_17, COCO_17)
    face = ["nose", "left_eye", "right_eye", "left_ear", "right_ear"]
    assert lacking(H36M_17, COCO_17) == face
    assert lacking(COCO_17, H36M_17) == []


def test_number_of_joints_must_be_that_of_the_source():
    with pytest.raises(InputError, match=r"'coco_17' has 17 joints, got values of shape \(5, 15"):
        convert(torch.zeros(5, 15, 2), COCO_17, HUMANEVA_15)
