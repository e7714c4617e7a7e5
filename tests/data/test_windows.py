import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support import parity
from support.clips import clips_of

from posegcn.data import flip_pose
from posegcn.data.windows import Windows
from posegcn.skeletons import H36M_17, HUMANEVA_15, MPI_INF_3DHP_17

LENGTHS = [5, 8, 3]  # of the sequences of the reference


def items_of(pairs):
    """Number of the item of each row (sequence, start, end, flip), and the flips."""
    order = sorted({tuple(row[:3]) for row in pairs.tolist()})
    items = [order.index(tuple(row[:3])) for row in pairs.tolist()]
    return torch.tensor(items), torch.from_numpy(pairs[:, 3]).bool()


def delivered(clips, windows, pairs, before, after, targets):
    """What our windows give in the order of the pairs of the reference."""
    items, mirrored = items_of(pairs)
    keypoints = clips.keypoints[windows.frames(items, before, after)]
    joints = clips.joints[windows.frames(items, *targets)]
    which = mirrored[:, None, None, None]
    return tuple(
        torch.where(which, flip_pose(values, clips.skeleton), values)
        for values in (keypoints, joints)
    )


def batches(arrays, prefix, count=None):
    """The batches of one epoch of the reference, joined."""
    number = int(arrays[f"{prefix.rpartition('/')[0]}/num_batches"]) if count is None else count
    return torch.cat([torch.from_numpy(arrays[f"{prefix}/{i}"]) for i in range(number)])


# Chunk, context before and after, share of the epochs stored.
GENERATORS = {
    "chunk1": (1, 2, 2),
    "chunk4_even": (4, 1, 1),
    "chunk3_causal_shuffle": (3, 4, 0),
}


@pytest.mark.parametrize("case", parity.cases("temporal/generators_vp3d"))
@pytest.mark.parametrize("name", GENERATORS)
def test_frames_are_those_of_the_public_generators(case, name):
    arrays = parity.load(case)
    chunk, before, after = GENERATORS[name]
    clips = clips_of(LENGTHS)
    windows = Windows.of_chunks(clips, chunk)
    pairs = arrays[f"{name}/pairs"]
    epochs = [pairs]
    if "shuffle" in name:  # theirs draws from one generator, epoch after epoch
        state = np.random.RandomState(1234)
        epochs = [state.permutation(pairs), state.permutation(pairs)]
    expected_2d, expected_3d = (batches_of_all(arrays, f"{name}/{kind}") for kind in ("b2d", "b3d"))
    found = [delivered(clips, windows, order, before, after, (0, 0)) for order in epochs]
    assert torch.equal(torch.cat([keypoints for keypoints, _ in found]), expected_2d)
    assert torch.equal(torch.cat([joints for _, joints in found]), expected_3d)
    if name == "chunk1":
        assert len(windows) == len(Windows.of_targets(clips))


def batches_of_all(arrays, prefix):
    return batches(arrays, prefix, count=sum(key.startswith(f"{prefix}/") for key in arrays))


@pytest.mark.parametrize("case", parity.cases("temporal/generators_vp3d"))
def test_whole_clips_are_those_of_the_public_generator(case):
    arrays = parity.load(case)
    clips = clips_of(LENGTHS)
    for index, (clip, start) in enumerate(zip(clips, clips.starts.tolist(), strict=True)):
        windows = Windows(
            torch.tensor([start]),
            torch.tensor([start]),
            torch.tensor([start + len(clip) - 1]),
            chunk=len(clip),
        )
        plain = clips.keypoints[windows.frames(torch.tensor([0]), 2, 2)]
        both = torch.cat([plain, flip_pose(plain, H36M_17)])
        assert torch.equal(both, torch.from_numpy(arrays[f"unchunked/b2d/{index}"]))


@pytest.mark.parametrize("case", parity.cases("temporal/generators_gla"))
def test_evaluation_windows_are_those_of_gla_gcn(case):
    arrays = parity.load(case)
    clips = clips_of(LENGTHS)
    windows = Windows.of_targets(clips)
    everything = torch.arange(len(windows))
    keypoints = clips.keypoints[windows.frames(everything, 2, 2)]
    assert torch.equal(keypoints, batches(arrays, "eval/b2d"))
    assert torch.equal(flip_pose(keypoints, H36M_17), batches(arrays, "eval/b2d_flip"))
    assert torch.equal(clips.joints[windows.frames(everything)], batches(arrays, "eval/b3d"))


