"""Runs of what holds, joints that freeze or jump."""

import torch
from support.bodies import body, straight

from posegcn.doctor.motion import FROZEN_FRAMES, check_frozen, check_jumps, run_lengths


def test_run_lengths_by_hand():
    holds = torch.tensor([True, True, False, True, False, False, True, True])
    assert run_lengths(holds).tolist() == [1, 2, 0, 1, 0, 0, 1, 2]


def moving(frames=60):
    return straight(frames) + torch.arange(frames)[:, None, None] * torch.tensor([3.2, 0.1])


def test_a_joint_that_stops_for_long_is_frozen_from_its_first_repeated_frame():
    keypoints = moving()
    keypoints[20 : 21 + FROZEN_FRAMES, 4] = keypoints[20, 4].clone()
    (finding,) = check_frozen(body(keypoints))
    assert finding.frames == tuple(range(21, 21 + FROZEN_FRAMES))
    assert finding.joints == ("lhip",)
    keypoints[20 + FROZEN_FRAMES, 4] += 0.01  # one frame less
    assert list(check_frozen(body(keypoints))) == []


def test_a_body_that_stands_still_is_not_frozen():
    assert list(check_frozen(body(straight(60)))) == []


def test_a_joint_that_leaves_for_a_frame_jumps_and_one_that_moves_does_not():
    keypoints = moving()
    keypoints[30, 13] += 200.0
    (finding,) = check_jumps(body(keypoints))
    assert (finding.code, finding.frames, finding.joints) == ("jumping-joints", (30,), ("lwrist",))
    assert list(check_jumps(body(moving()))) == []


def test_a_joint_at_the_other_sides_place_flickers():
    keypoints = moving()
    keypoints[..., 3, :] += torch.tensor([0.0, 300.0])
    keypoints[30, 6] = keypoints[30, 3]
    assert [finding.code for finding in check_jumps(body(keypoints))] == ["flicker"]


def together(frames=60):
    """Two legs side by side that move on, with 12 pixels between the feet."""
    keypoints = moving(frames)
    for left, right in ((4, 1), (5, 2), (6, 3)):
        keypoints[:, left] = keypoints[:, right] + torch.tensor([12.0, 0.0])
    return keypoints


def test_a_foot_that_jumps_from_beside_the_other_jumps():
    keypoints = together()
    keypoints[30, 6] += torch.tensor([250.0, -150.0])
    (finding,) = check_jumps(body(keypoints))
    assert (finding.code, finding.frames, finding.joints) == ("jumping-joints", (30,), ("lfoot",))


def test_a_joint_that_is_itself_between_two_confusions_flickers():
    keypoints = moving()
    keypoints[:, 6] = keypoints[:, 3] + torch.tensor([120.0, 0.0])
    keypoints[:, 5] = keypoints[:, 2] + torch.tensor([60.0, 0.0])
    keypoints[27:34, 6] = keypoints[27:34, 3]
    keypoints[30, 6] += torch.tensor([120.0, 0.0])
    assert [finding.code for finding in check_jumps(body(keypoints))] == ["flicker"]


def test_a_kick_is_no_jump():
    """As far away from before and after as a joint that jumps, but not at once."""
    keypoints = moving()
    height = 200 * (1 - (torch.arange(60.0) - 30).abs() / 3).clamp(min=0)
    keypoints[:, 3, 0] += height
    assert list(check_jumps(body(keypoints))) == []
    keypoints[30, 3, 0] += 160
    assert [finding.code for finding in check_jumps(body(keypoints))] == ["jumping-joints"]
