"""What the doctor finds on captured motion of people on whom nothing was tuned.

24 clips, one of each recording of the test subjects of CMU, 50 to 300 frames each, seen by one of
four cameras: joints of Human3.6M and keypoints of COCO, exact and as an emulated detector finds
them on video. ``FOUND`` is the number of clips in which each planted fault is found, under its
code; the limits of the checks come from the other subjects and from synthetic motion.
"""

import os

import pytest
import torch
from support.captured import KINDS, all_captured
from support.detected import change
from support.planting import (
    exchange,
    freeze,
    from_row,
    jump,
    keypoints,
    mirror,
    mirror_in,
    order,
    put,
    scaled,
)
from support.rewritten import holder, through

from posegcn.doctor import examine
from posegcn.doctor.body import pair_of
from posegcn.skeletons import get_skeleton

pytestmark = pytest.mark.skipif("POSEGCN_CMU" not in os.environ, reason="POSEGCN_CMU is not set")
CLIPS = 24
SOME = tuple(range(20, 35))
PORTRAIT = 1920 / 608  # a film of 1080 x 1920 taken for one of 1920 x 1080


def swapped(one, other):
    def plant(found):
        pairs = zip(
            *(pair_of(found.tracks[0].skeleton, part) for part in (one, other)), strict=True
        )
        joints = found.tracks[0].skeleton.joints
        return order(exchange(*((joints[a], joints[b]) for a, b in pairs)))(found)

    return plant


def left(part, fault, *arguments):
    def plant(found):
        skeleton = found.tracks[0].skeleton
        return fault(skeleton.joints[pair_of(skeleton, part)[0]], *arguments)(found)

    return plant


def another_skeleton(found):
    other = {"h36m_17": "coco_17", "coco_17": "h36m_17"}[found.tracks[0].skeleton.name]
    return change(found, skeleton=get_skeleton(other))


# Fault: what does it, its code, and how many clips have it found of exact, video, coco, coco_video.
FOUND = {
    "elbows and wrists exchanged": (swapped("elbow", "wrist"), "joint-order", (21, 17, 20, 17)),
    "knees and ankles exchanged": (swapped("knee", "ankle"), "joint-order", (22, 22, 22, 23)),
    "joints from last to first": (
        order(lambda skeleton: reversed(range(17))),
        "joint-order",
        (24, 23, 24, 24),
    ),
    "another skeleton": (another_skeleton, "joint-order", (24, 24, 24, 24)),
    "3.2 times too wide": (scaled(PORTRAIT, 1), "stretched", (24, 24, 24, 24)),
    "3.2 times too narrow": (scaled(1 / PORTRAIT, 1), "stretched", (23, 23, 23, 23)),
    "2 times too wide": (scaled(2, 1), "stretched", (0, 3, 2, 6)),
    "2 times too narrow": (scaled(0.5, 1), "stretched", (2, 3, 0, 1)),
    "a foot jumps by 290 px": (left("ankle", jump, (40,)), "jumping-joints", (24, 24, 24, 24)),
    "a wrist jumps by 150 px": (
        left("wrist", jump, (40,), (-150.0, 0.0)),
        "jumping-joints",
        (20, 18, 21, 20),
    ),
    "a knee jumps by 150 px": (
        left("knee", jump, (40,), (150.0, 0.0)),
        "jumping-joints",
        (22, 18, 23, 23),
    ),
    "a wrist is frozen": (left("wrist", freeze, range(15, 45)), "frozen-joints", (21, 24, 21, 24)),
    "frames per second times 10": (
        lambda found: change(found, fps=500.0),
        "implausible-speed",
        (24, 24, 24, 24),
    ),
    "frames per second times 5": (
        lambda found: change(found, fps=250.0),
        "implausible-speed",
        (20, 22, 21, 22),
    ),
    "frames per second times 2": (
        lambda found: change(found, fps=100.0),
        "implausible-speed",
        (5, 8, 6, 9),
    ),
    "sides exchanged": (order(mirror()), "swapped-sides", (0, 0, 24, 24)),
    "sides of the legs exchanged": (
        order(mirror(("hip", "knee", "foot", "ankle"))),
        "swapped-sides",
        (24, 24, 24, 24),
    ),
    "sides exchanged in 15 frames": (mirror_in(SOME), "swapped-frames", (24, 24, 24, 24)),
    "sides of the arms in 15 frames": (
        mirror_in(SOME, ("shoulder", "elbow", "wrist")),
        "swapped-frames",
        (24, 23, 24, 24),
    ),
    "y counts upwards": (
        keypoints(lambda k: torch.tensor([0, 1000.0]) - k * torch.tensor([-1, 1])),
        "upside-down",
        (24, 24, 24, 24),
    ),
    "over to another body": (from_row(25, 260.0, 15.0), "identity-switch", (24, 24, 24, 24)),
    "the video hangs": (
        keypoints(lambda k: put(k, SOME, range(17), k[19].clone())),
        "repeated-frames",
        (24, 24, 24, 24),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FOUND)
def test_as_many_planted_faults_are_found_as_the_table_says(name, kind):
    plant, code, expected = FOUND[name]
    confidence = "falling" if kind.startswith("coco") else "constant"
    codes = [
        {finding.code for finding in examine(plant(found)).faults}
        for _, found in all_captured("test", kind, confidence)
    ]
    assert len(codes) == CLIPS
    assert sum(code in found for found in codes) >= expected[list(KINDS).index(kind)]


@pytest.mark.parametrize(
    ("kind", "confidence"),
    [(kind, "constant") for kind in KINDS]
    + [(kind, c) for kind in ("coco", "coco_video") for c in ("confident", "falling")],
)
def test_clean_files_have_no_fault(kind, confidence, tmp_path):
    clips = list(all_captured("test", kind, confidence))
    assert len(clips) == CLIPS
    for row, found in clips:
        form = holder(found.tracks[0].skeleton.name, row)
        diagnosis = examine(through(found, tmp_path / str(row), form))
        assert [finding.code for finding in diagnosis.faults] == [], (row, form)
