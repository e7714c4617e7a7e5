import torch
from torch.testing import assert_close

from posegcn.camera import denormalise_image
from posegcn.data.projection import runs, see
from posegcn.rig import random_rig
from posegcn.skeletons import H36M_17

CAMERA = random_rig(0, distortion=True)[0]


def body(frames):
    """A point-like body at the origin, one metre high, in every frame."""
    return torch.tensor([0.0, 0.0, 1.0]).repeat(frames, 17, 1) + 0.1 * torch.randn(17, 3)


def test_runs():
    mask = torch.tensor([True, True, False, False, True, False, True])
    assert runs(mask) == [(0, 2), (4, 5), (6, 7)]
    assert runs(~mask) == [(2, 4), (5, 6)]
    assert runs(torch.zeros(3, dtype=torch.bool)) == []


def test_frames_out_of_view_cut_the_clip():
    world = body(6)
    world[2:4] += 100
    clips = list(see(world, CAMERA, H36M_17, subject="A", action="walk"))
    assert [len(clip) for clip in clips] == [2, 2]
    assert {(clip.subject, clip.action, clip.camera) for clip in clips} == {
        ("A", "walk", "camera0")
    }


def test_geometry_comes_back():
    world = body(3)
    (clip,) = see(world, CAMERA, H36M_17, subject="A", action="walk")
    joints = clip.joints + clip.root[:, None]
    assert_close(CAMERA.to_world(joints), world, rtol=0, atol=1e-5)
    assert (clip.joints[:, 0] == 0).all()
    pixels = denormalise_image(clip.keypoints, CAMERA.image_size)
    assert_close(pixels, CAMERA.project_px(joints), rtol=0, atol=1e-2)


def test_detector_sees_pixels():
    world = body(3)
    (exact,) = see(world, CAMERA, H36M_17, subject="A", action="walk")
    shifted = lambda pixels: pixels + CAMERA.image_size[0] / 2  # noqa: E731
    (moved,) = see(world, CAMERA, H36M_17, subject="A", action="walk", detector=shifted)
    assert_close(moved.keypoints, exact.keypoints + 1)
    assert_close(moved.joints, exact.joints)
