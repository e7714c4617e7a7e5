import numpy as np
import pytest
import torch
from support import parity
from torch.testing import assert_close

from posegcn.skeletons import H36M_17
from posegcn.training.perturbation import (
    ANGLES,
    KEYPOINT_NOISE,
    SCALES,
    released,
    turn_and_scale,
)

CASE = "temporal/generators_gla"


def draws(state):
    """What the public code draws for one sample: angles, scales and two moves that are zero."""
    drawn = state.choice(ANGLES, 2), state.choice(SCALES, 2)
    state.choice([0], 2), state.choice([0], 2)
    return tuple(torch.from_numpy(np.asarray(values))[None] for values in drawn)


@pytest.mark.parametrize("case", parity.cases(CASE))
@pytest.mark.parametrize("number", range(4))
def test_moves_as_the_public_code(case, number):
    arrays = parity.load(case)
    before, after = (
        torch.from_numpy(arrays[f"random_move/{number}/{kind}"])[..., 0].permute(1, 2, 0)[None]
        for kind in ("in", "out")
    )  # (1, T, J, 3)
    moved = turn_and_scale(before, *draws(np.random.RandomState(number)))
    assert_close(moved, after, rtol=0, atol=1e-7)


@pytest.mark.parametrize("case", parity.cases(CASE))
def test_targets_are_those_of_the_public_generator(case):
    """In its order of draws: the first batches, whose windows are those of test_windows."""
    arrays = parity.load(case)
    order = np.random.RandomState(1234).permutation(arrays["train/pairs"])
    state = np.random.RandomState(7)
    for row, (sequence, start, _, flip) in enumerate(order):
        joint = torch.arange(17.0) + 1
        x = torch.full((17,), 1.0 + start + 100 * sequence)
        joints = torch.stack([x, joint, torch.full((17,), 10.0 + sequence)], dim=-1)
        if flip:
            joints[:, 0] *= -1
            left, right = [4, 5, 6, 11, 12, 13], [1, 2, 3, 14, 15, 16]
            joints[left + right] = joints[right + left]
        moved = turn_and_scale(joints[None, None], *draws(state))
        expected = arrays[f"train/b3d/{row // 4}"][row % 4]
        assert_close(moved[0].float(), torch.from_numpy(expected), rtol=1e-6, atol=1e-5)
    assert row == 31


def test_by_hand():
    joints = torch.tensor([1.0, 0, 5]).expand(1, 1, 1, 3)
    quarter = turn_and_scale(joints, torch.full((1, 2), 90.0), torch.full((1, 2), 2.0))
    assert_close(quarter, torch.tensor([0.0, 2, 5]).expand(1, 1, 1, 3))


def test_draws_depend_on_the_generator_only():
    joints = torch.randn(50, 1, 17, 3)
    drawn = []
    for _ in range(2):
        torch.manual_seed(3)
        drawn.append(released(joints))
    one, other = drawn
    assert torch.equal(one, other)
    ratio = one[..., :2].norm(dim=-1) / joints[..., :2].norm(dim=-1)
    assert {round(value, 2) for value in ratio[:, 0, 0].tolist()} == set(SCALES)


def test_detector_errs_anew_in_each_batch_and_in_the_size_of_the_body():
    keypoints = 0.2 * torch.randn(4000, 1, 17, 2, generator=torch.Generator().manual_seed(0))
    torch.manual_seed(0)
    noise = KEYPOINT_NOISE["detector"](H36M_17, torch.device("cpu"))
    one, other, large = noise(keypoints), noise(keypoints), noise(10 * keypoints)
    assert one.shape == keypoints.shape
    assert not torch.equal(one, other)
    size = (one - keypoints).norm(dim=-1).mean()
    assert_close((large - 10 * keypoints).norm(dim=-1).mean(), 10 * size, rtol=0.05, atol=0)
    box = (keypoints.amax(dim=-2) - keypoints.amin(dim=-2)).amax(dim=-1).mean()
    assert 3 < size / (1.25 * box / 256) < 8  # pixels of a crop, as the source has it


def test_exact_keypoints_stay():
    keypoints = torch.randn(3, 17, 2)
    assert KEYPOINT_NOISE["none"](H36M_17, torch.device("cpu"))(keypoints) is keypoints
