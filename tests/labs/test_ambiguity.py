"""Poses that an image leaves open, and the camera of the labs."""

import pytest
import torch
from support.limbs import assert_same, limbs
from support.node import in_node, needs_node

import posegcn as pg
from posegcn.labs.ambiguity import Ambiguity, two_depths

BODY = pg.skeletons.H36M_16
BONES = [list(bone) for bone in BODY.bones]
CHAIN = pg.Skeleton.from_tree("chain", {"a": None, "b": "a", "c": "b", "d": "b"})


@needs_node
@pytest.mark.parametrize("seed", range(3))
def test_the_root_is_placed_as_in_python(seed):
    generator = torch.Generator().manual_seed(seed)
    lens = pg.rig.h36m_cameras("S1")[0].intrinsics(limbs())
    keypoints = 0.3 * torch.randn(16, 2, generator=generator, dtype=torch.float64)
    focal, centre = lens[:2].tolist(), lens[2:4].tolist()
    found = in_node(
        "camera.js",
        "m.placeRoot(d.joints, d.keypoints, d.lens)",
        joints=limbs(seed).tolist(),
        keypoints=keypoints.tolist(),
        lens={"focal": focal, "centre": centre},
    )
    assert_same(found, pg.camera.place_root(limbs(seed), keypoints, lens), 1e-9)


@needs_node
def test_facing_is_a_rotation_that_brings_a_point_before_the_camera():
    point = torch.tensor([0.4, -0.3, 5.0], dtype=torch.float64)
    axes = torch.eye(3, dtype=torch.float64)
    points = torch.cat([axes, point[None]]).tolist()
    *matrix, ahead = in_node("camera.js", "d.points.map(m.facing(d.points[3]))", points=points)
    matrix = torch.tensor(matrix, dtype=torch.float64)
    torch.testing.assert_close(matrix @ matrix.T, axes)
    assert torch.linalg.det(matrix).item() == pytest.approx(1)
    assert_same(ahead, axes[2] * point.norm(), 1e-9)


@needs_node
def test_the_camera_sees_both_poses_in_one_place():
    """What the turning view shows of the two poses, with the eye where the camera is."""
    pose = limbs() + torch.tensor([0.3, -0.2, 5.0])
    other = Ambiguity(pose, BODY).other([1, 8, 12])
    found = in_node(
        "camera.js",
        "d.poses.map((pose) => pose.map(m.facing(d.root)).map(([x, y, z]) =>"
        " v.onScreen([x, y, z - d.distance], { turn: 0, tilt: 0, distance: d.distance })))",
        more={"v": "turning_view.js"},
        poses=[pose.tolist(), other.tolist()],
        root=pose[0].tolist(),
        distance=pose[0].norm().item(),
    )
    assert_same(found[0], torch.tensor(found[1], dtype=torch.float64), 1e-9)


def test_two_depths_are_one_bone_away_on_the_ray():
    parent, ray = torch.tensor([0.0, 0.0, 5.0]), torch.tensor([0.03, 0.0, 1.0])
    near, far = two_depths(parent, ray, torch.tensor(0.25))
    depths = torch.stack([near[2], far[2]])
    torch.testing.assert_close(depths, torch.tensor([4.796, 5.195]), rtol=0, atol=1e-3)
    for point in (near, far):
        torch.testing.assert_close((point - parent).norm(), torch.tensor(0.25))
    assert two_depths(parent, torch.tensor([1.0, 0.0, 1.0]), torch.tensor(0.25)) == []


@pytest.mark.parametrize("seed", range(4))
def test_the_other_pose_has_the_same_image_and_the_same_bones(seed):
    pose = limbs(seed) + torch.tensor([0.3, -0.2, 5.0])
    flips = torch.randperm(16, generator=torch.Generator().manual_seed(seed))[:6].tolist()
    other = Ambiguity(pose, BODY).other(flips)
    lens = pg.rig.h36m_cameras("S1")[0].intrinsics(pose)
    images = [pg.camera.project(points, lens, distortion=False) for points in (pose, other)]
    torch.testing.assert_close(*images, rtol=0, atol=1e-12)
    child, parent = map(list, zip(*BODY.bones, strict=True))
    lengths = [(points[child] - points[parent]).norm(dim=-1) for points in (pose, other)]
    torch.testing.assert_close(*lengths, rtol=0, atol=1e-8)
    assert (pose - other).norm(dim=-1).max() > 0.05


@needs_node
@pytest.mark.parametrize("seed", range(4))
def test_page_and_python_flip_the_same_bones(seed):
    pose = limbs(seed) + torch.tensor([0.3, -0.2, 2.0])  # so near that some flips have no solution
    flips = in_node("ambiguity.js", "m.someBones(d.seed, d.bones)", seed=seed, bones=BONES)
    found = in_node(
        "ambiguity.js",
        "[m.otherPose(d.pose, d.bones, 0, d.flips), m.countPoses(d.pose, d.bones, 0)]",
        pose=pose.tolist(),
        bones=BONES,
        flips=flips,
    )
    ambiguity = Ambiguity(pose, BODY)
    assert_same(found[0], ambiguity.other(flips), 1e-9)
    assert found[1] == ambiguity.count()
    assert 1 < ambiguity.count() < 2**15


def test_nothing_flipped_is_the_pose_itself():
    pose = limbs() + torch.tensor([0.0, 0.0, 4.0])
    torch.testing.assert_close(Ambiguity(pose, BODY).other([]), pose, rtol=0, atol=1e-9)


def test_all_poses_are_counted():
    """Every choice of bones of a small body, and how many of the poses are different."""
    pose = torch.tensor([[0, 0, 3], [0.2, 0.1, 3.3], [0.5, 0.2, 3.2], [0.1, 0.45, 3.3]]).double()
    ambiguity = Ambiguity(pose, CHAIN)
    choices = [[j for j in (1, 2, 3) if number >> j & 1] for number in range(0, 16, 2)]
    found = {tuple(ambiguity.other(flips).flatten().mul(1e6).round().tolist()) for flips in choices}
    assert ambiguity.count() == len(found)


def test_a_flip_that_puts_a_joint_out_of_reach_is_not_made():
    # b goes 0.6 m away, where the bone to c, straight across the view, is too short for its ray.
    pose = torch.tensor([[0, 0, 3], [0, 0, 2.7], [0.5, 0, 2.7], [0, 0.1, 2.5]]).double()
    ambiguity = Ambiguity(pose, CHAIN)
    torch.testing.assert_close(ambiguity.other([1]), pose, rtol=0, atol=1e-9)
    assert ambiguity.count() == 4  # c lies almost across its ray, which makes two places of it
