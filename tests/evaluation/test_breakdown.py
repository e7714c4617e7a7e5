import math
from dataclasses import replace

import pytest
import torch
from support.clips import TOY
from torch.testing import assert_close

from posegcn import InputError, metrics
from posegcn.data import Clips
from posegcn.evaluation.breakdown import PARTS, breakdown, error_histogram
from posegcn.evaluation.measures import measure
from posegcn.evaluation.self_occlusion import hidden_joints
from posegcn.skeletons import H36M_16


@pytest.fixture(scope="module")
def test(synthetic):
    return synthetic.every(10).part("test")


@pytest.fixture(scope="module")
def predicted(test):
    generator = torch.Generator().manual_seed(0)
    truth = test.joints[test.targets]
    return metrics.root_relative(truth + 0.05 * torch.randn(truth.shape, generator=generator))


def means(parts):
    return {name: part.P1 for name, part in parts.items()}


@pytest.mark.parametrize("by", PARTS)
def test_parts_make_up_the_whole(test, predicted, by):
    parts = breakdown(predicted, test, by=by)
    total = sum(part.P1 * part.joints for part in parts.values())
    assert sum(part.joints for part in parts.values()) == predicted[..., 0].numel()
    whole = 1000 * metrics.mpjpe(predicted, test.joints[test.targets]).mean().item()
    assert total / predicted[..., 0].numel() == pytest.approx(whole, rel=1e-5)


def test_actions_and_joints_are_those_of_the_report(test, predicted):
    report = measure(predicted, test, {})
    actions, joints = (breakdown(predicted, test, by=by) for by in ("action", "joint"))
    assert {name: part.poses for name, part in actions.items()} == report.frames
    expected = {name: errors["P1"] for name, errors in report.actions.items()}
    assert means(actions) == pytest.approx(expected, rel=1e-5)
    assert means(joints) == pytest.approx(dict(report.joints), rel=1e-5)
    assert joints["hip"] == (0, len(predicted), len(predicted))


def test_subjects_by_hand():
    clips = [replace(clip, subject=subject) for clip, subject in zip(TOY, "BAB", strict=True)]
    clips = Clips.from_clips("toy", H36M_16, {}, clips)
    by_clip = torch.tensor([1.0] * 5 + [2.0] * 3 + [4.0] * 4)[:, None, None]
    parts = breakdown(
        clips.joints + by_clip / 1000 * torch.tensor([1.0, 0, 0]), clips, by="subject"
    )
    assert list(parts) == ["A", "B"]
    assert parts["A"] == (pytest.approx(2, rel=1e-3), 48, 3)
    assert parts["B"] == (pytest.approx((5 * 1 + 4 * 4) / 9, rel=1e-3), 144, 9)


def placed(depths):
    """The toy clips with their roots that far away, sideways too for the second clip."""
    roots = ([0.0, 0, depths[0]], [3.0, 0, depths[1]], [0.0, 0, depths[2]])
    clips = [
        replace(clip, root=torch.tensor(root).expand(len(clip), 3))
        for clip, root in zip(TOY, roots, strict=True)
    ]
    return Clips.from_clips("toy", H36M_16, {}, clips)


def test_depth_is_the_distance_of_the_root():
    """The second root is at 3, 4: five metres away."""
    clips = placed([4.5, 4.0, 9.99])
    parts = breakdown(clips.joints + 0.001, clips, by="depth")
    assert {name: part.poses for name, part in parts.items()} == {
        "4 to 5 m": 5,
        "5 to 6 m": 3,
        "9 to 10 m": 4,
    }
    assert means(parts) == pytest.approx(dict.fromkeys(parts, math.sqrt(3)), rel=1e-3)


def test_hidden_joints_are_those_of_absolute_poses(test, predicted):
    parts = breakdown(predicted, test, by="occlusion")
    joints = (test.joints + test.root[:, None])[test.targets]
    hidden = hidden_joints(joints, test.skeleton)
    errors = 1000 * metrics.joint_error(predicted, test.joints[test.targets])
    assert parts["hidden"].joints == hidden.sum() > 0
    assert parts["hidden"].poses == hidden.any(dim=1).sum()
    expected = {"visible": errors[~hidden].mean().item(), "hidden": errors[hidden].mean().item()}
    assert means(parts) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("by", ["depth", "occlusion"])
def test_a_root_behind_the_camera_is_refused(by):
    clips = placed([4.5, -4.0, 9.0])
    with pytest.raises(InputError, match="toy: a root is not before the camera"):
        breakdown(clips.joints, clips, by=by)


def test_only_targets_count():
    clips = TOY.targets_every(2)
    parts = breakdown(clips.joints[clips.targets] + 1, clips, by="action")
    assert {name: part.poses for name, part in parts.items()} == {"run": 2, "walk": 5}


def test_unknown_parts_and_other_shapes_are_refused():
    with pytest.raises(InputError, match="unknown part 'joints', did you mean 'joint'"):
        breakdown(TOY.joints, TOY, by="joints")
    for call in (lambda p: breakdown(p, TOY, by="joint"), lambda p: error_histogram(p, TOY)):
        with pytest.raises(InputError, match="one shape"):
            call(TOY.joints[:3])


def test_histogram_by_hand():
    """One joint of a pose is off by 33 mm times the number of the pose, the others are exact."""
    moved = TOY.joints.clone()
    moved[:, 5, 2] += 0.033 * torch.arange(12)
    found = error_histogram(moved, TOY, bin_mm=10, last_mm=100)
    assert found.edges_mm == [10 * edge for edge in range(11)]
    # Joints: 12 x 15 exact ones and that of pose 0; then 33, 66, 99 and eight of 132 mm or more.
    assert found.joints == [181, 0, 0, 1, 0, 0, 1, 0, 0, 1, 8]
    # Poses: 33 / 16 mm times the number of the pose.
    assert found.poses == [5, 5, 2, 0, 0, 0, 0, 0, 0, 0, 0]
    assert found.pose_quantiles == pytest.approx(
        {"median": 5.5 * 33 / 16, "90 %": 9.9 * 33 / 16, "95 %": 10.45 * 33 / 16}, rel=1e-3
    )
    assert found.joint_quantiles["median"] == pytest.approx(0, abs=1e-3)


def test_histogram_counts_every_joint_and_pose(test, predicted):
    found = error_histogram(predicted, test, bin_mm=5)
    assert (sum(found.poses), sum(found.joints)) == (len(predicted), 16 * len(predicted))
    errors = 1000 * metrics.joint_error(predicted, test.joints[test.targets])
    expected = errors.flatten().double().quantile(0.95)
    assert_close(torch.tensor(found.joint_quantiles["95 %"]).double(), expected, rtol=1e-4, atol=0)


def test_a_histogram_without_bins_is_refused():
    with pytest.raises(InputError, match="at most 300 mm, got 0"):
        error_histogram(TOY.joints, TOY, bin_mm=0)
