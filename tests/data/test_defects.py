import pytest
import torch
from support.clips import clips_of
from torch import Generator
from torch.testing import assert_close

from posegcn.data import defects
from posegcn.skeletons import COCO_17, H36M_16, H36M_17, HUMANEVA_15

LENGTHS = (400, 150, 1)
CLIPS = clips_of(LENGTHS)  # x is 1 + frame + 100 times the clip, y is 1 + joint
ROOT = H36M_17.root
SHARES = (defects.swap, defects.missing, defects.occlusion, defects.occlusion_held, defects.limb)
every_defect = pytest.mark.parametrize("defect", [defects.jitter, *SHARES])


def drawn(defect, strength, seed=0, clips=CLIPS):
    return defect(clips, strength, Generator().manual_seed(seed))


def changed(defect, strength, seed=0, clips=CLIPS):
    """Which keypoints are elsewhere than they were.  (N, J)"""
    return (drawn(defect, strength, seed, clips).keypoints != clips.keypoints).any(dim=-1)


@every_defect
def test_zero_changes_nothing_and_the_truth_never_changes(defect):
    before = CLIPS.keypoints.clone()
    assert torch.equal(drawn(defect, 0).keypoints, before)
    worse = drawn(defect, 0.5)
    assert not torch.equal(worse.keypoints, before)
    assert torch.equal(CLIPS.keypoints, before)
    assert torch.equal(worse.joints, CLIPS.joints)
    assert torch.equal(worse.targets, CLIPS.targets)
    assert [len(clip) for clip in worse] == list(LENGTHS)


@every_defect
def test_same_seed_same_defects(defect):
    assert torch.equal(drawn(defect, 0.5).keypoints, drawn(defect, 0.5).keypoints)
    assert not torch.equal(drawn(defect, 0.5).keypoints, drawn(defect, 0.5, seed=1).keypoints)


@pytest.mark.parametrize("defect", [f for f in SHARES if f is not defects.limb])
def test_what_is_hit_stays_hit(defect):
    few, many = changed(defect, 0.2), changed(defect, 0.6)
    assert (few & ~many).sum() == 0
    assert many.sum() > 2 * few.sum() > 0


def test_jitter_is_in_pixels_of_a_thousand():
    noise = drawn(defects.jitter, 5).keypoints - CLIPS.keypoints
    assert_close(noise.std().item(), 5 * 2 / 1000, rtol=0.03, atol=0)
    assert_close(noise.mean().item(), 0.0, rtol=0, atol=3e-4)
    twice = drawn(defects.jitter, 10).keypoints - CLIPS.keypoints
    assert_close(twice, 2 * noise, rtol=0, atol=1e-4)  # keypoints of up to 700


def test_swap_exchanges_sides_of_whole_frames():
    swapped = drawn(defects.swap, 0.3).keypoints
    mirrored = CLIPS.keypoints[:, H36M_17.mirror]
    hit = changed(defects.swap, 0.3).any(dim=1)
    assert torch.equal(swapped[hit], mirrored[hit])
    assert torch.equal(swapped[~hit], CLIPS.keypoints[~hit])
    assert hit.float().mean().item() == pytest.approx(0.3, abs=0.06)
    assert torch.equal(drawn(defects.swap, 1).keypoints, mirrored)


def test_occluded_joints_are_at_the_root_which_is_always_seen():
    hidden = changed(defects.occlusion, 0.25)
    assert not hidden[:, ROOT].any()
    others = [joint for joint in range(17) if joint != ROOT]
    assert hidden[:, others].float().mean().item() == pytest.approx(0.25, abs=0.02)
    occluded = drawn(defects.occlusion, 0.25).keypoints
    at_root = CLIPS.keypoints[:, ROOT, None].expand_as(occluded)
    assert torch.equal(occluded[hidden], at_root[hidden])
    everything = drawn(defects.occlusion, 1).keypoints
    assert torch.equal(everything, at_root)


def test_missing_frames_repeat_the_last_seen_one_of_their_clip():
    held = drawn(defects.missing, 0.4).keypoints
    hidden = changed(defects.missing, 0.4).any(dim=1)
    assert hidden.float().mean().item() == pytest.approx(0.4, abs=0.06)
    assert not hidden[CLIPS.starts].any()
    latest = torch.zeros_like(CLIPS.keypoints[0])
    for frame, missing in enumerate(hidden.tolist()):
        latest = latest if missing else CLIPS.keypoints[frame]
        assert torch.equal(held[frame], latest)


def test_when_all_is_missing_the_first_frame_of_each_clip_stands():
    frames = drawn(defects.missing, 1).keypoints[:, 0, 0]
    first = CLIPS.keypoints[CLIPS.starts, 0, 0]
    assert torch.equal(frames, first.repeat_interleave(torch.tensor(LENGTHS)))


def test_held_joints_stay_where_each_was_last_seen():
    held = drawn(defects.occlusion_held, 0.4).keypoints
    hidden = changed(defects.occlusion_held, 0.4)
    assert not hidden[:, ROOT].any()
    assert hidden[1:400, 1:].float().mean().item() == pytest.approx(0.4, abs=0.02)
    for joint in (3, 16):
        latest = None
        for frame in range(400):
            latest = latest if hidden[frame, joint] else CLIPS.keypoints[frame, joint]
            assert torch.equal(held[frame, joint], latest)


@pytest.mark.parametrize("share", [0.1, 0.5, 1])
def test_a_limb_is_lost_for_one_run_of_each_clip(share):
    hidden = changed(defects.limb, share)
    for part, length in zip(hidden.split(LENGTHS), LENGTHS, strict=True):
        frames = part.any(dim=1).nonzero().flatten()
        assert len(frames) == round(share * length)
        if len(frames):
            assert frames[-1] - frames[0] + 1 == len(frames)
            assert tuple(part[frames[0]].nonzero().flatten().tolist()) in LIMBS
            assert (part[frames] == part[frames[0]]).all()


LIMBS = {tuple(sorted(limb)) for limb in defects.limbs(H36M_17)}


def test_clips_lose_different_limbs():
    clips = clips_of([1] * 40)
    hidden = changed(defects.limb, 1, clips=clips)
    assert {tuple(row.nonzero().flatten().tolist()) for row in hidden} == LIMBS


@pytest.mark.parametrize("skeleton", [H36M_16, H36M_17, HUMANEVA_15, COCO_17])
def test_limbs_are_two_arms_and_two_legs(skeleton):
    names = [{skeleton.joints[joint][-4:] for joint in limb} for limb in defects.limbs(skeleton)]
    arm, leg = [n for n in names if "lbow" in n], [n for n in names if "knee" in n]
    assert len(arm) == len(leg) == 2
    assert len(names) == 4


def test_limbs_of_human36m():
    named = {tuple(H36M_17.joints[joint] for joint in limb) for limb in defects.limbs(H36M_17)}
    assert ("lwrist", "lelbow", "lshoulder") in named
    assert ("rfoot", "rknee", "rhip") in named
