import numpy as np
import pytest
from support.cmu import write_cmu

from posegcn import InputError, metrics
from posegcn.data import open_source
from posegcn.skeletons import H36M_16, H36M_17


def test_every_sequence_is_seen_by_four_cameras(tmp_path):
    clips = open_source(write_cmu(tmp_path))
    assert clips.skeleton is H36M_16
    assert clips.num_frames == 4 * (60 + 60)
    assert {(clip.subject, clip.action) for clip in clips} == {
        ("C01", "walk"),
        ("C127", "run"),
        ("C02", "walk"),
        ("C02", "run"),
    }
    height = metrics.bone_lengths(clips.joints, H36M_16).max()
    assert 0.1 < height < 1.4


def test_validation_subject_is_held_out(tmp_path):
    train, validation, test = open_source(write_cmu(tmp_path)).split()
    assert {clip.subject for clip in train} == {"C01"}
    assert {clip.subject for clip in validation} == {"C127"}
    assert {clip.subject for clip in test} == {"C02"}


def test_each_subject_has_its_own_cameras(tmp_path):
    clips = open_source(write_cmu(tmp_path), H36M_17)
    first = {clip.subject: clip.root[0] for clip in clips if clip.camera == "camera0"}
    assert not np.allclose(first["C01"], first["C02"])


def test_sixteen_joints_are_the_seventeen_without_one(tmp_path):
    source = write_cmu(tmp_path)
    sixteen, seventeen = open_source(source), open_source(source, "h36m_17")
    assert np.allclose(H36M_17.select(seventeen.joints, H36M_16), sixteen.joints)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"positions": None}, "holds no 'positions'"),
        ({"positions": np.zeros((60, 17, 2))}, r"shape \(N, 17, 3\) as positions"),
        ({"positions": np.zeros((60, 17, 1))}, r"shape \(N, 17, 3\) as positions"),
        ({"positions": np.full((60, 17, 3), "x")}, "expected numbers"),
        ({"unit_m": np.ones(2)}, "expected one number as unit_m"),
        ({"unit_m": np.array("mm")}, "expected one number as unit_m"),
        ({"joint_names": np.array(["a", "b"])}, r"joints of h36m_17, got \['a', 'b'\]"),
        ({"action_classes": np.array(["walk"])}, "one entry for each sequence"),
        ({"sequence_starts": np.array([0.0, 40.0])}, "expected whole numbers"),
        ({"sequence_starts": np.array([-1, 40])}, "follow one another"),
        ({"sequence_lengths": np.array([50, 20])}, "follow one another"),
        ({"sequence_lengths": np.array([40, 21])}, "behind the last of 60 frames"),
    ],
)
def test_other_contents_are_refused(tmp_path, changes, message):
    with pytest.raises(InputError, match=message):
        open_source(write_cmu(tmp_path, **changes))


def test_missing_folder_is_one_sentence(tmp_path):
    with pytest.raises(InputError, match=r"there is no file .*cmu_train.npz"):
        open_source(f"cmu:{tmp_path / 'nowhere'}")


def test_a_subject_to_train_and_to_test_on_is_refused(tmp_path):
    source = write_cmu(tmp_path)
    test = dict(np.load(tmp_path / "cmu_test.npz"))
    np.savez(tmp_path / "cmu_test.npz", **{**test, "subject_ids": np.array(["C02", "C01"])})
    with pytest.raises(InputError, match="C01 in both train and test"):
        open_source(source)
