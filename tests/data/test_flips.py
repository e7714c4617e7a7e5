import torch
from support import parity
from torch.testing import assert_close

from posegcn.camera import project
from posegcn.data.flips import flip_intrinsics, flip_pose, flip_root
from posegcn.skeletons import H36M_17


def test_a_sequence_equals_the_flip_augmenting_generator_of_the_public_code():
    arrays = parity.load("single_frame/functions/benchmark")
    joints, keypoints, camera = (
        torch.from_numpy(arrays[f"gen/{name}"]) for name in ("poses3d", "poses2d", "cam")
    )
    flipped = arrays["gen/pair_flip"]
    for row, frame in enumerate(arrays["gen/pair_start"].tolist()):
        pose, image, intrinsics = joints[frame], keypoints[frame], camera
        if flipped[row]:
            pose, image = flip_pose(pose, H36M_17), flip_pose(image, H36M_17)
            intrinsics = flip_intrinsics(intrinsics, H36M_17)
        # Joint 0 there holds the absolute root, whose x is negated too.
        assert_close(pose, torch.from_numpy(arrays["gen/out_3d"])[row, 0])
        assert_close(image, torch.from_numpy(arrays["gen/out_2d"])[row, 0])
        assert_close(intrinsics, torch.from_numpy(arrays["gen/out_cam"])[row])


def test_mirrored_camera_sees_the_mirrored_pose_where_the_pose_was_mirrored():
    joints = torch.randn(4, 17, 3, dtype=torch.float64) * 0.3
    root = torch.tensor([[0.2, 0.1, 4.0]], dtype=torch.float64)
    intrinsics = torch.tensor([2.3, 2.2, 0.1, -0.05, -0.2, 0.2, 0.01, 0.003, -0.002]).double()
    seen = project(joints + root, intrinsics)
    mirrored = flip_pose(joints, H36M_17) + flip_root(root, H36M_17)
    expected = flip_pose(seen, H36M_17)
    assert_close(project(mirrored, flip_intrinsics(intrinsics, H36M_17)), expected)


def test_mirroring_twice_changes_nothing():
    for flip, shape in ((flip_pose, (2, 17, 3)), (flip_intrinsics, (2, 9)), (flip_root, (2, 3))):
        values = torch.randn(shape)
        assert torch.equal(flip(flip(values, H36M_17), H36M_17), values)
