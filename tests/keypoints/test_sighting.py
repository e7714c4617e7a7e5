import numpy as np
import pytest

from posegcn import InputError
from posegcn.keypoints.sighting import (
    BODY_OF,
    MOST_SIGHTINGS,
    Sighting,
    body_names,
    frame_numbers,
    gathered,
    skeleton_by_count,
)
from posegcn.skeletons.detectors import COCO_17, HALPE_26


def test_numbers_of_frames_from_names():
    def numbers(*names):
        return list(frame_numbers(names).values())

    assert numbers("12.jpg", "3.jpg") == [12, 3]
    assert numbers("a_1_000000000012_keypoints.json") == [12]
    assert numbers("a1.TXT", "b2.txt") == [1, 2]
    assert numbers("a1.txt", "b1.txt") == [0, 1]  # the same number twice
    assert numbers("a1.txt", "b.txt") == [0, 1]
    assert numbers("1" * 40) == [0]
    assert numbers("a.jpg", "b.jpg", "a.jpg") == [0, 1]


def test_skeletons_by_their_number_of_joints():
    assert skeleton_by_count((COCO_17, HALPE_26), 26, "a person") is HALPE_26
    with pytest.raises(InputError, match=r"17 \(coco_17\) keypoints for a person, got 9"):
        skeleton_by_count((COCO_17,), 9, "a person")


def test_everyone_has_as_many_joints():
    sightings = [Sighting(0, None, np.zeros((count, 3))) for count in (17, 17, 18)]
    assert gathered(sightings[:2]).num_joints == 17
    with pytest.raises(InputError, match=r"for everyone, got \[17, 18\]"):
        gathered(sightings)
    with pytest.raises(InputError, match="nobody in any frame"):
        gathered([])


def test_numbers_that_are_none_and_numbers_that_no_unit_explains():
    values = np.ones((17, 3))
    values[3] = np.inf, np.nan, -np.inf
    found = gathered([Sighting(4, None, values)])
    assert np.isnan(found.values[0, 3]).all()
    assert found.values.dtype == np.float32
    values[5, 0] = 1e300
    with pytest.raises(InputError, match="coordinates in frames 4 to 4, got 1e[+]300"):
        gathered([Sighting(4, None, values)])


def test_more_people_than_memory_is_meant_for():
    with pytest.raises(InputError, match="at most 300000 people in all frames together"):
        gathered(Sighting(i, None, np.ones((1, 3))) for i in range(MOST_SIGHTINGS + 5000))


@pytest.mark.parametrize("joints", BODY_OF)
def test_of_a_whole_body_the_body_is_kept(joints):
    values = np.arange(3.0 * joints).reshape(joints, 3)
    found = gathered([Sighting(0, None, values)])
    assert np.array_equal(found.values[0], values[: BODY_OF[joints]])
    assert len(body_names([f"joint {i}" for i in range(joints)])) == BODY_OF[joints]
