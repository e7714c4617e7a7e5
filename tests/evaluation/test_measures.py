import pytest
import torch
from support import parity
from support.clips import TOY
from torch.testing import assert_close

from posegcn import InputError, metrics
from posegcn.data import Clip, Clips
from posegcn.evaluation.measures import measure
from posegcn.skeletons import H36M_16, H36M_17, MPI_INF_3DHP_17


def test_measures_by_action_pooled_and_by_joint():
    predicted = torch.randn(12, 16, 3, generator=torch.Generator().manual_seed(4))
    report = measure(predicted, TOY, {})
    assert report.frames == {"walk": 9, "run": 3}
    each = 1000 * metrics.mpjpe(predicted, TOY.joints)
    walk = torch.cat([each[:5], each[8:]]).mean().item()
    assert report.actions["walk"]["P1"] == pytest.approx(walk)
    assert report.actions["run"]["P1"] == pytest.approx(each[5:8].mean().item())
    assert report.pooled["P1"] == pytest.approx(each.mean().item())
    assert report.mean["P1"] == pytest.approx((walk + each[5:8].mean().item()) / 2)
    wrist = H36M_16.index("lwrist")
    errors = 1000 * metrics.joint_error(predicted, TOY.joints)[:, wrist]
    assert report.joints["lwrist"] == pytest.approx(errors.mean().item(), rel=1e-5)


def test_velocity_does_not_cross_clips():
    predicted = TOY.joints + torch.tensor([0.0] * 5 + [1.0] * 3 + [2.0] * 4)[:, None, None]
    assert measure(predicted, TOY, {}).pooled["MPJVE"] == pytest.approx(0, abs=1e-3)


def test_errors_by_action_equal_the_public_code_where_it_does_not_mix_them():
    """In a batch of several actions, the public code gives every pose the mean P2 of the batch."""
    arrays = parity.load("single_frame/functions/benchmark")
    predicted, target = (torch.from_numpy(arrays[f"acc/{key}"])[:, 0] for key in ("pred", "target"))
    actions = [action.split()[0] for action in arrays["acc/action"].tolist()]
    clips = Clips.from_clips(
        "toy",
        H36M_17,
        {},
        [
            Clip(
                "A", action, "camera0", (1000, 1000), joints[None, :, :2], joints[None], joints[:1]
            )
            for action, joints in zip(actions, target, strict=True)
        ],
    )
    each = torch.from_numpy(arrays["acc/p_mpjpe_each"])
    assert_close(metrics.p_mpjpe(predicted, target).double(), each.double(), rtol=0, atol=1e-6)
    errors = measure(predicted, clips, {}).actions
    mixed = arrays["acc/result_mixed_batch_p1_p2"]
    for action, (p1, p2) in zip(("Walking", "Sitting", "Eating"), mixed.tolist(), strict=True):
        chosen = [index for index, name in enumerate(actions) if name == action]
        assert errors[action]["P1"] == pytest.approx(1000 * p1, rel=1e-5)
        assert errors[action]["P2"] == pytest.approx(1000 * each[chosen].mean().item(), rel=1e-5)
        assert p2 == pytest.approx(each.mean().item(), rel=1e-5)
    together = [
        metric(predicted, target).mean().item() for metric in (metrics.mpjpe, metrics.p_mpjpe)
    ]
    assert together == pytest.approx(arrays["acc/result_single_action_p1_p2"].tolist(), rel=1e-5)


def moving(subject, action, frames, seed, skeleton=H36M_16, valid=None):
    generator = torch.Generator().manual_seed(seed)
    size = skeleton.num_joints
    joints = torch.randn(frames, size, 3, generator=generator)
    joints = joints - joints[:, skeleton.root, None]
    keypoints = joints[..., :2]
    root = joints[:, skeleton.root]
    return Clip(subject, action, "c0", (1000, 1000), keypoints, joints, root, valid=valid)


TAKES = [
    moving("A", "walk", 4, 1),
    moving("A", "walk", 6, 2),
    moving("B", "walk", 5, 3),
    moving("B", "run", 3, 4),
]


def noise_of(clips, seed=0):
    generator = torch.Generator().manual_seed(seed)
    truth = clips.joints[clips.targets]
    return truth + 0.1 * torch.randn(truth.shape, generator=generator)


def test_rows_by_subject_hold_all_recordings_or_the_last_as_released():
    clips = Clips.from_clips("toy", H36M_16, {}, TAKES)
    predicted = noise_of(clips)
    each = 1000 * metrics.mpjpe(predicted, clips.joints)
    report = measure(predicted, clips, {}, by="subject")
    assert report.frames == {"A walk": 10, "B run": 3, "B walk": 5}
    assert report.actions["A walk"]["P1"] == pytest.approx(each[:10].mean().item())
    released = measure(predicted, clips, {}, by="subject", pooling="released")
    assert released.frames == {"A walk": 6, "B run": 3, "B walk": 5}
    assert released.actions["A walk"]["P1"] == pytest.approx(each[4:10].mean().item())


def test_released_velocities_weigh_by_frames():
    clips = Clips.from_clips("toy", H36M_16, {}, TAKES[:2])
    predicted = noise_of(clips)
    short, long = (
        1000 * metrics.mpjve(predicted[place], clips.joints[place])
        for place in (slice(0, 4), slice(4, 10))
    )
    assert (len(short), len(long)) == (3, 5)
    ours = measure(predicted, clips, {}).pooled["MPJVE"]
    assert ours == pytest.approx((short.sum() + long.sum()).item() / 8)
    theirs = measure(predicted, clips, {}, pooling="released").pooled["MPJVE"]
    assert theirs == pytest.approx((4 * short.mean() + 6 * long.mean()).item() / 10)


