import re
from dataclasses import replace

import numpy as np
import pybvh
import pytest
import torch
from support.bvh import read_bvh
from support.poses import lifted
from torch.testing import assert_close

from posegcn import InputError
from posegcn.lifting.bones import constant_bones
from posegcn.lifting.poses import Poses
from posegcn.outputs.bvh import bvh_bytes, residual_mm
from posegcn.outputs.rest import rest_directions
from posegcn.skeleton import Skeleton
from posegcn.skeletons import H36M_17, SKELETONS

UPWARDS = torch.tensor([1.0, -1, -1], dtype=torch.float64)  # from camera axes to those of a file


def motion(joints, skeleton=H36M_17, **options):
    frames = torch.arange(len(joints))
    return Poses(skeleton, joints, None, frames, torch.zeros(len(joints), dtype=bool), **options)


def wild(skeleton, frames=12):
    """Joints anywhere, each frame near the one before it."""
    generator = torch.Generator().manual_seed(3)
    steps = torch.randn(frames, skeleton.num_joints, 3, generator=generator)
    joints = steps[0] + 0.1 * steps.cumsum(dim=0)
    return motion(joints - joints[:, [skeleton.root]], skeleton)


def at_rest(skeleton=H36M_17, frames=3):
    """Everybody's bones are 30 cm long here.  (T, J, 3) in the camera frame"""
    rest = rest_directions(skeleton)
    bones = torch.tensor([path_matrix(skeleton, joint) for joint in skeleton.joints]).double()
    return (0.3 * bones @ rest * UPWARDS).expand(frames, -1, -1)


def path_matrix(skeleton, joint):
    path = skeleton.path_to_root(joint)
    return [float(other in path) for other in skeleton.joints]


def read(poses, folder):
    path = folder / "motion.bvh"
    path.write_bytes(bvh_bytes([poses]))
    return read_bvh(path)


def metres(file, skeleton):
    """Positions in the axes of the camera.  (T, J, 3)"""
    found = file.positions()
    return torch.from_numpy(np.stack([found[name] for name in skeleton.joints], 1)) / 100 * UPWARDS


@pytest.mark.parametrize("clip", [0, 80, 200])
def test_another_reader_finds_the_motion_with_constant_bones(clip, tmp_path):
    poses = lifted(100, clip=clip, noise_m=0.02)
    file = read(poses, tmp_path)
    expected = constant_bones(poses.joints.double(), H36M_17) + poses.root[:, None]
    assert_close(metres(file, H36M_17), expected, rtol=0, atol=1e-6)
    assert file.frame_time == 0.02


@pytest.mark.parametrize("skeleton", SKELETONS.values(), ids=list(SKELETONS))
def test_every_skeleton_keeps_the_directions_of_its_bones(skeleton, tmp_path):
    poses = wild(skeleton)
    found = metres(read(poses, tmp_path), skeleton)
    children, parents = (list(ends) for ends in zip(*skeleton.bones, strict=True))
    bones = found[:, children] - found[:, parents]
    wanted = poses.joints[:, children] - poses.joints[:, parents]
    cosine = torch.nn.functional.cosine_similarity(bones, wanted.double(), dim=-1)
    assert_close(cosine, torch.ones_like(cosine), rtol=0, atol=1e-9)
    lengths = bones.norm(dim=-1)
    assert_close(lengths, lengths[:1].expand_as(lengths), rtol=0, atol=1e-6)
    median = wanted.double().norm(dim=-1).median(dim=0).values
    assert_close(lengths[0], median, rtol=0, atol=1e-6)


def test_a_published_reader_agrees(tmp_path):
    poses = lifted(40, clip=7)
    ours = read(poses, tmp_path).positions()
    theirs = pybvh.read_bvh_file(str(tmp_path / "motion.bvh"))
    positions = theirs.joint_positions()
    for index, name in enumerate(theirs.joint_names):
        assert np.abs(positions[:, index] - ours[name]).max() < 1e-3  # centimetres


