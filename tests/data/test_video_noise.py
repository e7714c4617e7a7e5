import pytest
import torch
from scipy.stats import t as student_t
from support.cmu import write_cmu
from torch.testing import assert_close

from posegcn import InputError
from posegcn.data import open_source
from posegcn.data.noise import STATISTICS, DetectorNoise
from posegcn.data.video_noise import VideoNoise
from posegcn.skeletons import H36M_16, H36M_17, MEDIAPIPE_33

FRAMES = 100_000
SCALE = 1.25 * 256 / 256  # of a pose whose box is 256 px high
FAR = 7.9  # crop px: further than inliers of the nose get, nearer than any miss


@pytest.fixture(scope="module")
def pixels():
    pose = torch.rand(17, 2, generator=torch.Generator().manual_seed(0)) * 100
    pose[:, 1] *= 256 / (pose[:, 1].max() - pose[:, 1].min())
    return pose.expand(FRAMES, 17, 2)


@pytest.fixture(scope="module")
def video(pixels):
    """What moves each keypoint, in crop px."""
    return (VideoNoise(H36M_17, seed=0)(pixels) - pixels) / SCALE


@pytest.fixture(scope="module")
def draws():
    return VideoNoise(H36M_17, seed=1).draw(FRAMES)


def lengths_of_runs(mask):
    """Lengths of the runs of true values that begin and end inside.  (T,) bool"""
    change = mask.int().diff()
    begins, ends = (change > 0).nonzero().flatten(), (change < 0).nonzero().flatten()
    ends = ends[ends > begins[0]]
    return ends - begins[: len(ends)]


def test_single_frames_are_as_those_without_time(video, pixels):
    """Quantiles of every coordinate, in standard deviations, and of the distance of all joints."""
    alone = (DetectorNoise(H36M_17, seed=3)(pixels) - pixels) / SCALE
    levels = torch.tensor([0.1, 0.25, 0.5, 0.75, 0.9])
    std = torch.tensor([STATISTICS[joint][:2] for joint in H36M_17.joints])
    in_time, single = (noise.quantile(levels, dim=0) / std for noise in (video, alone))
    assert_close(in_time, single, rtol=0, atol=0.12)
    levels = torch.tensor([0.5, 0.9, 0.95, 0.98])
    in_time, single = (n[::10].norm(dim=-1).flatten().quantile(levels) for n in (video, alone))
    assert_close(in_time, single, rtol=0.1, atol=0)


@pytest.mark.parametrize("joint", ["hip", "rhip", "lhip"])  # never outliers
def test_mean_and_deviation_are_those_of_the_table(video, joint):
    values = video[:, H36M_17.index(joint)]
    std_x, std_y, bias_x, bias_y, _ = STATISTICS[joint]
    assert_close(values.mean(dim=0), torch.tensor([bias_x, bias_y]), rtol=0, atol=0.12)
    assert_close(values.std(dim=0), torch.tensor([std_x, std_y]), rtol=0.05, atol=0)


def test_noise_is_student_t_of_unit_variance(draws):
    levels = torch.tensor([0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999])
    noise = draws.noise[::10, :, 0].flatten()  # (170,000,)
    expected = torch.from_numpy(student_t.ppf(levels.double(), 4) / 2**0.5).float()
    assert_close(noise.quantile(levels), expected, rtol=0.05, atol=0.02)
    assert draws.noise.std().item() == pytest.approx(1, abs=0.01)
    assert draws.noise.mean().item() == pytest.approx(0, abs=0.01)


def test_noise_of_inliers_is_correlated_over_frames(draws):
    noise = draws.noise.flatten(1)  # (T, 2 J)
    for lag, expected in ((1, 0.85), (2, 0.72), (5, 0.46), (60, 0.0)):
        correlation = (noise[lag:] * noise[:-lag]).mean() / noise.square().mean()
        assert correlation.item() == pytest.approx(expected, abs=0.02)
    between = (noise[:, 0] * noise[:, 1]).mean() / noise.square().mean()
    assert between.item() == pytest.approx(0, abs=0.05)  # x and y of one joint


def test_first_frame_is_as_any_other():
    first = [VideoNoise(H36M_17, seed=seed).draw(2) for seed in range(1000)]
    noise = torch.stack([draws.noise for draws in first])  # (1000, 2, 17, 2)
    deviation = noise.flatten(2).transpose(0, 1).flatten(1).std(dim=1)
    assert_close(deviation, torch.ones(2), rtol=0, atol=0.05)
    outlier = torch.stack([draws.outlier for draws in first]).float().mean(dim=(0, 2))
    share = sum(1 - STATISTICS[joint][-1] for joint in H36M_17.joints) / 17
    assert_close(outlier, torch.full((2,), share), rtol=0, atol=0.008)


