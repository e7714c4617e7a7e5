"""How quickly joints turn round."""

import math
from dataclasses import replace

import pytest
import torch
from support.bodies import body, straight

from posegcn.doctor.body import Body
from posegcn.doctor.timing import check_frames, check_speed, top_acceleration


def swinging(hertz, fps=100, amplitude=0.1, frames=200):
    """A wrist that swings up and down by a part of the body's 320 pixels to either side."""
    keypoints = straight(frames)
    angle = 2 * math.pi * hertz * torch.arange(frames) / fps
    keypoints[:, 13, 0] += amplitude * 320 * angle.sin()
    return keypoints


def test_acceleration_of_a_swing_by_hand():
    """Half of the time it is above the half that the median of a sine is, sqrt(1/2) of the top.

    Over times apart by h, the second difference of sin(w t) is 4 sin(w h / 2)^2 sin(w t), here
    with two joints, of which one is still: the median over both is that of nothing but zeros and
    the lower half.
    """
    keypoints = swinging(2)
    keypoints[:, 16] = keypoints[:, 13] + 5.0
    top = 0.1 * 4 * math.sin(math.pi * 2 * 0.04) ** 2 / 0.04**2
    assert top_acceleration(body(keypoints), 100) == pytest.approx(top * math.sqrt(0.5), rel=0.05)


def test_two_swings_a_second_are_plausible_and_ten_are_not():
    for hertz, found in ((2, 0), (10, 1)):
        keypoints = swinging(hertz)
        keypoints[:, 16] = keypoints[:, 13] + 5.0
        assert len(list(check_speed(body(keypoints), 100))) == found


def test_noise_is_no_motion():
    noise = 0.02 * 320 * torch.randn(400, 17, 2, generator=torch.Generator().manual_seed(0))
    person = body(straight(400) + noise)
    assert top_acceleration(person, 240) == 0
    assert list(check_speed(person, 240)) == []


def test_few_frames_per_second_and_few_frames_tell_nothing():
    keypoints = swinging(10)
    keypoints[:, 16] = keypoints[:, 13] + 5.0
    assert top_acceleration(body(keypoints), 50) == 0
    assert top_acceleration(body(keypoints[:8]), 100) == 0


def test_frames_that_are_missing_are_not_taken_for_others():
    keypoints = swinging(1)
    keypoints[:, 16] = keypoints[:, 13] + 5.0
    track = body(keypoints).track
    kept = torch.arange(0, 200, 9)
    sparse = replace(
        track,
        frames=track.frames[kept],
        keypoints_px=track.keypoints_px[kept],
        confidence=track.confidence[kept],
    )
    assert top_acceleration(Body(sparse), 100) == 0


def without(*missing, frames=200):
    kept = torch.tensor([row for row in range(frames) if row not in missing])
    track = body(straight(frames)).track
    parts = ("keypoints_px", "confidence")
    return Body(replace(track, frames=kept, **{p: getattr(track, p)[kept] for p in parts}))


@pytest.mark.parametrize(
    ("missing", "frames", "code"),
    [
        ((7,), 200, "skipped-frames"),
        ((7,), 20, "skipped-frames"),  # one may always be missing
        ((7, 8, 9, 50), 200, "skipped-frames"),
        ((7, 8, 9, 10), 200, "missing-frames"),  # too long
        ((7, 20, 33, 46, 59), 200, "missing-frames"),  # too many
        ((7, 9), 20, "missing-frames"),
        (tuple(range(1, 200, 2)), 200, "missing-frames"),  # every second
    ],
)
def test_a_few_short_gaps_are_a_remark(missing, frames, code):
    (finding,) = check_frames(without(*missing, frames=frames))
    assert finding.code == code
    assert (finding.severity == "fault") == (code == "missing-frames")
