import pytest
import torch
from torch.testing import assert_close

from posegcn import InputError
from posegcn.camera import project
from posegcn.lifting.placement import focal_length, intrinsics_of, place, reprojection_error

SIZE = (1920, 1080)


@pytest.fixture
def scene(synthetic_17):
    """Poses, roots, what a pinhole camera sees of them, and the camera."""
    clip = synthetic_17[0]
    intrinsics = intrinsics_of(focal_length(SIZE, focal_px=1500), SIZE)
    return clip.joints, clip.root, project(clip.joints + clip.root[:, None], intrinsics), intrinsics


def test_exact_keypoints_place_exactly(scene):
    joints, root, seen, intrinsics = scene
    found = place(joints, seen, intrinsics, torch.ones(seen.shape[:2]))
    assert_close(found, root, rtol=0, atol=1e-3)
    assert reprojection_error(joints, found, seen, intrinsics).max() < 1e-4


def test_one_wrong_keypoint_moves_the_person_little(scene):
    joints, root, seen, intrinsics = scene
    wrong = seen.clone()
    wrong[:, 13] += 0.3
    weights = torch.ones(seen.shape[:2])
    noise = 0.002 * torch.randn(seen.shape, generator=torch.Generator().manual_seed(0))
    found = place(joints, wrong + noise, intrinsics, weights)
    without = torch.where(torch.arange(17) == 13, 0.0, weights)
    best = place(joints, wrong + noise, intrinsics, without)
    assert (best - root).norm(dim=-1).median() < 0.05
    assert (found - root).norm(dim=-1).median() < 0.15
    assert (found - root).norm(dim=-1).median() > (best - root).norm(dim=-1).median()


def test_a_wrong_lens_places_too_far_by_its_ratio(scene):
    joints, root, seen, intrinsics = scene
    longer = intrinsics.clone()
    longer[:2] *= 1.5
    found = place(joints, seen, longer, torch.ones(seen.shape[:2]))
    assert (found[:, 2] / root[:, 2]).median().item() == pytest.approx(1.5, abs=0.1)


def test_too_few_keypoints_place_nobody(scene):
    joints, _, seen, intrinsics = scene
    weights = torch.zeros(seen.shape[:2])
    weights[:, 0] = 1
    assert place(joints, seen, intrinsics, weights).isnan().all()


def test_wide_lenses_see_beyond_45_degrees():
    intrinsics = intrinsics_of(focal_length((1000, 1800), focal_px=300), (1000, 1800))
    joints, root = torch.randn(4, 17, 3) / 5, torch.tensor([0, 0.9, 1.2]).expand(4, 3)
    points = joints + root[:, None]
    seen = intrinsics[0] * points[..., :2] / points[..., 2:]
    assert reprojection_error(joints, root, seen, intrinsics).max() < 1e-5


def test_focal_lengths():
    assert focal_length(SIZE, focal_px=1400) == (1400, "given")
    full_frame = focal_length((3600, 2400), focal_35mm=50)
    assert full_frame.pixels == pytest.approx(5000, rel=1e-3)  # 36 mm wide
    assert focal_length((1080, 1920)).source == "assumed"
    assert focal_length((1080, 1920)).pixels == pytest.approx(1.145 * 1920)
    with pytest.raises(InputError, match="from 0.1 to 100 times the longer side .* got -3 pixels"):
        focal_length(SIZE, focal_px=-3)
    with pytest.raises(InputError, match="expected one focal length, got one in pixels and a 35"):
        focal_length(SIZE, focal_px=3, focal_35mm=3)
