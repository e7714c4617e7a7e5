import numpy as np
import pytest
import torch
from torch.testing import assert_close

from posegcn import metrics
from posegcn.data import open_source
from posegcn.data.synthetic import SUBJECTS, bone_lengths, motion
from posegcn.data.synthetic.actions import ACTIONS
from posegcn.data.synthetic.body import BONES, DEGREE, LIMITS, forward_kinematics, limit
from posegcn.skeletons import H36M_16, H36M_17

every_action = pytest.mark.parametrize("action", ACTIONS)


def stand(frames=1, **angles):
    """A body of unit proportions with some angles in degrees."""
    degrees = {name: torch.full((frames,), value * DEGREE) for name, value in angles.items()}
    joints = forward_kinematics(degrees, BONES, torch.zeros(frames, 2), torch.zeros(frames))
    return dict(zip(H36M_17.joints, joints[0], strict=True))


def test_size_and_make_up(synthetic):
    assert len({clip.subject for clip in synthetic}) == 7
    assert len(synthetic.actions) == 15
    assert synthetic.num_frames > 80_000
    assert {clip.camera for clip in synthetic} == {f"camera{i}" for i in range(4)}
    assert synthetic.skeleton is H36M_16


def test_same_seed_same_data_to_the_last_bit(synthetic):
    assert open_source("synthetic").fingerprint() == synthetic.fingerprint()
    assert open_source("synthetic", seed=1).fingerprint() != synthetic.fingerprint()


def test_subjects_have_their_own_symmetric_constant_bones(synthetic):
    thighs = set()
    for clip in synthetic:
        lengths = metrics.bone_lengths(clip.joints, H36M_16)
        assert_close(lengths, lengths[:1].expand_as(lengths), rtol=0, atol=1e-5)
        assert metrics.symmetry_error(clip.joints, H36M_16).max() < 1e-5
        thighs.add((clip.subject, round(lengths[0, 1].item(), 3)))
    assert len(thighs) == 7


@every_action
def test_motion_is_smooth_and_stands_on_the_floor(action):
    joints = motion(action, bone_lengths(np.random.default_rng(0)), seed=0)
    acceleration = joints.diff(n=2, dim=0) * 50**2
    assert acceleration.norm(dim=-1).max() < 250  # metres per second squared; a sprint has 200
    feet = joints[:, [H36M_17.index("lfoot"), H36M_17.index("rfoot")], 2].amin(dim=1)
    assert (feet > 0.07).all()
    assert action in ("jump", "run") or (feet < 0.12).all()


def test_actions_differ():
    """The nearest of the other persons' mean postures names the action far above chance."""

    def features(joints):
        pose = metrics.root_relative(joints)
        heading = pose[:, H36M_17.index("rhip"), :2]
        angle = torch.atan2(heading[:, 1], heading[:, 0])
        c, s = angle.cos(), angle.sin()
        turn = torch.stack([torch.stack([c, s], -1), torch.stack([-s, c], -1)], -2)
        facing = torch.cat([pose[..., :2] @ turn.mT, pose[..., 2:]], dim=-1)
        speed = joints.diff(dim=0).norm(dim=-1)
        return torch.cat([facing.mean(0).flatten(), facing.std(0).flatten(), 10 * speed.mean(0)])

    persons = [
        torch.stack(
            [
                features(motion(action, bone_lengths(np.random.default_rng(p)), 100 * p + k))
                for k, action in enumerate(ACTIONS)
            ]
        )
        for p in range(6)
    ]
    correct = 0
    for p, own in enumerate(persons):
        others = torch.stack(persons[:p] + persons[p + 1 :]).mean(dim=0)
        correct += (torch.cdist(own, others).argmin(dim=1) == torch.arange(15)).sum().item()
    assert correct / (6 * 15) > 0.5  # chance is 1 in 15


def test_limits_hold_and_are_smooth():
    for name, (low, high) in LIMITS.items():
        wild = torch.linspace(low - 60, high + 60, 2000, dtype=torch.float64) * DEGREE
        kept = limit(name, wild) / DEGREE
        assert kept.min() > low - 2
        assert kept.max() < high + 2
        assert (kept.diff() > -1e-9).all()
        middle = torch.tensor([(low + high) / 2 * DEGREE], dtype=torch.float64)
        assert_close(limit(name, middle), middle, rtol=0, atol=0.05)


def test_forward_kinematics_by_hand():
    pose = stand()
    assert pose["head"][2] > pose["thorax"][2] > pose["hip"][2] > pose["rknee"][2]
    assert pose["rshoulder"][0] > 0 > pose["lshoulder"][0]  # facing y, the right is towards x
    raised = stand(rshoulder_flex=90)
    assert raised["relbow"][1] - raised["rshoulder"][1] == pytest.approx(BONES["elbow"], abs=0.01)
    aside = stand(lshoulder_abduct=90)
    assert aside["lshoulder"][0] - aside["lelbow"][0] == pytest.approx(BONES["elbow"], abs=0.01)
    seated = stand(lhip_flex=90, lknee_flex=90, rhip_flex=90, rknee_flex=90)
    assert seated["lknee"][1] - seated["lhip"][1] == pytest.approx(BONES["knee"], abs=0.01)
    assert seated["lknee"][2] - seated["lfoot"][2] == pytest.approx(BONES["foot"], abs=0.01)
    bowed = stand(spine_flex=80)
    assert bowed["head"][1] > pose["head"][1] + 0.2


def test_splits_hold_all_subjects(synthetic):
    train, validation, test = synthetic.split()
    assert [len({clip.subject for clip in part}) for part in (train, validation, test)] == [4, 1, 2]
    assert sum(map(len, SUBJECTS.values())) == 7


def test_noisy_keypoints_differ_and_joints_do_not(synthetic):
    noisy = open_source("synthetic:noisy")
    assert torch.equal(noisy.joints, synthetic.joints)
    assert 0.002 < (noisy.keypoints - synthetic.keypoints).norm(dim=-1).median() < 0.02