def test_share_of_outliers_is_that_of_the_table(draws):
    share = torch.tensor([1 - STATISTICS[joint][-1] for joint in H36M_17.joints])
    without_time = DetectorNoise(H36M_17, seed=1).draw(FRAMES).outlier.float().mean(dim=0)
    found = draws.outlier.float().mean(dim=0)
    for expected in (share, without_time):
        deviation = (2 * 6 * share / FRAMES).sqrt()  # of a mean over episodes of 6 frames
        assert ((found - expected).abs() <= 4 * deviation).all()
        assert found.mean().item() == pytest.approx(expected.mean().item(), rel=0.05)


def test_outliers_last_six_frames_on_average(draws, video):
    lengths = torch.cat([lengths_of_runs(mask) for mask in draws.outlier.T if mask.any()])
    assert lengths.float().mean().item() == pytest.approx(6, abs=0.15)
    assert (lengths == 1).float().mean().item() == pytest.approx(1 / 6, abs=0.02)  # geometric
    far = video[:, H36M_17.index("neck_nose")].norm(dim=-1) > FAR
    assert lengths_of_runs(far).float().mean().item() == pytest.approx(6, abs=0.8)


def test_a_miss_stays_where_it_is_during_an_episode(video):
    nose = video[:, H36M_17.index("neck_nose")]
    far = nose.norm(dim=-1) > FAR
    goes_on = far[1:] & far[:-1]
    moved = (nose[1:] - nose[:-1])[goes_on].norm(dim=-1)
    assert goes_on.sum() > 500
    assert (moved > 0.01).float().mean() < 0.02  # where one of the two was a far inlier
    places = nose[1:][far[1:] & ~far[:-1]]
    assert len(places.round(decimals=2).unique(dim=0)) == len(places)


def test_an_episode_is_of_one_kind(draws):
    begins = draws.outlier[1:] & ~draws.outlier[:-1]
    goes_on = draws.outlier[1:] & draws.outlier[:-1]
    assert torch.equal(draws.inversion[1:][goes_on], draws.inversion[:-1][goes_on])
    mirrored = torch.tensor([m != j for j, m in enumerate(H36M_17.mirror)])
    inversions = draws.inversion[1:, mirrored][begins[:, mirrored]].float().mean()
    assert inversions.item() == pytest.approx(0.35, abs=0.02)
    assert not draws.inversion[:, ~mirrored].any()


def test_inversions_land_on_the_mirror(video, pixels):
    left, right = H36M_17.index("lwrist"), H36M_17.index("rwrist")
    from_mirror = video[:, left] - (pixels[:, right] - pixels[:, left]) / SCALE
    inverted = (from_mirror.norm(dim=-1) < 8).float().mean()
    assert inverted.item() == pytest.approx(0.35 * 0.09, abs=0.01)


def test_same_seed_same_noise():
    pixels = torch.rand(10, 16, 2)
    first, again = VideoNoise(H36M_16, seed=3)(pixels), VideoNoise(H36M_16, seed=3)(pixels)
    assert torch.equal(first, again)
    assert not torch.equal(first, VideoNoise(H36M_16, seed=4)(pixels))
    noise = VideoNoise(H36M_16, seed=3)
    assert not torch.equal(noise(pixels), noise(pixels))  # another recording


@pytest.mark.parametrize("num_frames", [1, 2, 3, 7])
def test_recordings_may_be_short(num_frames):
    detected = VideoNoise(H36M_17)(torch.rand(num_frames, 17, 2))
    assert detected.shape == (num_frames, 17, 2)
    assert detected.isfinite().all()


def test_other_bodies_are_refused():
    with pytest.raises(InputError, match="no detector statistics for left_eye_inner"):
        VideoNoise(MEDIAPIPE_33)


def last_longer(source, exact):
    """Whether the errors of ``:video`` change less from frame to frame than those of ``:noisy``."""
    change = {}
    for kind in ("video", "noisy"):
        clips = open_source(f"{source}:{kind}")
        assert torch.equal(clips.joints, exact.joints)
        moved = clips.keypoints - exact.keypoints
        assert 0.002 < moved.norm(dim=-1).median() < 0.02
        change[kind] = moved.diff(dim=0).norm(dim=-1).median()
    return change["video"] < 0.6 * change["noisy"]


def test_synthetic_source(synthetic):
    assert last_longer("synthetic", synthetic)


def test_cmu_source(tmp_path):
    source = write_cmu(tmp_path)
    assert last_longer(source, open_source(source))
