"""Left and right exchanged throughout: what faces say, and what they do not."""

import os

import pytest
import torch
from support.captured import all_captured
from support.detected import change, seen
from support.planted import PLANTED

from posegcn.doctor import examine
from posegcn.doctor.body import Body
from posegcn.doctor.sides import FEWEST_FRAMES, check_sides, sides_are_known
from posegcn.skeletons import COCO_17

EXCHANGED = PLANTED["sides exchanged"].plant
FACE = [COCO_17.index(n) for n in ("nose", "left_eye", "right_eye", "left_ear", "right_ear")]


def faults(found):
    return [finding.code for finding in examine(found).faults]


def person(found):
    return Body(found.tracks[0])


@pytest.mark.parametrize("action", ["walk", "turn", "run", "crouch", "sit_down", "kick"])
@pytest.mark.parametrize("camera", [0, 2])
def test_a_face_that_falls_where_it_is_turned_away_tells(action, camera):
    found = seen(action, "P3", camera, noise="video", skeleton="coco_17")
    assert faults(found) == []
    assert faults(EXCHANGED(found)) == ["swapped-sides"]


@pytest.mark.parametrize("face", [0.2, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("camera", range(4))
def test_a_face_that_is_always_the_same_does_not(face, camera):
    """Seen from behind as well."""
    found = seen("turn", "P5", camera, noise="video", skeleton="coco_17")
    generator = torch.Generator().manual_seed(camera)
    confidence = 0.9 + 0.03 * torch.randn(150, 17, generator=generator).clamp(-3, 3)
    confidence[:, FACE] = face
    found = change(found, confidence=confidence)
    assert not sides_are_known(person(found))
    assert faults(found) == faults(EXCHANGED(found)) == []


def test_a_face_that_is_hidden_once_or_twice_is_no_evidence():
    found = seen("walk", skeleton="coco_17")
    confidence = torch.full((150, 17), 0.9)
    confidence[: FEWEST_FRAMES - 1, FACE] = 0.1
    assert not sides_are_known(person(change(found, confidence=confidence)))
    confidence[:FEWEST_FRAMES, FACE] = 0.1
    assert sides_are_known(person(change(found, confidence=confidence)))


def test_evidence_that_contradicts_itself_is_none():
    """Ears say one thing and shoulders the other: a detector that errs, or hair over an ear."""
    found = seen("turn", skeleton="coco_17")
    assert sides_are_known(person(found))
    swapped = EXCHANGED(found).tracks[0]
    confidence = swapped.confidence.clone()
    confidence[:, FACE[3:]] = confidence[:, FACE[3:]].flip(1)
    found = change(EXCHANGED(found), confidence=confidence)
    assert list(check_sides(person(found))) == []


def test_who_stands_on_the_hands_has_the_left_on_the_other_side():
    found = seen("turn", skeleton="coco_17")
    turned = change(found, keypoints_px=1000 - found.tracks[0].keypoints_px)
    assert not sides_are_known(person(turned))
    assert list(check_sides(person(turned))) == []


def test_an_ear_that_was_not_found_is_the_far_one():
    """As OpenPose has it: 0, 0 and no confidence."""
    found = seen("turn", skeleton="coco_17")
    keypoints, confidence = (
        getattr(found.tracks[0], name).clone() for name in ("keypoints_px", "confidence")
    )
    hidden = confidence < 0.3
    keypoints[hidden], confidence[hidden] = 0.0, 0.0
    found = change(found, keypoints_px=keypoints, confidence=confidence)
    assert faults(found) == []
    assert faults(EXCHANGED(found)) == ["swapped-sides"]


@pytest.mark.skipif("POSEGCN_CMU" not in os.environ, reason="POSEGCN_CMU is not set")
@pytest.mark.parametrize("kind", ["coco", "coco_video"])
def test_captured_motion(kind):
    """No false alarm with any confidences; every exchange is found where the face falls."""
    for confidence in ("constant", "confident", "falling"):
        clips = list(all_captured("test", kind, confidence))
        assert len(clips) == 24
        for row, found in clips:
            assert faults(found) == [], (row, confidence)
            expected = ["swapped-sides"] if confidence == "falling" else []
            assert faults(EXCHANGED(found)) == expected, (row, confidence)
