import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support import parity
from torch.testing import assert_close

from posegcn.camera import (
    Camera,
    conjugate,
    denormalise_image,
    normalise_image,
    project,
    rotate,
    unproject,
)
from posegcn.rig import h36m_cameras

TOLERANCE = {"rtol": 0, "atol": 1e-5}  # as the reference states: metres, normalised coordinates
SIZES = {"1000x1002": (1000, 1002), "640x480": (640, 480), "2048x2048": (2048, 2048)}


@pytest.fixture(scope="module")
def single_frame():
    return parity.load("single_frame/functions/camera")


@pytest.fixture(scope="module")
def temporal():
    return parity.load("temporal/cameras")


def as_tensor(array):
    return torch.from_numpy(np.asarray(array))


def test_single_frame_functions(single_frame):
    s = {name: as_tensor(value) for name, value in single_frame.items()}
    size = tuple(s["wh"].tolist())
    pixels = s["pixel"].double()
    assert_close(normalise_image(pixels, size), s["normalized"], **TOLERANCE)
    assert_close(denormalise_image(s["normalized"], size), s["image_coordinates"], **TOLERANCE)
    camera = rotate(conjugate(s["quat_wxyz"]), s["world"] - s["translation"])
    assert_close(camera, s["world_to_camera"], **TOLERANCE)
    # The reference turns the same world points again, not the camera-frame ones.
    back = rotate(s["quat_wxyz"], s["world"]) + s["translation"]
    assert_close(back, s["camera_to_world"], **TOLERANCE)
    assert_close(project(s["cam_points"], s["intrinsic9"]), s["project_to_2d"], **TOLERANCE)
    linear = project(s["cam_points"], s["intrinsic9"], distortion=False)
    assert_close(linear, s["project_to_2d_linear"], **TOLERANCE)


@pytest.mark.parametrize(("subject", "index"), [("S1", 0), ("S9", 2), ("S11", 3)])
def test_human36m_cameras(temporal, subject, index):
    reference = {
        name.split("/")[1]: as_tensor(value)
        for name, value in temporal.items()
        if name.startswith(f"{subject}_cam{index}/")
    }
    camera = h36m_cameras(subject)[index]
    world = as_tensor(temporal["world"])
    points = camera.to_camera(world)
    assert_close(points, reference["camera"], **TOLERANCE)
    assert_close(camera.to_world(points), reference["world_back"], **TOLERANCE)
    assert_close(project(points, camera.intrinsics(points)), reference["proj"], **TOLERANCE)
    linear = project(points, camera.intrinsics(points), distortion=False)
    assert_close(linear, reference["proj_linear"], **TOLERANCE)
    pixels = camera.project_px(points)
    assert_close(pixels.double(), reference["pixels"], rtol=0, atol=5e-3)
    again = normalise_image(pixels, camera.image_size)
    assert_close(again.double(), reference["renormalised"], **TOLERANCE)


def test_generic_intrinsics(temporal):
    points, intrinsics = as_tensor(temporal["generic/X"]), as_tensor(temporal["generic/K"])
    spread = intrinsics[:, None].expand(-1, points.shape[1], -1)
    assert_close(project(points, spread), as_tensor(temporal["generic/proj"]), **TOLERANCE)
    exact = project(points.double(), spread.double())
    assert_close(exact, as_tensor(temporal["generic/proj_f64"]), rtol=1e-9, atol=1e-9)
    linear = project(points, spread, distortion=False)
    assert_close(linear, as_tensor(temporal["generic/proj_linear"]), **TOLERANCE)


def test_quaternions(temporal):
    q, v = as_tensor(temporal["quat/q"]), as_tensor(temporal["quat/v"])
    assert_close(rotate(q, v), as_tensor(temporal["quat/rot"]), **TOLERANCE)
    assert_close(conjugate(q), as_tensor(temporal["quat/inv"]), **TOLERANCE)


@pytest.mark.parametrize("name", SIZES)
def test_image_coordinates(temporal, name):
    pixels = as_tensor(temporal["screen/px"]).double()
    normalised = normalise_image(pixels, SIZES[name])
    assert_close(normalised, as_tensor(temporal[f"screen/norm_{name}"]), **TOLERANCE)
    back = denormalise_image(normalised, SIZES[name])
    assert_close(back, as_tensor(temporal[f"screen/back_{name}"]), rtol=0, atol=1e-3)


@given(st.floats(-0.4, 0.4), st.floats(-0.4, 0.4), st.floats(1, 10), st.integers(0, 3))
def test_unproject_inverts_project(x, y, depth, index):
    camera = h36m_cameras("S1")[index]
    point = torch.tensor([x * depth, y * depth, depth], dtype=torch.float64)
    intrinsics = camera.intrinsics(point)
    image = project(point, intrinsics)
    assert_close(unproject(image, point[2], intrinsics), point, rtol=0, atol=1e-6)


def test_sees_only_whole_poses_in_front_and_inside():
    camera = Camera("c", (1, 0, 0, 0), (0, 0, 0), (1000, 1000), (500, 500))
    pose = torch.tensor([[0, 0, 5.0], [0.1, 0.1, 5.0]])
    outside = pose + torch.tensor([2.6, 0, 0])
    behind = pose * torch.tensor([1, 1, -1])
    assert camera.sees(torch.stack([pose, outside, behind])).tolist() == [True, False, False]


def test_constants_are_those_of_the_field(temporal):
    like = torch.zeros(())
    cameras = h36m_cameras("S1")
    intrinsics = torch.stack([camera.intrinsics(like) for camera in cameras])
    assert_close(intrinsics, as_tensor(temporal["h36m/intrinsic"]))
    for row, subject in enumerate(["S1", "S5", "S6", "S7", "S8", "S9", "S11"]):
        cameras = h36m_cameras(subject)
        turned = torch.tensor([camera.quaternion for camera in cameras])
        assert_close(turned, as_tensor(temporal["h36m/orientation"][row]))
        moved = torch.tensor([camera.translation for camera in cameras])
        assert_close(moved, as_tensor(temporal["h36m/translation_m"][row]))
