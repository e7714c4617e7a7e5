from dataclasses import replace

import pytest
import torch
from support.clips import TOY
from torch.testing import assert_close

from posegcn import InputError
from posegcn.data import Clips
from posegcn.data.projection import see
from posegcn.data.viewpoint import change_focal_length, raise_camera
from posegcn.rig import look_at, random_rig
from posegcn.skeletons import H36M_16

GENERATOR = torch.Generator().manual_seed(0)
WORLD = torch.tensor([0.2, -0.1, 1.0]) + 0.3 * torch.randn(12, 16, 3, generator=GENERATOR)
MIDDLE = WORLD[:, 0].double().mean(dim=0).tolist()
RIG = random_rig(1, distortion=True)


def clips_of(*cameras, detector=None):
    seen = [
        clip
        for camera in cameras
        for clip in see(WORLD, camera, H36M_16, subject="A", action="b", detector=detector)
    ]
    return Clips.from_clips("toy", H36M_16, {}, seen)


def level(height, lens=RIG[0]):
    """A camera four metres away, so much above the mean root, that looks at it."""
    x, y, z = MIDDLE
    position = (x - 3.2, y + 2.4, z + height)
    return replace(lens, quaternion=look_at(position, (x, y, z)), translation=position)


def assert_same(clips, expected):
    for name in ("keypoints", "joints", "root", "intrinsics"):
        assert_close(getattr(clips, name), getattr(expected, name), rtol=0, atol=1e-5)


@pytest.mark.parametrize("metres", [-0.8, 0.5, 2])
def test_a_level_camera_that_is_raised_is_the_camera_higher_up(metres):
    assert_same(raise_camera(clips_of(level(0)), metres), clips_of(level(metres)))


@pytest.mark.parametrize("factor", [0.5, 1.2])
def test_another_lens_is_the_camera_with_that_lens(factor):
    lens = level(0.3)
    other = replace(lens, focal_px=tuple(factor * focal for focal in lens.focal_px))
    assert_same(change_focal_length(clips_of(lens), factor), clips_of(other))


def test_without_a_change_all_cameras_see_the_same():
    clips = clips_of(*RIG)
    assert len(clips) == 4
    assert_same(raise_camera(clips, 0), clips)
    assert_same(change_focal_length(clips, 1), clips)


def test_a_raised_camera_keeps_the_person_in_the_same_part_of_the_image():
    clips = clips_of(*RIG)
    for before, after in zip(clips, raise_camera(clips, 2), strict=True):
        middle = before.root.mean(dim=0), after.root.mean(dim=0)
        vertical = [root[1] / root[2] for root in middle]
        assert_close(vertical[1], vertical[0], rtol=0, atol=1e-4)
        assert middle[1].norm() > middle[0].norm()
        bones = [(clip.joints[:, 1] - clip.joints[:, 4]).norm(dim=-1) for clip in (before, after)]
        assert_close(bones[1], bones[0])


def test_errors_of_a_detector_go_along_with_the_size_of_the_person():
    lens = level(0)
    shifted = clips_of(lens, detector=lambda pixels: pixels + 5)
    longer = change_focal_length(shifted, 1.5), change_focal_length(clips_of(lens), 1.5)
    ten = torch.full_like(longer[0].keypoints, 2 * 1.5 * 5 / 1000)
    assert_close(longer[0].keypoints - longer[1].keypoints, ten, rtol=0, atol=1e-5)
    higher = raise_camera(shifted, 2), raise_camera(clips_of(lens), 2)
    error = (higher[0].keypoints - higher[1].keypoints)[:, 0, 0]
    ratio = shifted.root[:, 2] / higher[0].root[:, 2]
    assert_close(error, ratio * 2 * 5 / 1000, rtol=0, atol=1e-5)


def test_joints_outside_the_image_stay():
    near = change_focal_length(clips_of(level(0)), 4)
    assert near.num_frames == len(WORLD)
    assert (near.keypoints.abs() > 1).any()


def test_frames_that_do_not_count_still_do_not():
    valid = torch.arange(12) > 3
    clips = Clips.from_clips("toy", H36M_16, {}, [replace(clips_of(level(0))[0], valid=valid)])
    assert torch.equal(raise_camera(clips, 1).targets, clips.targets)


def test_cameras_that_are_not_calibrated_are_refused():
    for change in (raise_camera, change_focal_length):
        with pytest.raises(InputError, match="subject A, action 'walk' is not calibrated"):
            change(TOY, 1.0)
