import math

import pytest
import torch
from torch.testing import assert_close

from posegcn import InputError
from posegcn.camera import Camera
from posegcn.rig import h36m_cameras, humaneva_cameras, look_at, random_rig


def test_look_at_puts_the_target_on_the_optical_axis():
    position, target = (3.0, -2.0, 1.5), (0.2, 0.1, 0.9)
    camera = Camera("c", look_at(position, target, roll=0.3), position, (1, 1), (0, 0))
    seen = camera.to_camera(torch.tensor([target], dtype=torch.float64))
    assert_close(seen, torch.tensor([[0, 0, math.dist(position, target)]], dtype=torch.float64))


def test_without_roll_up_is_up():
    camera = Camera("c", look_at((3, 0, 1), (0, 0, 1)), (3, 0, 1), (1, 1), (0, 0))
    above = camera.to_camera(torch.tensor([[0.0, 0.0, 2.0]]))
    assert_close(above, torch.tensor([[0.0, -1.0, 3.0]]), atol=1e-6, rtol=0)


@pytest.mark.parametrize("distortion", [False, True])
def test_random_rig_keeps_its_bounds_and_its_seed(distortion):
    for seed in range(20):
        cameras = random_rig(seed, distortion)
        assert cameras == random_rig(seed, distortion)
        assert cameras != random_rig(seed + 1, distortion)
        for index, camera in enumerate(cameras):
            x, y, z = camera.translation
            assert 4.7 <= math.hypot(x, y) <= 5.7
            assert 1.3 <= z <= 1.8
            azimuth = math.degrees(math.atan2(y, x)) - 45 - 90 * index
            assert abs((azimuth + 180) % 360 - 180) <= 12
            assert any(camera.radial) == distortion
            assert 1135 <= camera.focal_px[0] <= 1155


def test_unknown_subject_is_refused():
    with pytest.raises(InputError, match="unknown Human3.6M subject 'S2'"):
        h36m_cameras("S2")


def test_humaneva_cameras_look_at_the_middle_of_the_room():
    for subject in ("S1", "S2", "S3"):
        cameras = humaneva_cameras(subject)
        assert [camera.name for camera in cameras] == ["C1", "C2", "C3"]
        for camera in cameras:
            assert camera.image_size == (640, 480)
            assert math.hypot(*camera.quaternion) == pytest.approx(1, abs=1e-6)
            x, y, z = camera.to_camera(torch.tensor([0.0, 0.0, 1.0])).tolist()
            assert 3 < z < 6
            assert math.hypot(x, y) < 0.3 * z
            above = camera.to_camera(torch.tensor([0.0, 0.0, 2.0]))
            assert above[1] < y - 0.9


def test_humaneva_has_no_lenses_and_no_fourth_subject():
    camera = humaneva_cameras("S1")[0]
    assert camera.project_px(torch.tensor([0.0, 0.0, 4.0])).isnan().all()
    with pytest.raises(InputError, match="unknown HumanEva-I subject 'S4'"):
        humaneva_cameras("S4")
