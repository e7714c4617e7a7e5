import shutil

import numpy as np
import pytest
import torch
from support import parity
from support.files import rewrite, write_hostile
from torch.testing import assert_close

from posegcn import InputError
from posegcn.camera import denormalise_image
from posegcn.data import flip_pose, open_source
from posegcn.skeletons import H36M_17, MPI_INF_3DHP_17

TRAIN, TEST = "data_train_3dhp.npz", "data_test_3dhp.npz"
ROOT = MPI_INF_3DHP_17.root
PAD = 2


@pytest.fixture
def folder(tmp_path):
    """Synthetic numbers in the format of the field's own files."""
    for name in (TRAIN, TEST):
        shutil.copy(parity.path(f"temporal/tiny_{name}"), tmp_path / name)
    return tmp_path


def read(folder, skeleton=MPI_INF_3DHP_17):
    return open_source(f"3dhp:{folder}", skeleton)


def raw(folder, name):
    with np.load(folder / name, allow_pickle=True) as file:
        return file["data"].item()


def window(values, frame):
    """The frames around one, with the edge frames repeated."""
    frames = torch.arange(frame - PAD, frame + PAD + 1).clamp(0, len(values) - 1)
    return values[frames]


def positions(clip):
    """As the public code keeps them: relative to the root, which itself is absolute."""
    joints = clip.joints.clone()
    joints[:, ROOT] = clip.root
    return joints


def same(found, millimetres):
    assert_close(1000 * found, torch.from_numpy(millimetres), rtol=0, atol=1e-3)


def same_image(found, expected):
    assert_close(found, torch.from_numpy(expected), rtol=0, atol=1e-5)


@pytest.mark.parametrize("case", parity.cases("temporal/pipeline_3dhp"))
def test_training_windows_equal_those_of_the_public_code(folder, case):
    """There: all frames of a clip, then all of them mirrored, then the next clip."""
    reference = parity.load(case)
    row = 0
    for clip in read(folder):
        for mirror in (False, True) if clip.camera != "test" else ():
            keypoints, joints = clip.keypoints, positions(clip)
            if mirror:
                keypoints, joints = (flip_pose(v, MPI_INF_3DHP_17) for v in (keypoints, joints))
            for frame in range(len(clip)):
                tag = [clip.subject, clip.action, clip.camera]
                assert reference[f"train/{row}/tag"].tolist() == tag
                same(window(joints, frame), reference[f"train/{row}/gt_3d"])
                same_image(window(keypoints, frame), reference[f"train/{row}/input_2d"])
                row += 1
    assert row == len([key for key in reference if key.startswith("train/")]) // 3 > 0


@pytest.mark.parametrize("case", parity.cases("temporal/pipeline_3dhp"))
def test_test_windows_equal_those_of_the_public_code(folder, case):
    """There: one window for each valid frame, plain and mirrored."""
    reference = parity.load(case)
    clips = read(folder).part("test")
    rows = []
    for clip, start in zip(clips, clips.starts.tolist(), strict=True):
        inside = (clips.targets >= start) & (clips.targets < start + len(clip))
        rows += [(clip, frame - start) for frame in clips.targets[inside].tolist()]
    assert len(rows) == len([key for key in reference if key.startswith("test/")]) // 3
    for row, (clip, frame) in enumerate(rows):
        assert reference[f"test/{row}/tag"].tolist() == [clip.subject] == [clip.action]
        same(positions(clip)[frame : frame + 1], reference[f"test/{row}/gt_3d"])
        image = window(clip.keypoints, frame)
        both = torch.stack([image, flip_pose(image, MPI_INF_3DHP_17)])
        same_image(both, reference[f"test/{row}/input_2d"])


def test_clips_are_what_the_files_hold(folder):
    held = {
        (*name.split(" "), camera): (content, (2048, 2048))
        for name, (cameras, _) in raw(folder, TRAIN).items()
        for camera, content in cameras.items()
    }
    for name, size in (("TS1", (2048, 2048)), ("TS5", (1920, 1080))):
        held[name, name, "test"] = raw(folder, TEST)[name], size
    clips = read(folder)
    assert [(clip.subject, clip.action, clip.camera) for clip in clips] == list(held)
    for clip, (content, size) in zip(clips, held.values(), strict=True):
        assert clip.image_size == size
        assert clip.intrinsics is None
        same(clip.joints + clip.root[:, None], content["data_3d"].astype(np.float32))
        assert clip.joints[:, ROOT].eq(0).all()
        pixels = torch.from_numpy(content["data_2d"]).float()
        assert_close(denormalise_image(clip.keypoints, size), pixels, rtol=0, atol=1e-3)


