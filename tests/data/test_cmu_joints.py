import numpy as np
import pytest
from support.acclaim import cmu_amc, cmu_asf

from posegcn import InputError
from posegcn.data.acclaim import read_amc
from posegcn.data.asf import read_asf
from posegcn.data.cmu_joints import centre, clean_parts, h36m_joints, resample
from posegcn.skeletons import H36M_17

# Metres, z up, of the body of support.acclaim with its root at the origin: by hand. It faces -y,
# the right is towards -x.
BY_HAND = {
    "hip": (0, 0, -0.1),
    "rhip": (-0.1, 0, -0.1),
    "rknee": (-0.1, 0, -0.5),
    "rfoot": (-0.1, 0, -0.9),
    "lhip": (0.1, 0, -0.1),
    "lknee": (0.1, 0, -0.5),
    "lfoot": (0.1, 0, -0.9),
    "spine": (0, 0, 0.3),
    "thorax": (0, 0, 0.75),
    "neck_nose": (0, 0, 0.9),
    "head": (0, -0.26, 0.9),
    "lshoulder": (0.2, 0, 0.6),
    "lelbow": (0.6, 0, 0.6),
    "lwrist": (1.0, 0, 0.6),
    "rshoulder": (-0.2, 0, 0.6),
    "relbow": (-0.6, 0, 0.6),
    "rwrist": (-1.0, 0, 0.6),
}


def joints(folder, without=(), **motion):
    (folder / "01.asf").write_text(cmu_asf(without))
    (folder / "01_01.amc").write_text(cmu_amc(**motion))
    body = read_asf(folder / "01.asf")
    return h36m_joints(body, read_amc(folder / "01_01.amc", body))


def still(num_frames):
    return np.tile(np.array(list(BY_HAND.values())), (num_frames, 1, 1))


def test_joints_by_hand(tmp_path):
    found = joints(tmp_path, places=[(0, 0, 0), (1, 2, 3)])
    expected = np.array([BY_HAND[joint] for joint in H36M_17.joints])
    np.testing.assert_allclose(found[0], expected, rtol=0, atol=1e-12)
    moved = expected + np.array([0.1, -0.3, 0.2])
    np.testing.assert_allclose(found[1], moved, rtol=0, atol=1e-12)


def test_turning_about_the_vertical_keeps_heights(tmp_path):
    found = joints(tmp_path, places=[(0, 0, 0)], turn=90)
    turned = dict(zip(H36M_17.joints, found[0], strict=True))
    np.testing.assert_allclose(turned["head"], (0.26, 0, 0.9), atol=1e-12)  # faces x
    np.testing.assert_allclose(turned["rshoulder"], (0, -0.2, 0.6), atol=1e-12)


def test_other_skeletons_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"01.asf has no bone 'lwrist', as skeletons of CMU have"):
        joints(tmp_path, without=("lwrist",), places=[(0, 0, 0)])


def test_motion_without_glitch_is_one_part():
    assert clean_parts(still(300)) == [(0, 300)]
    assert clean_parts(still(96)) == [(0, 96)]
    assert clean_parts(still(95)) == []  # shorter than 0.8 s
    assert clean_parts(still(1)) == []


def test_a_jump_is_cut_out_with_six_frames_on_either_side():
    jumped = still(300)
    jumped[150:, 16, 0] += 0.2  # 24 m/s from frame 149 to frame 150
    assert clean_parts(jumped) == [(0, 149 - 6), (150 + 6 + 1, 300)]


def test_a_short_rest_is_dropped():
    jumped = still(300)
    jumped[101:, 16, 0] += 0.2
    assert clean_parts(jumped) == [(108, 300)]


@pytest.mark.parametrize(("speed", "parts"), [(14.9, [(0, 300)]), (15.1, [])])
def test_speed_limit(speed, parts):
    moving = still(300)
    moving[..., 1] += speed * np.arange(300)[:, None] / 120
    assert clean_parts(moving) == parts


@pytest.mark.parametrize(("away", "parts"), [(0.06, [(0, 300)]), (0.065, [(0, 144), (157, 300)])])
def test_acceleration_limit(away, parts):
    """A hand that is elsewhere in frame 150: 7 or 8 m/s, and 1728 or 1872 m/s^2."""
    moving = still(300)
    moving[150, 13, 2] += away
    assert clean_parts(moving) == parts


def test_resampling_is_exact_for_cubics():
    seconds = np.arange(200) / 120
    motion = np.stack([seconds**3, 1 - seconds**2, seconds], axis=-1)[:, None]  # (T, 1, 3)
    found = resample(motion)
    later = np.arange(len(found)) / 50
    expected = np.stack([later**3, 1 - later**2, later], axis=-1)[:, None]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("before", "after"), [(96, 40), (120, 50), (121, 51), (343, 143)])
def test_number_of_frames(before, after):
    assert len(resample(still(before))) == after


def test_centring_moves_along_the_floor():
    moving = still(3) + np.array([[[1, 5, 0.5]], [[2, 5, 0.5]], [[4, 7, 0.5]]])
    hip = centre(moving)[:, H36M_17.root]
    np.testing.assert_allclose(hip, [(-1.5, -1, 0.4), (-0.5, -1, 0.4), (1.5, 1, 0.4)], atol=1e-12)
