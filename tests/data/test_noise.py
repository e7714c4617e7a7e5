import pytest
import torch
from torch.testing import assert_close

from posegcn import InputError
from posegcn.data.noise import STATISTICS, DetectorNoise
from posegcn.skeletons import H36M_16, H36M_17, MEDIAPIPE_33

FRAMES = 20_000
SCALE = 1.25 * 256 / 256  # of a pose whose box is 256 px high


@pytest.fixture(scope="module")
def detected():
    pose = torch.rand(17, 2, generator=torch.Generator().manual_seed(0)) * 100
    pose[:, 1] *= 256 / (pose[:, 1].max() - pose[:, 1].min())
    pixels = pose.expand(FRAMES, 17, 2)
    noise = (DetectorNoise(H36M_17, seed=0)(pixels) - pixels) / SCALE
    return noise, pixels


def test_statistics_of_inliers_are_those_of_the_table(detected):
    noise, _ = detected
    for joint in ("hip", "thorax", "rhip"):  # joints with next to no outliers
        values = noise[:, H36M_17.index(joint)]
        std_x, std_y, bias_x, bias_y, _ = STATISTICS[joint]
        assert_close(values.median(dim=0).values, torch.tensor([bias_x, bias_y]), rtol=0, atol=0.1)
        if joint == "hip":
            assert_close(values.std(dim=0), torch.tensor([std_x, std_y]), rtol=0.1, atol=0)


def test_share_of_outliers_is_that_of_the_table(detected):
    noise, _ = detected
    far = (noise[:, H36M_17.index("rwrist")].norm(dim=-1) > 7.9).float().mean()
    assert far == pytest.approx(0.10, abs=0.02)


def test_inversions_land_on_the_mirror(detected):
    noise, pixels = detected
    left, right = H36M_17.index("lwrist"), H36M_17.index("rwrist")
    from_mirror = noise[:, left] - (pixels[:, right] - pixels[:, left]) / SCALE
    inverted = (from_mirror.norm(dim=-1) < 8).float().mean()
    assert inverted == pytest.approx(0.35 * 0.09, abs=0.01)


def test_noise_grows_with_the_person():
    small = torch.rand(1000, 17, 2) * 100
    errors = [
        (DetectorNoise(H36M_17, seed=1)(size * small) - size * small) / size for size in (1.0, 3.0)
    ]
    assert_close(errors[0], errors[1], rtol=1e-3, atol=1e-3)


def test_same_seed_same_noise():
    pixels = torch.rand(10, 16, 2)
    first, again = DetectorNoise(H36M_16, seed=3)(pixels), DetectorNoise(H36M_16, seed=3)(pixels)
    assert torch.equal(first, again)
    assert not torch.equal(first, DetectorNoise(H36M_16, seed=4)(pixels))


def test_draws_are_pinned():
    """Results in the book depend on them to the last bit of a float."""
    pixels = torch.arange(3 * 17 * 2).reshape(3, 17, 2).float()
    noise = DetectorNoise(H36M_17, seed=5)
    first, second = noise(pixels), noise(pixels)
    expected = [[0.02105054, 0.10851723], [2.34288454, 2.88083363], [4.02505779, 5.14400578]]
    assert_close(first[0, :3], torch.tensor(expected), rtol=0, atol=1e-6)
    assert_close(first[2, 16], torch.tensor([99.77918243, 100.62043762]), rtol=1e-6, atol=0)
    assert_close(second[1, 5], torch.tensor([44.16910934, 45.04945374]), rtol=1e-6, atol=0)
    assert first.double().sum().item() == pytest.approx(5158.365344675, abs=1e-3)
    assert second.double().sum().item() == pytest.approx(5140.067918479, abs=1e-3)


def test_other_bodies_are_refused():
    with pytest.raises(InputError, match="no detector statistics for left_eye_inner"):
        DetectorNoise(MEDIAPIPE_33)