def test_invalid_frames_stay_as_context(folder):
    for name, expected in (("TS1", [0, 1, 2, 4, 7, 8]), ("TS5", [0, 2, 3, 5, 6, 7, 8])):
        clips = read(folder).select(lambda clip, name=name: clip.subject == name)
        assert clips.num_frames == 9
        assert clips.targets.tolist() == expected
    train = read(folder).part("train")
    assert len(train.targets) == train.num_frames


def test_split_holds_out_the_eighth_subject(folder):
    clips = read(folder)
    assert clips.subjects["train"] == ("S1", "S2", "S3", "S4", "S5", "S6", "S7")
    assert clips.subjects["validation"] == ("S8",)
    assert clips.subjects["test"] == ("TS1", "TS2", "TS3", "TS4", "TS5", "TS6")


def camera(data):
    return data["S3 Seq2"][0]["8"]


TRAINING = {
    "missing joints": (lambda d: camera(d).pop("data_3d"), r"'S3 Seq2', camera 8 .* and \(\)"),
    "other joints": (
        lambda d: camera(d).update(data_3d=np.zeros((7, 28, 3))),
        r"data_3d of shape \(T, 17, 3\), got \(7, 17, 2\) and \(7, 28, 3\)",
    ),
    "fewer keypoints": (
        lambda d: camera(d).update(data_2d=camera(d)["data_2d"][:5]),
        r"got \(5, 17, 2\) and \(7, 17, 3\)",
    ),
    "text": (lambda d: camera(d).update(data_2d="text"), r"got \(\) and \(7, 17, 3\)"),
    "no cameras": (lambda d: d.update({"S3 Seq2": 25}), "the cameras and the frame rate of 'S3"),
    "empty": (lambda d: d.update({"S3 Seq2": []}), "the cameras and the frame rate of 'S3 Seq2'"),
    "cameras by number": (lambda d: d.update({"S3 Seq2": [{8: 0}, 25]}), "is not nested by"),
    "ninth subject": (lambda d: d.update({"S9 Seq1": 0}), "unknown MPI-INF-3DHP subject 'S9'"),
    "not a number": (
        lambda d: camera(d)["data_2d"].__setitem__((3, 5), np.nan),
        "subject S3, action 'Seq2', camera 8 holds NaN",
    ),
}
TESTING = {
    "no valid": (
        lambda d: d["TS5"].pop("valid"),
        r"TS5 needs a 'valid' of shape \(9,\).* got \(\)",
    ),
    "valid of fewer": (lambda d: d["TS5"].update(valid=np.ones(4)), r"got \(4,\)"),
    "list as valid": (lambda d: d["TS5"].update(valid=[[1], [1, 2]]), r"got \(\)"),
    "seventh sequence": (lambda d: d.update(TS7={}), "unknown MPI-INF-3DHP test sequence 'TS7'"),
    "nothing inside": (lambda d: d.update(TS1=None), "is not nested by"),
}
CHANGES = [(TRAIN, name) for name in TRAINING] + [(TEST, name) for name in TESTING]


@pytest.mark.parametrize(("file", "name"), CHANGES)
def test_what_does_not_fit_is_one_sentence(folder, file, name):
    change, message = (TRAINING if file == TRAIN else TESTING)[name]
    rewrite(folder / file, lambda content: change(content["data"]))
    with pytest.raises(InputError, match=message):
        read(folder)


@pytest.mark.parametrize("file", [TRAIN, TEST])
def test_missing_and_hostile_files_are_one_sentence(folder, file):
    write_hostile(folder / file, "data", folder / "proof")
    with pytest.raises(InputError, match=f"{file}.*which is not data"):
        read(folder)
    assert not (folder / "proof").exists()
    (folder / file).unlink()
    with pytest.raises(InputError, match=f"there is no file .*{file}"):
        read(folder)


def test_truth_values_tell_valid_frames_too(folder):
    before = read(folder).targets
    rewrite(
        folder / TEST,
        lambda content: [d.update(valid=d["valid"] == 1) for d in content["data"].values()],
    )
    assert torch.equal(read(folder).targets, before)


def test_other_skeletons_are_refused(folder):
    with pytest.raises(InputError, match="the joints of 'mpi_inf_3dhp_17', not those of 'h36m_17'"):
        read(folder, H36M_17)
