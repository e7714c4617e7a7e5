from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from posegcn import InputError
from posegcn.data import Clip, Clips, flip_pose
from posegcn.skeletons import H36M_16

SUBJECTS = {"train": ("A",), "validation": ("B",), "test": ("C",)}


def clip(subject="A", action="walk", frames=3, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return Clip(
        subject,
        action,
        "camera0",
        (1000, 1000),
        keypoints=torch.randn(frames, 16, 2, generator=generator),
        joints=torch.randn(frames, 16, 3, generator=generator),
        root=torch.randn(frames, 3, generator=generator),
    )


def clips_of(*clips):
    return Clips.from_clips("toy", H36M_16, SUBJECTS, clips)


def test_clips_are_views_of_one_tensor():
    clips = clips_of(clip(seed=1), clip("B", "run", 4, seed=2), clip(frames=0))
    assert len(clips) == 2
    assert clips.num_frames == 7
    assert clips.actions == ["run", "walk"]
    assert_close(clips[1].joints, clips.joints[3:])
    assert clips[1].joints.data_ptr() == clips.joints[3:].data_ptr()


def test_split_is_by_subject():
    clips = clips_of(clip("A"), clip("B"), clip("C"), clip("A"))
    train, validation, test = clips.split()
    assert [c.subject for c in train] == ["A", "A"]
    assert [c.subject for c in validation] == ["B"]
    assert [c.subject for c in test] == ["C"]


def test_published_selection_is_on_the_test_subjects():
    train, validation, test = clips_of(clip("A"), clip("B"), clip("C")).split("published")
    assert [c.subject for c in train] == ["A", "B"]
    assert [c.subject for c in validation] == [c.subject for c in test] == ["C"]


def test_unknown_selection_and_empty_split_are_refused():
    with pytest.raises(InputError, match="did you mean 'held_out'"):
        clips_of(clip()).split("heldout")
    with pytest.raises(InputError, match="toy has no clip of B, the subjects of 'validation'"):
        clips_of(clip()).split()


def test_a_part_can_be_had_where_another_is_missing():
    assert [c.subject for c in clips_of(clip("C")).part("test")] == ["C"]
    with pytest.raises(InputError, match="did you mean 'test'"):
        clips_of(clip("C")).part("tests")


def test_every_thins_each_clip_from_its_first_frame():
    clips = clips_of(clip(frames=5, seed=1), clip(frames=2, seed=2))
    thinned = clips.every(2)
    assert [len(c) for c in thinned] == [3, 1]
    assert_close(thinned[0].joints, clips[0].joints[::2])
    assert thinned.source == "toy, 1 frame in 2"


@pytest.mark.parametrize("name", ["keypoints", "joints"])
def test_values_that_are_not_finite_name_the_clip(name):
    bad = clip("B", "run")
    getattr(bad, name)[1, 2, 0] = torch.nan
    with pytest.raises(InputError, match="subject B, action 'run', camera camera0 holds NaN"):
        clips_of(clip(), bad)


def test_fingerprint_tells_data_apart():
    one, same, other = clips_of(clip(seed=1)), clips_of(clip(seed=1)), clips_of(clip(seed=2))
    assert one.fingerprint() == same.fingerprint() != other.fingerprint()


@given(st.integers(0, 1000), st.sampled_from([2, 3]))
@settings(max_examples=20)
def test_flip_is_its_own_inverse_and_exchanges_sides(seed, channels):
    pose = torch.randn(4, 16, channels, generator=torch.Generator().manual_seed(seed))
    before = pose.clone()
    flipped = flip_pose(pose, H36M_16)
    assert_close(pose, before)
    assert_close(flip_pose(flipped, H36M_16), pose)
    left, right = H36M_16.index("lknee"), H36M_16.index("rknee")
    assert_close(flipped[:, left, 0], -pose[:, right, 0])
    assert_close(flipped[:, left, 1:], pose[:, right, 1:])


def test_neighbouring_clips_are_selected_without_a_copy():
    clips = clips_of(clip("A", frames=3), clip("A", frames=1, seed=1), clip("B", seed=2))
    both = clips.select(lambda c: c.subject == "A")
    assert both.keypoints.data_ptr() == clips.keypoints.data_ptr()
    assert_close(both.joints, clips.joints[:4])
    last = clips.select(lambda c: c.subject == "B")
    assert last.joints.data_ptr() == clips.joints[4:].data_ptr()
    assert_close(last.root, clips.root[4:])


@pytest.mark.parametrize("step", [1, 2, 3, 5])
def test_others_are_copied_right(step):
    clips = clips_of(clip("A", frames=4), clip("B", frames=3, seed=1), clip("A", frames=1, seed=2))
    apart = clips.select(lambda c: c.subject == "A")
    assert_close(apart.keypoints, torch.cat([clips.keypoints[:4], clips.keypoints[7:]]))
    thinned = clips.every(step)
    expected = [values[::step] for values in clips.joints.split([4, 3, 1])]
    assert_close(thinned.joints, torch.cat(expected))


def test_targets_are_thinned_without_a_copy():
    clips = clips_of(clip("A", frames=5), clip("B", frames=4, seed=1))
    thinned = clips.targets_every(3)
    assert thinned.keypoints is clips.keypoints
    assert thinned.targets.tolist() == [0, 3, 5, 8]
    assert thinned.starts.tolist() == [0, 5]
    assert clips.targets.tolist() == list(range(9))
    assert thinned.source == "toy, 1 target in 3"
    assert thinned.targets_every(2).targets.tolist() == [0, 5]
    assert clips.targets_every(1) is clips


def test_frames_that_do_not_count_stay_as_context():
    valid = torch.tensor([True, False, True])
    clips = clips_of(replace(clip("A"), valid=valid), clip("B"))
    assert clips.targets.tolist() == [0, 2, 3, 4, 5]
    assert clips.num_frames == 6
    assert clips.select(lambda c: c.subject == "A").targets.tolist() == [0, 2]
    assert clips[0][1:].valid.tolist() == [False, True]