@pytest.mark.parametrize("case", parity.cases("temporal/generators_gla"))
def test_training_windows_of_fifteen_joints(case):
    """Of the first two sequences, and keypoints only: that program's targets are noisy."""
    arrays = parity.load(case)
    clips = clips_of(LENGTHS[:2], HUMANEVA_15)
    windows = Windows.of_targets(clips)
    frames, start = windows.frames(torch.arange(len(windows)), 1, 1), 0
    expected = batches(arrays, "train_he/b2d", count=7)
    for length in LENGTHS[:2]:  # of each sequence all windows, then all mirrored ones
        plain = clips.keypoints[frames[start : start + length]]
        both = torch.cat([plain, flip_pose(plain, HUMANEVA_15)])
        assert torch.equal(both, expected[2 * start : 2 * (start + length)])
        start += length
    assert len(expected) == 2 * start


@pytest.mark.parametrize("case", parity.cases("temporal/generators_3dhp"))
@pytest.mark.parametrize("name", ["train", "train_reverse"])
def test_training_windows_of_mpi_inf_3dhp(case, name):
    arrays = parity.load(case)
    clips = clips_of([5, 8], MPI_INF_3DHP_17)
    windows = Windows.of_targets(clips)
    subjects = sorted({tuple(row) for row in arrays[f"{name}/key_subject_cam"].tolist()})
    rows = zip(
        arrays[f"{name}/key_subject_cam"].tolist(),
        arrays[f"{name}/bounds_flags"].tolist(),
        strict=True,
    )
    for row, (key, (start, _, flip, backwards)) in enumerate(rows):
        item = torch.tensor([int(clips.starts[subjects.index(tuple(key))]) + start])
        keypoints = clips.keypoints[windows.frames(item, 2, 2)]
        around = (2, 2) if name == "train" else (0, 0)
        joints = clips.joints[windows.frames(item, *around)]
        if flip:
            keypoints, joints = (flip_pose(v, MPI_INF_3DHP_17) for v in (keypoints, joints))
        if backwards:
            keypoints, joints = keypoints.flip(1), joints.flip(1)
        assert torch.equal(keypoints[0], torch.from_numpy(arrays[f"{name}/b2d"][row]))
        assert torch.equal(joints[0], torch.from_numpy(arrays[f"{name}/b3d"][row]))


@pytest.mark.parametrize("case", parity.cases("temporal/generators_3dhp"))
def test_only_valid_frames_are_tested_on(case):
    arrays = parity.load(case)
    valid = [torch.from_numpy(arrays[f"test/valid_{name}"]) == 1 for name in ("TS1", "TS5")]
    clips = clips_of([5, 8], MPI_INF_3DHP_17, valid)
    windows = Windows.of_targets(clips)
    everything = torch.arange(len(windows))
    keypoints = clips.keypoints[windows.frames(everything, 2, 2)]
    assert torch.equal(keypoints, torch.from_numpy(arrays["test/b2d"]))
    assert torch.equal(
        flip_pose(keypoints, MPI_INF_3DHP_17), torch.from_numpy(arrays["test/b2d_flip"])
    )
    joints = clips.joints[windows.frames(everything)]
    assert torch.equal(joints, torch.from_numpy(arrays["test/b3d"]))
    assert not all(mask.all() for mask in valid)


@given(
    lengths=st.lists(st.integers(1, 12), min_size=1, max_size=4),
    chunk=st.integers(1, 7),
    before=st.integers(0, 9),
    after=st.integers(0, 9),
)
@settings(max_examples=50, deadline=None)
def test_windows_stay_in_their_clip_and_cover_it(lengths, chunk, before, after):
    clips = clips_of(lengths)
    windows = Windows.of_chunks(clips, chunk)
    everything = torch.arange(len(windows))
    frames = windows.frames(everything, before, after)
    assert frames.shape == (sum(-(-n // chunk) for n in lengths), before + chunk + after)
    clip_of = torch.repeat_interleave(torch.arange(len(lengths)), torch.tensor(lengths))
    assert (clip_of[frames] == clip_of[frames[:, before]][:, None]).all()
    assert set(windows.frames(everything).flatten().tolist()) == set(range(sum(lengths)))
    assert ((frames.diff(dim=1) == 1) | (frames.diff(dim=1) == 0)).all()


def test_a_clip_shorter_than_its_window_repeats_its_ends():
    windows = Windows.of_targets(clips_of([4, 2]))
    assert windows.frames(torch.tensor([4]), 3, 3).tolist() == [[4, 4, 4, 4, 5, 5, 5]]
