"""The diagnosis as a whole: order, summary, JSON, speed."""

import json
import time
from dataclasses import replace

import torch
from support.detected import change, seen

from posegcn.doctor import CODES, FAULT, REMARK, examine
from posegcn.doctor.diagnosis import percent


def test_summary_says_what_the_file_is():
    assert examine(seen("walk")).summary == {
        "file": "clip.npz",
        "format": "npz",
        "skeleton": "h36m_17",
        "people": 1,
        "frames": 150,
        "fps": 50.0,
        "image_size": list(seen("walk").image_size),
        "missing": 0.0,
        "sides_can_be_told": False,
    }
    assert examine(seen("turn", skeleton="coco_17")).summary["sides_can_be_told"]


def test_findings_come_in_the_order_of_the_codes():
    found = seen("walk", noise="video")
    keypoints = found.tracks[0].keypoints_px.clone()
    keypoints[50:80, 13], keypoints[10, 2] = 0.0, torch.nan
    found = change(found, keypoints_px=keypoints, fps=None, image_size=None)
    codes = [finding.code for finding in examine(found).findings]
    assert codes == sorted(codes, key=list(CODES).index)
    assert {"zeros-as-missing", "nan", "unknown-fps", "unknown-image-size"} <= set(codes)


def test_remarks_are_no_faults():
    diagnosis = examine(replace(seen("walk"), fps=None, image_size=None))
    assert diagnosis.faults == ()
    assert {finding.severity for finding in diagnosis.findings} == {REMARK}
    assert {severity for severity, _ in CODES.values()} == {FAULT, REMARK}


def test_json_holds_the_first_frame_and_their_number():
    found = seen("walk", noise="video")
    keypoints = found.tracks[0].keypoints_px.clone()
    keypoints[[7, 9], 3] = 0.0
    stored = json.loads(json.dumps(examine(change(found, keypoints_px=keypoints)).to_dict()))
    finding = stored["findings"][0]
    assert (finding["code"], finding["severity"]) == ("zeros-as-missing", "fault")
    assert finding["frames"] == {"first": 7, "count": 2}
    assert finding["joints"] == ["rfoot"]


def test_one_frame_is_enough():
    found = seen("walk")
    track = found.tracks[0]
    alone = replace(
        track,
        frames=track.frames[:1],
        keypoints_px=track.keypoints_px[:1],
        confidence=track.confidence[:1],
    )
    assert examine(replace(found, tracks=(alone,))).faults == ()


def test_ten_thousand_frames_take_less_than_a_second():
    track = seen("walk", noise="video").tracks[0]
    keypoints = track.keypoints_px.repeat(67, 1, 1)[:10_000]
    long = replace(
        track,
        frames=torch.arange(10_000),
        keypoints_px=keypoints + torch.rand(keypoints.shape),
        confidence=torch.full((10_000, 17), 0.9),
    )
    found = replace(seen("walk"), tracks=(long,))
    examine(found)
    began = time.process_time()
    examine(found)
    assert time.process_time() - began < 1.0


def test_percentages_are_never_a_false_none_or_all():
    assert [percent(x) for x in (0.0, 0.001, 0.5, 0.999, 1.0)] == [
        "0 %",
        "less than 1 %",
        "50 %",
        "99 %",
        "100 %",
    ]
