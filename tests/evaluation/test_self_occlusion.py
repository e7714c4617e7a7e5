import pytest
import torch
from torch.testing import assert_close

from posegcn.evaluation.self_occlusion import hidden_joints, segment_distance
from posegcn.skeletons import H36M_16, H36M_17

DISTANCE = 4.0


def standing(**moved):
    """A person 4 m away who faces the camera, arms spread; y points down, z away from it."""
    across = {"hip": 0.12, "knee": 0.14, "foot": 0.15, "shoulder": 0.18, "elbow": 0.45}
    down = {"hip": 0.0, "knee": 0.45, "foot": 0.9, "shoulder": -0.5, "elbow": -0.5}
    across["wrist"], down["wrist"] = 0.7, -0.5
    places = {"hip": (0, 0), "spine": (0, -0.25), "thorax": (0, -0.5), "head": (0, -0.75)}
    for joint in across:
        places[f"l{joint}"] = (across[joint], down[joint])
        places[f"r{joint}"] = (-across[joint], down[joint])
    joints = torch.tensor([[*places[joint], 0] for joint in H36M_16.joints])
    for joint, place in moved.items():
        joints[H36M_16.index(joint)] = torch.tensor(place)
    return joints[None] + torch.tensor([0, 0, DISTANCE])


def hidden(joints, **radii):
    found = hidden_joints(joints, H36M_16, **radii)[0]
    return {name for name, value in zip(H36M_16.joints, found.tolist(), strict=True) if value}


def test_of_somebody_with_spread_arms_nothing_is_hidden():
    assert hidden(standing()) == set()


def test_an_arm_in_front_of_the_trunk_hides_the_spine():
    """The forearm crosses in front of the spine, at y = -0.25."""
    assert hidden(standing(lelbow=(0.3, -0.25, -0.25), lwrist=(-0.1, -0.25, -0.25))) == {"spine"}


def test_an_arm_behind_the_trunk_hides_nothing_and_is_hidden():
    """The wrist is behind the capsule of the trunk, the elbow beside it."""
    assert hidden(standing(lelbow=(0.3, -0.25, 0.25), lwrist=(0.0, -0.25, 0.25))) == {"lwrist"}


def test_an_arm_beside_the_sight_line_hides_nothing():
    """It passes 15 cm below the spine and 10 cm above the hip."""
    assert hidden(standing(lelbow=(0.3, -0.1, -0.25), lwrist=(-0.1, -0.1, -0.25))) == set()


def test_behind_the_camera_is_not_in_front():
    """An arm on the line through camera and spine, but on the camera's other side."""
    direction = torch.tensor([0, -0.25, DISTANCE])
    behind = (-0.5 * direction).tolist()
    place = [value - depth for value, depth in zip(behind, (0, 0, DISTANCE), strict=True)]
    moved = standing(lelbow=[place[0] - 0.2, *place[1:]], lwrist=[place[0] + 0.2, *place[1:]])
    assert "spine" not in hidden(moved)


def test_a_bone_does_not_hide_its_own_ends():
    """The forearm points at the camera: the wrist is in front of the elbow, and both are free."""
    elbow = torch.tensor([0.45, -0.5, DISTANCE])
    wrist = (0.9 * elbow - torch.tensor([0, 0, DISTANCE])).tolist()
    assert hidden(standing(lwrist=wrist)) == set()


def test_a_wrist_that_touches_the_chest_is_seen():
    """8 cm before the spine it is inside the capsule of the trunk, but nothing is before it."""
    assert "lwrist" not in hidden(standing(lelbow=(0.3, -0.3, -0.1), lwrist=(0.0, -0.3, -0.08)))


@pytest.mark.parametrize(("radius", "expected"), [(0.08, set()), (0.16, {"spine"})])
def test_radius_says_how_thick_a_limb_is(radius, expected):
    """The forearm passes 11 cm below the sight line to the spine."""
    moved = standing(lelbow=(0.3, -0.12, -0.25), lwrist=(-0.1, -0.12, -0.25))
    assert hidden(moved, limb_radius=radius) & {"spine"} == expected


def test_poses_do_not_depend_on_each_other(monkeypatch):
    generator = torch.Generator().manual_seed(0)
    poses = 0.3 * torch.randn(20, 17, 3, generator=generator) + torch.tensor([0, 0, DISTANCE])
    whole = hidden_joints(poses, H36M_17)
    assert 0.05 < whole.float().mean() < 0.95
    monkeypatch.setattr("posegcn.evaluation.self_occlusion.CHUNK", 3)
    assert (hidden_joints(poses, H36M_17) == whole).all()


def test_distance_of_segments_is_that_of_a_fine_grid():
    generator = torch.Generator().manual_seed(1)
    sights, starts, bones = torch.randn(3, 40, 3, generator=generator, dtype=torch.float64)
    steps = torch.linspace(0, 1, 201, dtype=torch.float64)
    one = steps[:, None, None, None] * sights
    other = starts + steps[:, None, None] * bones
    nearest = (one - other).norm(dim=-1).amin(dim=(0, 1))
    found = segment_distance(sights, starts, bones)
    assert (found <= nearest + 1e-12).all()
    assert_close(found, nearest, rtol=0, atol=0.02)


def test_distance_of_parallel_and_collapsed_segments():
    sight = torch.tensor([[0.0, 0, 4]]).expand(3, -1)
    starts = torch.tensor([[0.3, 0, 1], [0.3, 0, 5], [0, 0.2, 2]])
    bones = torch.tensor([[0.0, 0, 1], [0, 0, 1], [0, 0, 0]])
    expected = torch.tensor([0.3, (0.09 + 1) ** 0.5, 0.2])
    assert_close(segment_distance(sight, starts, bones), expected)
