import json

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support import parity
from torch.testing import assert_close

from posegcn import InputError, metrics
from posegcn.skeletons import H36M_16, H36M_17, MPI_INF_3DHP_17

seeds = st.integers(0, 10_000)


def poses(seed, count=4, joints=17, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(2, count, joints, 3, generator=generator, dtype=dtype)


def rotation(seed):
    matrix, _ = torch.linalg.qr(poses(seed, 1, 3)[0, 0])
    return matrix * torch.linalg.det(matrix).sign()


@pytest.mark.parametrize("joints", ["j16", "j17"])
def test_single_frame_losses(joints):
    reference = parity.tensors(parity.load("single_frame/functions/losses"), joints, torch.float64)
    predicted, target = reference["pred"], reference["target"]
    tight = {"rtol": 1e-6, "atol": 0}
    assert_close(metrics.mpjpe(predicted, target).mean(), reference["mpjpe"], **tight)
    weighted = reference["weights"] * metrics.joint_error(predicted, target)
    assert_close(weighted.mean(), reference["weighted_mpjpe"], **tight)
    each = metrics.p_mpjpe(predicted, target)
    assert_close(each, reference["p_mpjpe_each_f64"], rtol=1e-9, atol=1e-9)
    assert_close(each.mean(), reference["p_mpjpe"], **tight)
    in_single = metrics.p_mpjpe(predicted.float(), target.float()).double()
    assert_close(in_single, reference["p_mpjpe_each"], rtol=1e-5, atol=1e-6)
    assert_close(metrics.n_mpjpe(predicted, target).mean(), reference["n_mpjpe"], **tight)
    velocity = metrics.mpjve(predicted, target).mean()
    assert_close(velocity, reference["mean_velocity_error"], **tight)


def test_temporal_metrics():
    arrays = parity.load("temporal/metrics")
    del arrays["meta"]
    r = {name: torch.from_numpy(value).double() for name, value in arrays.items()}
    predicted, target = r["pred"], r["target"]
    tight = {"rtol": 1e-6, "atol": 0}
    assert_close(metrics.mpjpe(predicted, target).mean(), r["mpjpe"], **tight)
    weighted = r["weighted/w"][..., 0] * metrics.joint_error(predicted, target)
    assert_close(weighted.mean(), r["weighted_mpjpe"], **tight)
    each = metrics.p_mpjpe(predicted, target)
    assert_close(each, r["p_mpjpe_per_frame_f64"], rtol=1e-9, atol=1e-9)
    assert_close(each.mean(), r["p_mpjpe_f64"], rtol=1e-9, atol=0)
    assert_close(metrics.n_mpjpe(predicted, target).mean(), r["n_mpjpe"], **tight)
    assert_close(metrics.mpjve(predicted, target).mean(), r["mean_velocity_error"], **tight)


def test_by_hand():
    target = torch.zeros(2, 3, 3)
    predicted = target.clone()
    predicted[0, 0] = torch.tensor([3.0, 4.0, 0.0])
    assert_close(metrics.joint_error(predicted, target)[0], torch.tensor([5.0, 0, 0]))
    assert_close(metrics.mpjpe(predicted, target), torch.tensor([5 / 3, 0]))
    assert_close(metrics.mpjve(predicted, target), torch.tensor([5 / 3]))


@given(seeds)
def test_procrustes_undoes_any_similarity(seed):
    target, shift = poses(seed)
    moved = 1.7 * target @ rotation(seed).mT + shift[..., :1, :]
    assert_close(metrics.procrustes(moved, target), target)
    assert_close(metrics.p_mpjpe(moved, target), torch.zeros(4, dtype=torch.float64))


@given(seeds)
def test_procrustes_does_not_mirror(seed):
    target, _ = poses(seed)
    mirrored = target * torch.tensor([-1, 1, 1], dtype=torch.float64)
    assert (metrics.p_mpjpe(mirrored, target) > 0.1).all()


@given(seeds)
def test_p_mpjpe_is_invariant_and_below_in_squares(seed):
    predicted, target = poses(seed)
    turned = 0.4 * predicted @ rotation(seed).mT + 2
    assert_close(metrics.p_mpjpe(turned, target), metrics.p_mpjpe(predicted, target))
    aligned = metrics.procrustes(predicted, target)
    before = (predicted - target).square().sum(dim=(-2, -1))
    assert ((aligned - target).square().sum(dim=(-2, -1)) <= before + 1e-9).all()


@given(seeds, st.floats(0.1, 10))
def test_n_mpjpe_ignores_scale(seed, scale):
    predicted, target = poses(seed)
    assert_close(metrics.n_mpjpe(scale * predicted, target), metrics.n_mpjpe(predicted, target))


@given(seeds)
def test_rotating_both_changes_nothing(seed):
    predicted, target = poses(seed)
    turn = rotation(seed).mT
    for measure in (metrics.mpjpe, metrics.n_mpjpe, metrics.p_mpjpe, metrics.mpjve):
        assert_close(measure(predicted @ turn, target @ turn), measure(predicted, target))
    assert_close(
        metrics.bone_length_error(predicted @ turn, target, H36M_17),
        metrics.bone_length_error(predicted, target, H36M_17),
    )


@given(seeds)
@settings(max_examples=20)
def test_constant_velocity_has_no_acceleration_error(seed):
    start, velocity = poses(seed, count=1)
    moving = start + torch.arange(6.0, dtype=torch.float64)[:, None, None] * velocity
    still = torch.zeros_like(moving)
    zero = torch.zeros(4, dtype=torch.float64)
    assert_close(metrics.acceleration_error(moving, still), zero, atol=1e-12, rtol=0)
    assert_close(metrics.mpjve(moving, moving + 1), torch.zeros(5, dtype=torch.float64))


def test_collapsed_prediction_stays_finite():
    _, target = poses(0)
    collapsed = torch.zeros_like(target)
    centred = target - target.mean(dim=-2, keepdim=True)
    assert_close(metrics.p_mpjpe(collapsed, target), centred.norm(dim=-1).mean(dim=-1))
    assert_close(metrics.n_mpjpe(collapsed, target), target.norm(dim=-1).mean(dim=-1))


def test_bones_and_symmetry():
    joints = torch.zeros(16, 3)
    joints[H36M_16.index("lfoot"), 2] = 0.3
    lengths = dict(zip(H36M_16.bones, metrics.bone_lengths(joints, H36M_16).tolist(), strict=True))
    foot, knee = H36M_16.index("lfoot"), H36M_16.index("lknee")
    assert lengths[foot, knee] == pytest.approx(0.3)
    assert sum(lengths.values()) == pytest.approx(0.3)
    # One of the six mirrored pairs differs by 0.3.
    assert metrics.symmetry_error(joints, H36M_16).item() == pytest.approx(0.3 / 6)


def displaced(errors_mm):
    """Joints that far from where they should be, to the last bit: one is at a threshold."""
    predicted = torch.zeros(*errors_mm.shape, 3, dtype=torch.float64)
    predicted[..., 1] = torch.from_numpy(errors_mm) / 1000
    return predicted, torch.zeros_like(predicted)


def test_pck_and_auc_of_3dhp():
    arrays = parity.load("temporal/metrics_3dhp")
    meta = json.loads(str(arrays["meta"]))
    groups = metrics.pck_groups(MPI_INF_3DHP_17)
    assert [sorted(joints) for joints in groups.values()] == [
        meta["groups"][group] for group in meta["group_order"]
    ]
    frames = []
    for number in range(1, 7):
        r = {name: arrays[f"TS{number}/{name}"] for name in ("pck", "auc", "mpjpe")}
        predicted, target = displaced(arrays[f"TS{number}/errors_mm"])
        found = {
            "pck": metrics.pck(predicted, target, MPI_INF_3DHP_17),
            "auc": metrics.auc(predicted, target, MPI_INF_3DHP_17),
            "mpjpe": 1000 * metrics.mpjpe(predicted, target),
        }
        for name, values in found.items():
            assert values.mean().item() == pytest.approx(r[name].item(), rel=1e-9)
        for measure in (metrics.pck, metrics.auc):
            table = [measure(predicted, target, joints).mean() for joints in groups.values()]
            expected = torch.from_numpy(arrays[f"TS{number}/{measure.__name__}_groups"])
            assert_close(torch.stack(table), expected, rtol=1e-9, atol=0)
        frames.append(torch.stack([found[name] for name in ("mpjpe", "pck", "auc")]))
    final = torch.cat(frames, dim=1).mean(dim=1)
    assert_close(final, torch.from_numpy(arrays["final_frame_weighted"]), rtol=1e-9, atol=0)


def test_pck_and_auc_by_hand():
    target = torch.zeros(2, 4, 3)
    predicted = target.clone()
    # Joint 3 does not count, and a joint at the threshold is wrong.
    predicted[0, :, 0] = torch.tensor([0.0, 0.25, 0.0625, 9.0])
    joints = [0, 1, 2]
    assert_close(metrics.pck(predicted, target, joints, 0.25), torch.tensor([200 / 3, 100]))
    assert_close(metrics.pck(predicted, target, joints, 0.26), torch.tensor([100.0, 100]))
    # Below the 30 thresholds from 5 mm, below none, below the 18 from 65 mm.
    share = torch.tensor([(30 + 0 + 18) / (3 * 31), 30 / 31])
    assert_close(metrics.auc(predicted, target, joints), 100 * share)


def test_pck_of_another_skeleton_needs_a_list_of_joints():
    predicted, target = poses(0)
    with pytest.raises(InputError, match="skeleton 'h36m_17' has no joint 'head_top'"):
        metrics.pck(predicted, target, H36M_17)
    assert metrics.pck(predicted[None], target[None], range(14)).shape == (1, 4)


def test_shapes_must_agree():
    with pytest.raises(InputError, match=r"got \(2, 17, 3\) and \(2, 16, 3\)"):
        metrics.mpjpe(torch.zeros(2, 17, 3), torch.zeros(2, 16, 3))
