import pytest
import torch

from posegcn.baselines import mean_pose, ridge
from posegcn.data import Clip, Clips
from posegcn.evaluation import evaluate
from posegcn.skeletons import H36M_16

SUBJECTS = {"train": ("A",), "validation": ("B",), "test": ("C",)}


def p1(model, clips):
    return evaluate(model, clips, device="cpu").pooled["P1"]


def linear_clips():
    """Joints that are a linear function of the root-relative keypoints, exactly."""
    generator = torch.Generator().manual_seed(0)
    linear = torch.randn(32, 48, generator=generator)
    linear[:, :3] = 0

    def clip(subject):
        keypoints = torch.randn(200, 16, 2, generator=generator)
        relative = (keypoints - keypoints[:, :1]).flatten(1)
        joints = (relative @ linear).view(200, 16, 3)
        return Clip(subject, "walk", "camera0", (1000, 1000), keypoints, joints, joints[:, 0])

    return Clips.from_clips("toy", H36M_16, SUBJECTS, map(clip, "ABC")).split()


def test_ridge_solves_a_linear_problem_and_the_mean_does_not():
    train, validation, test = linear_clips()
    model = ridge(train, validation)
    assert p1(model, test) < 1
    assert model.penalty == 1e-3
    assert p1(mean_pose(train), test) > 1000


def test_mean_pose_is_the_mean(synthetic):
    train, _, _ = synthetic.split()
    lifted = mean_pose(train)(torch.randn(3, 16, 2))
    torch.testing.assert_close(lifted, train.joints.mean(dim=0).expand(3, 16, 3))


def test_synthetic_motion_is_a_real_lifting_problem(synthetic):
    """As hard for a linear map as CMU motion, where the two leave 213 and 90 mm."""
    train, validation, test = synthetic.split()
    assert p1(mean_pose(train), test) == pytest.approx(234, abs=2)
    assert p1(ridge(train, validation), test) == pytest.approx(90, abs=2)
