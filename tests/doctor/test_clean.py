"""Nothing is wrong with clean files, whatever people do and however noisy the detector is."""

import os
from dataclasses import replace

import pytest
import torch
from support.detected import change, detections, seen
from support.keypoint_files import SKELETONS_OF
from support.rewritten import holder, through

from posegcn.camera import denormalise_image
from posegcn.data import open_source
from posegcn.doctor import examine

CLEAN = [
    *(("h36m_17", "exact", "P1", a, 0) for a in ("walk", "crouch", "sit_and_talk", "balance")),
    *(("h36m_17", "video", "P2", a, 1) for a in ("run", "jump", "sit_down", "kick")),
    *(("h36m_16", "noisy", "P3", a, 2) for a in ("reach", "pick_up", "turn", "throw")),
    *(("h36m_16", "video", "P4", a, 3) for a in ("wave", "point", "stretch", "walk")),
    *(("coco_17", "exact", "P5", a, 0) for a in ("run", "crouch", "turn", "balance")),
    *(("coco_17", "video", "P6", a, 1) for a in ("walk", "jump", "sit_down", "pick_up")),
    *(("coco_17", "noisy", "P7", a, 2) for a in ("wave", "kick", "throw", "stretch")),
    *(("h36m_17", "noisy", "P7", a, 3) for a in ("crouch", "jump")),
    *(("mediapipe_33", "video", "P1", a, 2) for a in ("walk", "sit_down", "kick")),
    *(("openpose_25", "video", "P3", a, 0) for a in ("run", "reach")),
    *(("coco_18", "noisy", "P4", a, 1) for a in ("turn", "crouch")),
    *(("halpe_26", "exact", "P6", a, 3) for a in ("throw", "balance")),
]

# The recording itself stands still at its end: the doctor is right.
HELD = {("C06", "ball_sport"): ["repeated-frames"]}


def codes(diagnosis):
    return [finding.code for finding in diagnosis.faults]


@pytest.mark.parametrize("number", range(len(CLEAN)))
def test_clean_files_have_no_fault(number, tmp_path):
    """In the file of a detector that can hold them."""
    skeleton, noise, subject, action, camera = CLEAN[number]
    found = seen(action, subject, camera, noise=noise, skeleton=skeleton)
    assert codes(examine(through(found, tmp_path, form_of(number)))) == []


def form_of(number):
    return holder(CLEAN[number][0], number)


def test_there_are_many_in_nearly_every_format():
    assert len(set(CLEAN)) >= 30
    assert {form_of(number) for number in range(len(CLEAN))} == set(SKELETONS_OF) - {
        "coco_annotations"  # they say nothing of faces; planted faults go through them
    }


@pytest.mark.parametrize("fps", [10, 25])
def test_fewer_frames_per_second_are_no_fault(fps):
    found = seen("run", "P2", 1, noise="video")
    track = found.tracks[0]
    rows = slice(None, None, 50 // fps)
    slower = replace(
        track,
        frames=torch.arange(len(track.frames[rows])),
        keypoints_px=track.keypoints_px[rows],
        confidence=track.confidence[rows],
    )
    assert codes(examine(replace(found, tracks=(slower,), fps=float(fps)))) == []


def test_whole_pixels_are_no_fault():
    found = seen("walk", noise="video")
    rounded = found.tracks[0].keypoints_px.round()
    assert codes(examine(change(found, keypoints_px=rounded))) == []


def test_keypoints_missing_here_and_there_are_a_remark():
    found = seen("walk", noise="video")
    keypoints = found.tracks[0].keypoints_px.clone()
    generator = torch.Generator().manual_seed(0)
    keypoints[torch.rand(keypoints.shape[:2], generator=generator) < 0.1] = torch.nan
    diagnosis = examine(change(found, keypoints_px=keypoints, confidence=torch.ones(150, 17)))
    assert codes(diagnosis) == []
    assert "missing-keypoints" in [finding.code for finding in diagnosis.findings]
    assert 0.08 < diagnosis.summary["missing"] < 0.12


@pytest.mark.skipif("POSEGCN_CMU" not in os.environ, reason="POSEGCN_CMU is not set")
@pytest.mark.parametrize("kind", ["exact", pytest.param("coco_video", marks=pytest.mark.slow)])
def test_captured_motion_has_no_fault(kind):
    """Two clips of each action, from cartwheels to climbing."""
    source = open_source(f"cmu:{os.environ['POSEGCN_CMU']}:{kind}", skeleton="h36m_17")
    train = source.part("train")
    chosen = {}
    for clip in train:
        chosen.setdefault((clip.action, clip.subject), []).append(clip)
    for clips in chosen.values():
        for clip in [c for c in clips if len(c) >= 50][::9][:2]:
            keypoints = denormalise_image(clip.keypoints, clip.image_size)
            confidence = torch.full(keypoints.shape[:-1], 0.9)
            found = detections(keypoints, confidence, train.keypoint_skeleton, clip.image_size)
            allowed = HELD.get((clip.subject, clip.action), [])
            assert set(codes(examine(found))) <= set(allowed), (clip.subject, clip.action)
