import pytest
import torch
from torch.testing import assert_close

from posegcn import InputError
from posegcn.camera import normalise_image
from posegcn.keypoints import Track
from posegcn.lifting.preparation import prepare
from posegcn.skeletons import COCO_17, H36M_16, H36M_17, HUMANEVA_15, MPII_16, OPENPOSE_25
from posegcn.skeletons.conversion import convert

SIZE = (1000, 800)


def track(skeleton=COCO_17, frames=(0, 1, 2, 3, 4)):
    generator = torch.Generator().manual_seed(3)
    keypoints = 300 + 200 * torch.rand(len(frames), skeleton.num_joints, 2, generator=generator)
    confidence = torch.full(keypoints.shape[:2], 0.8)
    return Track("7", skeleton, torch.tensor(frames), keypoints, confidence)


def test_nothing_is_done_where_nothing_is_needed():
    given = track()
    ready = prepare(given, SIZE, COCO_17)
    assert_close(ready.keypoints, normalise_image(given.keypoints_px, SIZE))
    assert torch.equal(ready.trust, given.confidence)
    assert (ready.notes, ready.made_up.any().item()) == ((), False)


def test_bodies_are_converted_and_what_is_made_up_is_not_trusted():
    given = track()
    ready = prepare(given, SIZE, H36M_17)
    assert_close(ready.seen, convert(normalise_image(given.keypoints_px, SIZE), COCO_17, H36M_17))
    trusted = [name for name, t in zip(H36M_17.joints, ready.trust[0], strict=True) if t > 0]
    assert {*H36M_17.joints} - {*trusted} == {"hip", "spine", "thorax", "neck_nose", "head"}
    assert "made up as means: hip, spine, thorax, neck_nose, head" in ready.notes[0]


def test_zeros_unsure_keypoints_and_frames_that_lack_are_filled():
    given = track(frames=(4, 5, 8))
    given.keypoints_px[1, 9] = 0
    given.confidence[2, 3] = 0.01
    ready = prepare(given, SIZE, COCO_17)
    assert ready.track.frames.tolist() == [4, 5, 6, 7, 8]
    assert ready.made_up.tolist() == [False, True, True, True, True]
    assert ready.keypoints.isfinite().all()
    assert ready.trust[2:4].eq(0).all()
    assert "missing in 4 of 5 frames" in ready.notes[0]


def test_keypoints_that_are_not_needed_may_be_missing():
    given = track(OPENPOSE_25)
    given.keypoints_px[:, OPENPOSE_25.index("left_heel")] = 0
    assert not prepare(given, SIZE, COCO_17).made_up.any()


def test_people_are_framed_as_in_training():
    given = track()
    sizes = (0.7, 0.8, 0.9)
    large = normalise_image(given.keypoints_px, SIZE)
    ready = prepare(given, SIZE, COCO_17, sizes=sizes)
    extent = (ready.keypoints.amax(dim=1) - ready.keypoints.amin(dim=1)).amax(dim=-1)
    assert extent.median().item() == pytest.approx(0.8)
    assert_close(ready.seen, large)  # what is placed stays where it is
    assert "keypoints were scaled by" in ready.notes[0]
    wide = prepare(given, SIZE, COCO_17, sizes=(0.1, 0.3, 0.9))
    assert_close(wide.keypoints, large)


@pytest.mark.parametrize("skeleton", [H36M_16, MPII_16, HUMANEVA_15], ids=lambda s: s.name)
def test_other_bodies_of_motion_capture_are_lifted(skeleton):
    ready = prepare(track(skeleton), SIZE, H36M_17)
    assert ready.keypoints.isfinite().all()
    assert "neck_nose" in ready.notes[0]


def test_a_network_for_another_body_is_named():
    with pytest.raises(InputError, match=r"keypoints of coco_17, .* h36m_17 do not give nose"):
        prepare(track(H36M_17), SIZE, COCO_17)
    with pytest.raises(InputError, match=r"as book/weights/joints_cmu.safetensors does"):
        prepare(track(HUMANEVA_15), SIZE, COCO_17)


def test_single_pictures_are_not_filled_and_scaled_one_by_one():
    given = track(frames=(4, 900, 77_000))
    given.keypoints_px[1, 9] = 0
    given.keypoints_px[2] = (given.keypoints_px[2] - 400) * 0.5 + 400
    sizes = (0.35, 0.38, 0.4)
    ready = prepare(given, SIZE, COCO_17, sizes=sizes, stills=True)
    assert ready.track.frames.tolist() == [4, 900, 77_000]
    assert ready.without_pose.tolist() == ready.made_up.tolist() == [False, True, False]
    extent = (ready.keypoints.amax(dim=1) - ready.keypoints.amin(dim=1)).amax(dim=-1)
    assert extent[[0, 2]].tolist() == pytest.approx([0.38, 0.38], rel=0.06)
    assert "of 3 pictures" in ready.notes[-1]
    with pytest.raises(InputError, match="left_wrist missing in frame 900"):
        prepare(given, SIZE, COCO_17, stills=True, gaps="refuse")


def test_nobody_is_refused():
    given = track()
    given.confidence.zero_()
    with pytest.raises(InputError, match="person '7' has no keypoint to lift"):
        prepare(given, SIZE, COCO_17)


def test_hardly_anybody_is_refused_before_memory_is_filled():
    given = track(frames=(0, 1, 2, 3, 999_998))
    with pytest.raises(InputError, match="'7' was found in 5 of 999999 frames, too few to"):
        prepare(given, SIZE, COCO_17)
