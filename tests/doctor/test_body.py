"""A body has a size that outliers and missing joints do not change."""

import torch
from support.bodies import body, straight
from torch.testing import assert_close

from posegcn.doctor.body import is_face, pair_of, running_median
from posegcn.skeletons import COCO_17, H36M_17, MPI_INF_3DHP_17


def test_size_is_the_longer_side_and_ignores_a_moment():
    keypoints = straight()
    keypoints[10:13, 5] = 5000.0
    assert_close(body(keypoints).size, torch.full((30,), 320.0))


def test_missing_keypoints_are_nan():
    keypoints, confidence = straight(), torch.ones(30, 17)
    keypoints[3, 2], confidence[4, 1] = 0.0, 0.0
    missing = body(keypoints, confidence=confidence).points.isnan().all(dim=-1)
    assert missing.nonzero().tolist() == [[3, 2], [4, 1]]


def test_three_joints_in_one_place_are_a_placeholder():
    keypoints = straight()
    keypoints[5, :3], keypoints[6, :2] = -1.0, -1.0
    person = body(keypoints)
    assert person.piled.nonzero().tolist() == [[5, 0], [5, 1], [5, 2]]
    assert person.points[5, :3].isnan().all()


def test_pairs_in_any_spelling():
    assert pair_of(H36M_17, "ankle") == (H36M_17.index("lfoot"), H36M_17.index("rfoot"))
    assert pair_of(COCO_17, "ear") == (COCO_17.index("left_ear"), COCO_17.index("right_ear"))
    assert pair_of(MPI_INF_3DHP_17, "eye") is None
    assert [name for name in H36M_17.joints if is_face(name)] == []


def test_running_median_leaves_nan_out():
    values = torch.tensor([0.0, 1.0, torch.nan, 3.0, 100.0])[:, None]
    assert_close(running_median(values, 3)[:, 0], torch.tensor([0.0, 0.0, 1.0, 3.0, 100.0]))


def test_steps_are_in_body_sizes():
    keypoints = straight() + torch.arange(30.0)[:, None, None] * torch.tensor([32.0, 0.0])
    person = body(keypoints)
    assert person.steps[0].isnan().all()
    assert_close(person.steps[1:], torch.full((29, 17), 0.1))
