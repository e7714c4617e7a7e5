import numpy as np
import pytest

from posegcn import InputError
from posegcn.keypoints.people import LONGEST_CLIP, tracks_of
from posegcn.keypoints.sighting import Reading, Sighting, gathered
from posegcn.skeletons import COCO_17

BODY = np.c_[np.arange(1.0, 18), np.arange(17.0, 0, -1), np.ones(17)]


def at(frame, person=None, shift=0.0):
    return Sighting(frame, person, BODY + np.array([shift, 0, 0]))


def tracks(*sightings):
    found, named = tracks_of(Reading(COCO_17, gathered(sightings)))
    return {track.person: track.frames.tolist() for track in found}, named


def test_names_of_the_file_are_kept_whatever_the_order():
    assert tracks(at(2, "b"), at(1, "a"), at(1, "b")) == ({"a": [1], "b": [1, 2]}, True)


def test_without_names_one_person_is_one_track_however_far_apart():
    assert tracks(at(5), at(1, shift=900), at(90)) == ({"0": [1, 5, 90]}, False)


def test_somebody_twice_in_a_frame_makes_names_worthless():
    found, named = tracks(at(0, "a"), at(0, "a", 300), at(1, "a", 301))
    assert (found, named) == ({"0": [0], "1": [0, 1]}, False)


def test_the_very_same_twice_counts_once():
    assert tracks(at(0, "a"), at(0, "a"), at(1, "a")) == ({"a": [0, 1]}, True)


def test_people_without_a_keypoint_are_nobody_among_several():
    empty = Sighting(0, None, np.zeros((17, 3)))
    assert tracks(empty, at(0), at(1))[0] == {"0": [0, 1]}
    nowhere = empty._replace(values=np.full((17, 3), [0.0, 0.0, 0.5]))
    distrusted = empty._replace(values=BODY * [1, 1, 0])
    for nobody in ((empty, nowhere), (empty,), (distrusted, distrusted._replace(values=-BODY))):
        with pytest.raises(InputError, match="no keypoint that was found"):
            tracks(*nobody)


def test_confidences_are_cut_off_and_their_range_is_kept():
    loud = Sighting(0, "a", BODY * [1, 1, 90])
    loud.values[3, 2] = -0.5
    reading = Reading(COCO_17, gathered([loud, at(0, "b")]))
    first, second = tracks_of(reading)[0]
    assert first.confidence.unique().tolist() == [0.0, 1.0]
    assert first.confidence_range == (-0.5, 90.0)
    assert second.confidence_range == (1.0, 1.0)


def test_more_people_than_there_are():
    with pytest.raises(InputError, match="at most 1000 people, got 1001"):
        tracks(*(at(0, str(number)) for number in range(1001)))


def test_frames_that_cannot_be():
    with pytest.raises(InputError, match="counted from 0 or 1, got frame -1"):
        tracks(at(-1))
    with pytest.raises(InputError, match="at most 1000000 frames from the first to the last"):
        tracks(at(3), at(LONGEST_CLIP + 3))
    with pytest.raises(InputError, match="got frames"):
        tracks(at(10**300))
    assert tracks(at(4), at(LONGEST_CLIP + 3))[0] == {"0": [4, LONGEST_CLIP + 3]}


def test_coordinates_that_cannot_be_pixels():
    with pytest.raises(InputError, match="coordinates in pixels, got 2e[+]06"):
        tracks(at(0, shift=2e6))
