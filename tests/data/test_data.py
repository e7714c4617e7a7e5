import pytest
import torch

from posegcn import InputError
from posegcn.data import open_source
from posegcn.skeletons import COCO_17, H36M_16


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("sinthetic", "unknown data source 'sinthetic', did you mean 'synthetic'"),
        ("synthetic:nosy", "unknown kind of keypoints 'nosy', did you mean 'noisy'"),
        ("synthetic:noisy:more", r"a synthetic source reads synthetic\[:KIND\], got"),
        ("cmu", r"a cmu source reads cmu:DIR\[:KIND\], got 'cmu'"),
        ("cmu:", r"a cmu source reads"),
        ("h36m:folder", "a h36m source reads h36m:DIR:KEYPOINTS, got 'h36m:folder'"),
        ("humaneva:folder", r"a humaneva source reads humaneva:DIR:KEYPOINTS\[:all\], got"),
        ("humaneva:folder:gt:Walk", "unknown choice of actions 'Walk'.* Available: all"),
        ("3dhp", "a 3dhp source reads 3dhp:DIR, got '3dhp'"),
        ("3dhp:folder:gt", "a 3dhp source reads 3dhp:DIR, got '3dhp:folder:gt'"),
    ],
)
def test_sources_that_do_not_read_right(source, message):
    with pytest.raises(InputError, match=message):
        open_source(source)


def test_skeleton_by_name():
    assert open_source("synthetic", "h36m_17").skeleton.name == "h36m_17"
    with pytest.raises(InputError, match="no joint 'nose'"):
        open_source("synthetic", "coco_17")


def test_keypoints_of_coco_are_of_the_same_joints():
    plain, coco = open_source("synthetic"), open_source("synthetic:coco_exact")
    assert (coco.skeleton, coco.keypoint_skeleton) == (H36M_16, COCO_17)
    assert coco.keypoints.shape[1:] == (17, 2)
    one = next(iter(coco))
    same = next(
        c for c in plain if (c.subject, c.action, c.camera) == (one.subject, one.action, one.camera)
    )
    assert torch.equal(same.joints[: len(one)], one.joints)
    for keypoint, joint in (("left_wrist", "lwrist"), ("right_ankle", "rfoot")):
        own = one.keypoints[:, COCO_17.index(keypoint)]
        assert torch.equal(own, same.keypoints[: len(one), H36M_16.index(joint)])
    noisy = open_source("synthetic:coco_noisy")
    assert 0 < (noisy.keypoints - coco.keypoints).abs().median() < 0.02
    part = noisy.split()[2]
    assert part.keypoint_skeleton == COCO_17
