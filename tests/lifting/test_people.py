import pytest
import torch

from posegcn import InputError
from posegcn.keypoints import Track
from posegcn.lifting.people import in_single_pictures, scores, worth_lifting
from posegcn.skeletons import COCO_17


def person(name, frames, confidence):
    keypoints = torch.rand(len(frames), 17, 2) * 1000 + 1
    values = torch.full(keypoints.shape[:2], float(confidence))
    return Track(name, COCO_17, torch.tensor(frames), keypoints, values)


def test_the_score_is_the_mean_confidence_of_what_was_found():
    track = person("0", [0, 1], 0.8)
    track.confidence[0, :5] = 0
    track.confidence[0, 5] = 0.2
    track.confidence[1] = 0
    assert scores(track).tolist() == pytest.approx([(11 * 0.8 + 0.2) / 12, 0])


def test_people_of_little_confidence_are_left_out_of_several():
    real, false = person("a", [0, 1, 2], 0.9), person("b", [0, 1], 0.2)
    kept, left_out = worth_lifting([real, false])
    assert kept == [real]
    assert list(left_out) == ["b"]
    assert left_out["b"].startswith("its score, the mean confidence, is 0.20, and 0.3 is asked")
    assert worth_lifting([real, false], 0)[0] == [real, false]
    assert worth_lifting([false]) == ([false], {})
    with pytest.raises(InputError, match=r"nobody of 2 people has a score of 0.95, .* is 0.90: "):
        worth_lifting([real, false], 0.95)


def test_people_of_single_pictures_are_numbered_in_each():
    one, other = person("a", [3, 700, 900], 0.9), person("b", [3, 900], 0.8)
    false = person("c", [700], 0.1)
    people, left_out = in_single_pictures([other, one, false])
    assert left_out == 1
    assert [(p.person, p.frames.tolist()) for p in people] == [
        ("0", [3, 700, 900]),
        ("1", [3, 900]),
    ]
    assert torch.equal(people[0].keypoints_px[0], other.keypoints_px[0])
    assert torch.equal(people[0].keypoints_px[1], one.keypoints_px[1])
    assert torch.equal(people[1].keypoints_px, one.keypoints_px[[0, 2]])
    with pytest.raises(InputError, match="nobody in any picture has a score of 0.95"):
        in_single_pictures([one, other], 0.95)