def test_motion_is_measured_between_neighbouring_targets_only():
    """Frames 0, 1, 3, 4, 5 count: two runs, of one velocity and of two."""
    valid = torch.tensor([True, True, False, True, True, True])
    clips = Clips.from_clips("toy", H36M_16, {}, [moving("A", "walk", 6, 1, valid=valid)])
    predicted = noise_of(clips)
    truth = clips.joints[clips.targets]
    velocities = torch.cat(
        [metrics.mpjve(predicted[run], truth[run]) for run in (slice(0, 2), slice(2, 5))]
    )
    report = measure(predicted, clips, {})
    assert report.frames == {"walk": 5}
    assert report.pooled["MPJVE"] == pytest.approx(1000 * velocities.mean().item())
    bend = metrics.acceleration_error(predicted[2:], truth[2:])
    assert report.pooled["ACC"] == pytest.approx(1000 * bend.mean().item())


def test_without_neighbours_there_is_no_motion():
    clips = Clips.from_clips("toy", H36M_16, {}, TAKES).targets_every(2)
    report = measure(noise_of(clips), clips, {})
    assert report.pooled["P1"] > 0
    assert report.to_dict()["pooled"]["MPJVE"] is None


def test_mpi_inf_3dhp_has_two_measures_more():
    clips = [
        moving("TS1", "TS1", 5, 1, MPI_INF_3DHP_17),
        moving("TS2", "TS2", 3, 2, MPI_INF_3DHP_17, torch.tensor([True, False, True])),
    ]
    clips = Clips.from_clips("toy", MPI_INF_3DHP_17, {}, clips)
    predicted = noise_of(clips)
    truth = clips.joints[clips.targets]
    report = measure(predicted, clips, {})
    assert list(report.pooled) == ["P1", "P2", "P3", "PCK", "AUC", "MPJVE", "ACC"]
    share = metrics.pck(predicted, truth, MPI_INF_3DHP_17)
    assert report.pooled["PCK"] == pytest.approx(share.mean().item())
    assert report.actions["TS2"]["AUC"] == pytest.approx(
        metrics.auc(predicted[5:], truth[5:], MPI_INF_3DHP_17).mean().item()
    )
    assert 0 < report.pooled["AUC"] < report.pooled["PCK"] < 100


def test_rows_of_clips_say_which_poses_and_how_far_off():
    clips = Clips.from_clips("toy", H36M_16, {}, TAKES)
    predicted = noise_of(clips)
    rows = measure(predicted, clips, {}).clips
    assert [(row["subject"], row["action"], row["camera"]) for row in rows] == [
        ("A", "walk", "c0"),
        ("A", "walk", "c0"),
        ("B", "walk", "c0"),
        ("B", "run", "c0"),
    ]
    assert [row["recording"] for row in rows] == [0, 0, 1, 2]
    assert [row["poses"] for row in rows] == [4, 6, 5, 3]
    for row, place in zip(rows, torch.arange(18).split([4, 6, 5, 3]), strict=True):
        truth = clips.joints[place]
        expected = {
            "P1": 1000 * metrics.mpjpe(predicted[place], truth).mean().item(),
            "P2": 1000 * metrics.p_mpjpe(predicted[place], truth).mean().item(),
            "ACC": 1000 * metrics.acceleration_error(predicted[place], truth).mean().item(),
            "distance_m": clips.root[place].norm(dim=-1).mean().item(),
        }
        assert {name: row[name] for name in expected} == pytest.approx(expected, abs=1e-3)


def test_rows_of_clips_make_up_the_report():
    clips = Clips.from_clips("toy", H36M_16, {}, TAKES)
    report = measure(noise_of(clips), clips, {})
    weighted = sum(row["poses"] * row["P1"] for row in report.clips)
    assert weighted / 18 == pytest.approx(report.pooled["P1"], abs=1e-3)
    walk = [row for row in report.clips if row["action"] == "walk"]
    weighted = sum(row["poses"] * row["P1"] for row in walk)
    assert weighted / report.frames["walk"] == pytest.approx(report.actions["walk"]["P1"], abs=1e-3)


def test_clips_that_do_not_count_have_no_row():
    """As released, only the last recording by subject; and a clip may have no valid frame."""
    clips = Clips.from_clips("toy", H36M_16, {}, TAKES)
    rows = measure(noise_of(clips), clips, {}, by="subject", pooling="released").clips
    assert [row["poses"] for row in rows] == [6, 5, 3]
    invalid = moving("C", "run", 2, 5, valid=torch.tensor([False, False]))
    clips = Clips.from_clips("toy", H36M_16, {}, [TAKES[0], invalid, TAKES[3]])
    rows = measure(noise_of(clips), clips, {}).clips
    assert [(row["recording"], row["poses"]) for row in rows] == [(0, 4), (2, 3)]


@pytest.mark.parametrize(
    ("options", "message"),
    [({"by": "joint"}, "unknown rows 'joint'"), ({"pooling": "al"}, "did you mean 'all'")],
)
def test_unknown_rows_and_poolings_are_refused(options, message):
    clips = Clips.from_clips("toy", H36M_16, {}, TAKES)
    with pytest.raises(InputError, match=message):
        measure(noise_of(clips), clips, {}, **options)
