import torch
from torch.testing import assert_close

from posegcn.data.coco_points import YAW_SD, coco_points, head_turns
from posegcn.data.synthetic.body import rest_pose
from posegcn.skeletons import COCO_17, H36M_17


def at(points, name):
    return points[..., COCO_17.index(name), :]


def test_a_standing_body_looks_forward_with_its_left_on_the_left():
    body = rest_pose(H36M_17)
    points = coco_points(body)
    left = body[H36M_17.index("lshoulder")] - body[H36M_17.index("rshoulder")]
    up = torch.tensor([0.0, 0, 1])
    forward = torch.linalg.cross(left / left.norm(), up)
    nose = at(points, "nose") - (at(points, "left_ear") + at(points, "right_ear")) / 2
    assert nose @ forward > 0.1
    for name in ("eye", "ear", "hip"):
        assert (at(points, f"left_{name}") - at(points, f"right_{name}")) @ left > 0
    assert_close(at(points, "left_knee"), body[H36M_17.index("lknee")])
    assert at(points, "left_hip")[2] > body[H36M_17.index("lhip"), 2]


def test_a_turned_head_looks_to_its_left():
    body = rest_pose(H36M_17)
    straight, turned = coco_points(body), coco_points(body, torch.tensor(torch.pi / 2))
    ears = at(straight, "left_ear") - at(straight, "right_ear")
    middle = (at(turned, "left_ear") + at(turned, "right_ear")) / 2
    assert_close(at(turned, "nose") - middle, 0.115 * ears / ears.norm(), rtol=0, atol=1e-5)


def test_keypoints_turn_with_the_body():
    body = rest_pose(H36M_17).double()
    turn = torch.linalg.qr(torch.randn(3, 3, dtype=torch.float64))[0]
    turn = turn * turn.det()
    assert_close(coco_points(body @ turn.T), coco_points(body) @ turn.T)


def test_turns_of_heads_are_slow_and_of_the_size_stated():
    turns = head_turns(200_000, seed=1)
    assert abs(turns.std() / YAW_SD - 1) < 0.1
    assert turns.diff().std() < 0.2 * YAW_SD
    assert torch.equal(turns, head_turns(200_000, seed=1))
