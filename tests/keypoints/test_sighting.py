import numpy as np
import pytest

from posegcn import InputError
from posegcn.keypoints.sighting import Sighting, frame_numbers, same_count, skeleton_by_count
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
    assert same_count(sightings[:2]) == 17
    with pytest.raises(InputError, match=r"for everyone, got \[17, 18\]"):
        same_count(sightings)
    with pytest.raises(InputError, match="nobody in any frame"):
        same_count([])
