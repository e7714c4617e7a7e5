import numpy as np
import pytest

from posegcn import InputError
from posegcn.keypoints.following import FARTHEST, LONGEST_GAP, follow

BOX = np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 4.0], [0.0, 4.0]])  # diagonal 5


def person(x, scale=1.0):
    return np.c_[10 + scale * BOX + [x, 0.0], np.ones(4)]


def test_people_keep_their_numbers_when_the_order_changes():
    frames = [[person(0), person(20)], [person(20.5), person(0.5)], [person(1), person(21)]]
    assert follow(frames, [0, 1, 2]) == [[0, 1], [1, 0], [0, 1]]


def test_the_sum_of_distances_is_least():
    """Nearest first would take the person at 2 for the one at 1.9 and leave 2.2 too far away."""
    frames = [[person(0), person(2)], [person(1.9), person(4.2)]]
    assert follow(frames, [0, 1]) == [[0, 1], [0, 1]]


@pytest.mark.parametrize("scale", [0.1, 1.0, 30.0])
def test_the_largest_jump_is_a_part_of_the_body(scale):
    jump = 5 * scale * FARTHEST
    near = [[person(0, scale)], [person(0.99 * jump, scale)]]
    far = [[person(0, scale)], [person(1.01 * jump, scale)]]
    assert follow(near, [0, 1]) == [[0], [0]]
    assert follow(far, [0, 1]) == [[0], [1]]


def test_gaps_are_bridged_up_to_their_longest():
    assert follow([[person(0)], [], [person(0)]], [0, 1, 2]) == [[0], [], [0]]
    assert follow([[person(0)], [person(0)]], [0, LONGEST_GAP]) == [[0], [0]]
    assert follow([[person(0)], [person(0)]], [0, LONGEST_GAP + 1]) == [[0], [1]]


def test_only_joints_found_in_both_count():
    before, after = person(0), person(0)
    before[0] = 0.0  # the detector's way to say missing
    after[1, :2] = 900.0
    after[1, 2] = 0.0
    assert follow([[before], [after]], [0, 1]) == [[0], [0]]


def test_people_without_a_joint_in_common_are_no_match():
    upper, lower = person(0), person(0)
    upper[2:, 2], lower[:2, 2] = 0.0, 0.0
    assert follow([[upper], [lower]], [0, 1]) == [[0], [1]]


def test_crowds_are_refused():
    with pytest.raises(InputError, match="at most 500 people in frame 7, got 501"):
        follow([[person(0)] * 501], [7])
    frames = [[person(2000 * row + 9 * place) for place in range(250)] for row in range(5)]
    with pytest.raises(InputError, match="at most 1000 people, got more until frame 4: "):
        follow(frames, [0, 1, 2, 3, 4])
