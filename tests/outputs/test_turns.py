import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation
from torch.testing import assert_close

from posegcn.outputs.rest import rest_directions
from posegcn.outputs.turns import euler_degrees, node_rotations, tree
from posegcn.skeleton import Skeleton
from posegcn.skeletons import COCO_17, H36M_17

ORDERS = ("XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX")


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("middle", [37.0, 90.0, -90.0, 89.999999])
def test_angles_multiply_to_the_rotation(order, middle):
    angles = np.array([[20.0, middle, -50.0], [170, middle, 100]])
    matrices = Rotation.from_euler(order, angles, degrees=True).as_matrix()
    found = euler_degrees(torch.from_numpy(matrices), order)
    again = Rotation.from_euler(order, found.numpy(), degrees=True).as_matrix()
    assert np.abs(again - matrices).max() < 2e-6


def test_angles_follow_a_turn_through_the_poles():
    """The two outer angles would jump by half a turn where the middle one passes 90 degrees."""
    path = np.stack([np.full(200, 10.0), np.linspace(0, 720, 200), np.full(200, 5.0)], axis=-1)
    matrices = Rotation.from_euler("ZXY", path, degrees=True).as_matrix()
    found = euler_degrees(torch.from_numpy(matrices), "ZXY")
    assert_close(found, torch.from_numpy(path), rtol=0, atol=1e-6)


def test_a_fork_has_a_frame_and_a_node_for_each_bone():
    rest = rest_directions(H36M_17)
    nodes = tree(H36M_17, rest)
    names = [node.name for node in nodes]
    assert names[:3] == ["hip", "hip_to_rhip", "rhip"]
    assert len(nodes) == 17 + 3 + 3  # three bones leave the hip and three the thorax
    assert all(node.parent < index for index, node in enumerate(nodes))
    orders = {node.name: node.order for node in nodes}
    assert (orders["lknee"], orders["lelbow"], orders["hip"]) == ("ZYX", "ZXY", "ZXY")


def test_a_rigid_turn_of_the_trunk_is_the_forks_alone():
    rest = rest_directions(H36M_17)
    turn = torch.from_numpy(Rotation.from_rotvec([0.3, -1.0, 0.4]).as_matrix())
    nodes = tree(H36M_17, rest)
    local = node_rotations(nodes, (rest @ turn.T)[None], rest)[0]
    assert_close(local[0], turn)
    others = local[1:]
    assert_close(others, torch.eye(3).double().expand_as(others), rtol=0, atol=1e-7)


def test_bones_on_one_line_leave_their_twist_to_the_frame_above():
    tree_of = {"hip": None, "spine": "hip", "lhip": "spine", "rhip": "spine"}
    skeleton = Skeleton.from_tree("cross", tree_of)
    rest = rest_directions(skeleton)
    rest[2], rest[3] = torch.tensor([1.0, 0, 0]), torch.tensor([-1.0, 0, 0])
    local = node_rotations(tree(skeleton, rest), rest[None], rest)
    assert_close(local, torch.eye(3).double().expand_as(local), rtol=0, atol=1e-7)


def test_the_rest_pose_faces_forwards_with_its_left_on_the_left():
    for skeleton in (H36M_17, COCO_17):
        directions = rest_directions(skeleton)
        lengths = directions.norm(dim=-1)
        assert_close(lengths.sum(), torch.tensor(skeleton.num_joints - 1.0).double())
        assert lengths[skeleton.root] == 0
        mirrored = directions[list(skeleton.mirror)] * torch.tensor([-1.0, 1, 1])
        assert_close(mirrored, directions)
    assert directions[COCO_17.index("left_elbow")].tolist() == [1, 0, 0]
    assert directions[COCO_17.index("left_ankle")].tolist() == [0, -1, 0]


def test_unknown_names_point_upwards():
    skeleton = Skeleton.from_tree("hand", {"palm": None, "fingertip": "palm"})
    assert rest_directions(skeleton)[1].tolist() == [0, 1, 0]
