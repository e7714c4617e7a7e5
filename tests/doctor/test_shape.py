"""How far bodies reach to the side, and up and down."""

import pytest
import torch
from support.bodies import body
from support.detected import change, seen
from support.planting import scaled

from posegcn.doctor.body import Body
from posegcn.doctor.shape import BONES, FEWEST_WIDTH_FRAMES, TRUNK, check_width
from posegcn.skeletons import H36M_17

# A person seen from the front, legs 100 high: arms hang, shoulders and hips are as wide as usual.
FRONT = {
    "hip": (0, 0),
    "rhip": (-12.5, 0),
    "rknee": (-12.5, 49),
    "rfoot": (-12.5, 100),
    "lhip": (12.5, 0),
    "lknee": (12.5, 49),
    "lfoot": (12.5, 100),
    "spine": (0, -30),
    "thorax": (0, -62),
    "neck_nose": (0, -75),
    "head": (0, -90),
    "lshoulder": (22.5, -62),
    "lelbow": (22.5, -26),
    "lwrist": (22.5, 10),
    "rshoulder": (-22.5, -62),
    "relbow": (-22.5, -26),
    "rwrist": (-22.5, 10),
}


def standing(frames=60, **places):
    joints = torch.tensor([(FRONT | places)[name] for name in H36M_17.joints])
    return joints.float().repeat(frames, 1, 1) + 500


def proportions(keypoints):
    found = [finding.sentence for finding in check_width(body(keypoints))]
    return found[0].split("reach ")[1].split(" times")[0] if found else None


def test_reach_by_hand():
    """Shoulders and hips reach 1, arms and legs nothing; of four, two: 0.5. Up and down all 1."""
    wide, narrow = torch.tensor([4.0, 1.0]), torch.tensor([0.7, 1.0])
    assert proportions(standing()) is None
    assert proportions((standing() - 500) * wide + 500) == "2.0"
    assert proportions((standing() - 500) * narrow + 500) == "0.3"
    assert proportions(standing(FEWEST_WIDTH_FRAMES - 1) * narrow) is None


def test_arms_that_are_held_out_do_not_make_a_body_wide():
    places = {"lelbow": (58.5, -62), "lwrist": (94.5, -62)}
    places |= {"relbow": (-58.5, -62), "rwrist": (-94.5, -62)}
    assert proportions(standing(**places)) is None


def test_lengths_are_those_of_legs():
    assert BONES["hip", "knee"] + BONES["knee", "ankle"] == pytest.approx(1)
    assert 0.5 < TRUNK < 0.8


def test_who_lies_is_not_stretched():
    lying = standing().flip(-1)
    assert proportions(lying) is None


@pytest.mark.parametrize("factor", [3.2, 1 / 3.2])
def test_missing_joints_do_not_hide_it(factor):
    found = scaled(factor, 1)(seen("walk", noise="video"))
    keypoints = found.tracks[0].keypoints_px.clone()
    keypoints[::3, 13] = torch.nan
    found = change(found, keypoints_px=keypoints)
    assert [f.code for f in check_width(Body(found.tracks[0]))] == ["stretched"]
