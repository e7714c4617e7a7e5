from dataclasses import replace

import pytest
import torch
from support.detected import seen

from posegcn import InputError, Lifter, make_model
from posegcn.lifting.doubts import FEWEST_FRAMES, WARNING, check_units, doubts, doubts_seen_again
from posegcn.skeletons import COCO_17

SIZE = (1000, 1002)


@pytest.fixture(scope="module")
def walk():
    return seen("walk", noise="video", skeleton="coco_17").tracks[0]


def changed(track, keypoints_px):
    return replace(track, keypoints_px=keypoints_px)


@pytest.mark.parametrize("unit", [lambda k: k / 1000, lambda k: k / 500 - 1])
def test_parts_of_the_image_are_refused_with_the_cure(walk, unit):
    check_units(walk)
    with pytest.raises(InputError, match="not pixels; multiply them out with the size of the imag"):
        check_units(changed(walk, unit(walk.keypoints_px)))


def test_what_is_as_it_should_be_is_not_doubted(walk):
    assert doubts(walk, SIZE) == []


def in_order(joints):
    return lambda track: replace(
        track, keypoints_px=track.keypoints_px[:, joints], confidence=track.confidence[:, joints]
    )


def moved(function):
    return lambda track: changed(track, function(track.keypoints_px))


ANY_ORDER = torch.randperm(17, generator=torch.Generator().manual_seed(1))
FAULTS = {
    "outside-image": moved(lambda k: 2 * k),
    "joint-order": in_order(ANY_ORDER),
    "swapped-sides": in_order(list(COCO_17.mirror)),
    "upside-down": moved(lambda k: torch.tensor([0, 1002.0]) - k * torch.tensor([-1, 1])),
}


def exchanged_for_a_moment(track):
    keypoints = track.keypoints_px.clone()
    keypoints[60:75] = keypoints[60:75][:, list(COCO_17.mirror)]
    return changed(track, keypoints)


FAULTS["swapped-frames"] = exchanged_for_a_moment


@pytest.mark.parametrize("code", FAULTS)
def test_what_makes_the_answer_doubtful_is_noted(walk, code):
    (note,) = doubts(FAULTS[code](walk), SIZE)
    assert note.startswith(f"{WARNING}{code}: ")


def test_single_pictures_have_no_moments(walk):
    assert doubts(exchanged_for_a_moment(walk), SIZE, stills=True) == []


def test_few_frames_are_not_doubted_for_their_order(walk):
    few = slice(FEWEST_FRAMES - 1)
    parts = ("frames", "keypoints_px", "confidence")
    short = replace(walk, **{part: getattr(walk, part)[few] for part in parts})
    assert doubts(in_order(ANY_ORDER)(short), SIZE) == []


def test_a_pose_seen_far_from_its_keypoints_is_noted(walk):
    size = torch.full((5,), 300.0)
    assert doubts_seen_again(torch.full((5,), 6.0), size) == []
    assert doubts_seen_again(torch.full((5,), torch.nan), size) == []
    (note,) = doubts_seen_again(torch.full((5,), 90.0), size)
    assert note.startswith(f"{WARNING}the lifted pose is seen 90 px from its keypoints, 30 % of")


def test_notes_reach_the_poses(walk):
    model = make_model("semgcn", skeleton="h36m_17", channels=8, keypoint_skeleton="coco_17")
    (poses,) = Lifter(model).lift([FAULTS["swapped-sides"](walk)], SIZE)
    assert any(note.startswith(f"{WARNING}swapped-sides") for note in poses.notes)