def test_the_residual_is_what_constant_bones_change(tmp_path):
    poses = lifted(60, noise_m=0.02, root=None)
    error = (metres(read(poses, tmp_path), H36M_17) - poses.joints).norm(dim=-1).mean()
    assert residual_mm(poses) == pytest.approx(1000 * float(error), rel=1e-4)
    assert residual_mm(poses) > 5
    assert residual_mm(lifted(60)) < 0.01


def test_the_rest_pose_has_no_angles(tmp_path):
    rows = read(motion(at_rest()), tmp_path).rows
    assert np.abs(rows).max() < 1e-4


def test_a_turning_person_turns_at_the_root_alone_and_never_jumps(tmp_path):
    angle = torch.linspace(0, 6 * torch.pi, 200, dtype=torch.float64)
    c, s, zero, one = angle.cos(), angle.sin(), 0 * angle, 0 * angle + 1
    about_y = torch.stack([c, zero, s, zero, one, zero, -s, zero, c], dim=-1).view(-1, 3, 3)
    upwards = at_rest(frames=200) * UPWARDS
    joints = torch.einsum("tij,tkj->tki", about_y, upwards) * UPWARDS
    file = read(motion(joints), tmp_path)
    assert file.joints[0].channels[3:] == ["Zrotation", "Xrotation", "Yrotation"]
    assert_close(torch.from_numpy(file.rows[:, 5]), angle.rad2deg(), rtol=0, atol=1e-4)
    assert np.abs(np.delete(file.rows, 5, axis=1)).max() < 1e-4


def test_angles_do_not_jump_in_everyday_motion(tmp_path):
    for clip in (0, 100, 250):
        rows = read(lifted(200, clip=clip), tmp_path).rows
        assert np.abs(np.diff(rows[:, 3:], axis=0)).max() < 15


def test_the_text_is_what_importers_expect(tmp_path):
    tree = {"hip": None, "left knee": "hip", "right knee": "hip", "left foot": "left knee"}
    skeleton = Skeleton.from_tree("blanks", tree)
    text = bvh_bytes([wild(skeleton, 2)]).decode()
    lines = [line.split() for line in text.splitlines()]
    assert lines[0] == ["HIERARCHY"]
    assert lines[3] == ["OFFSET", *["0.000000"] * 3]  # Blender puts the root's position there
    names = [line for line in lines if line[0] in ("ROOT", "JOINT")]
    assert all(len(line) == 2 for line in names)
    assert len({name for _, name in names}) == len(names)
    channels = [line[2:] for line in lines if line[0] == "CHANNELS"]
    assert all(len(set(these)) == len(these) for these in channels)
    assert [len(these) for these in channels] == [6] + [3] * (len(channels) - 1)
    motion_at = lines.index(["MOTION"])
    assert lines[motion_at + 1] == ["Frames:", "2"]
    assert lines[motion_at + 2] == ["Frame", "Time:", "0.04000000"]  # 25 frames a second assumed
    assert {len(line) for line in lines[motion_at + 3 :]} == {sum(map(len, channels))}
    assert not re.search("nan|inf", text)


def test_gaps_are_bridged(tmp_path):
    poses = lifted(6)
    joints = poses.joints.clone()
    joints[1:3] = torch.nan
    gap = replace(poses, joints=joints, frames=torch.tensor([10, 11, 12, 13, 15, 16]))
    file = read(gap, tmp_path)
    assert len(file.rows) == 7
    kept = constant_bones(poses.joints[[0, 3, 4, 5]].double(), H36M_17)
    expected = (kept + poses.root[[0, 3, 4, 5], None])[:, H36M_17.index("head")]
    found = metres(file, H36M_17)[[0, 3, 5, 6], H36M_17.index("head")]
    assert_close(found, expected, rtol=0, atol=1e-6)
    assert np.isfinite(file.rows).all()


def test_what_cannot_be_written_is_one_sentence():
    poses = lifted(3)
    with pytest.raises(InputError, match="holds one person, got 2: write one file each"):
        bvh_bytes([poses, poses])
    with pytest.raises(InputError, match="no frame of person '1' has joints"):
        bvh_bytes([replace(poses, joints=poses.joints * torch.nan)])
    far = replace(poses, frames=torch.tensor([0, 1, 10**12]))
    with pytest.raises(InputError, match="would need 1000000000001 rows; number the frames"):
        bvh_bytes([far])
