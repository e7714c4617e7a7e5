import shutil

import numpy as np
import pytest
import torch
from support import parity
from support.files import rewrite
from torch.testing import assert_close

from posegcn import InputError
from posegcn.data import open_source
from posegcn.rig import h36m_cameras
from posegcn.skeletons import COCO_17, H36M_16, H36M_17, MPII_16
from posegcn.skeletons.conversion import convert

CAMERAS = [camera.name for camera in h36m_cameras("S1")]
KEYPOINTS = "data_2d_h36m_gt.npz"


@pytest.fixture
def folder(tmp_path):
    """Synthetic numbers in the format of the field's own files."""
    shutil.copy(parity.path("temporal/tiny_data_3d_h36m.npz"), tmp_path / "data_3d_h36m.npz")
    shutil.copy(parity.path(f"temporal/tiny_{KEYPOINTS}"), tmp_path / KEYPOINTS)
    return tmp_path


def test_equals_the_preparation_of_the_public_code(folder):
    clips = open_source(f"h36m:{folder}:gt", H36M_17)
    reference = parity.load("temporal/pipeline_h36m")
    found = {(clip.subject, clip.action, clip.camera): clip for clip in clips}
    names = {key.rpartition("/")[0] for key in reference if "|" in key}
    assert len(names) == len(found) == len(clips) == 20
    for name in names:
        subject, action, camera = name.split("|")
        clip = found[subject, action.split(" ")[0], CAMERAS[int(camera)]]
        positions = torch.from_numpy(reference[f"{name}/pos3d"])
        limits = {"rtol": 0, "atol": 1e-5}
        assert_close(clip.root, positions[:, 0], **limits)
        assert_close(clip.joints[:, 1:], positions[:, 1:], **limits)
        assert_close(clip.keypoints, torch.from_numpy(reference[f"{name}/kps2d"]), **limits)


def test_sixteen_joints_leave_out_the_neck(folder):
    sixteen = open_source(f"h36m:{folder}:gt")
    seventeen = open_source(f"h36m:{folder}:gt", H36M_17)
    assert_close(sixteen.keypoints, H36M_17.select(seventeen.keypoints, H36M_16))
    assert_close(sixteen.joints, H36M_17.select(seventeen.joints, H36M_16))


@pytest.mark.parametrize("layout", [H36M_16, MPII_16], ids=lambda s: s.name)
def test_sixteen_keypoints_are_told_by_their_sides(folder, layout):
    """The field's 16-joint files come in Human3.6M order and in that of the MPII detector."""
    before = open_source(f"h36m:{folder}:gt").keypoints

    def change(content):
        for recordings in content["positions_2d"].values():
            for views in recordings.values():
                order = [H36M_17.index(joint) for joint in layout.joints]
                views[:] = [view[:, order] for view in views]
        content["metadata"] = {
            "num_joints": 16,
            "keypoints_symmetry": [list(layout.left), list(layout.right)],
        }

    rewrite(folder / KEYPOINTS, change)
    assert_close(open_source(f"h36m:{folder}:gt").keypoints, before)


def as_coco(content):
    """Detections of the same shape, now in COCO order."""
    content["metadata"] = {
        "num_joints": 17,
        "keypoints_symmetry": [list(COCO_17.left), list(COCO_17.right)],
    }


@pytest.mark.parametrize("skeleton", [H36M_16, H36M_17], ids=lambda s: s.name)
def test_coco_detections_become_the_joints_of_the_motion(folder, skeleton):
    before = open_source(f"h36m:{folder}:gt", H36M_17)
    rewrite(folder / KEYPOINTS, as_coco)
    clips = open_source(f"h36m:{folder}:gt", skeleton)
    # What was read as Human3.6M joints before are the same numbers, now read as COCO keypoints.
    assert_close(clips.keypoints, convert(before.keypoints, COCO_17, skeleton))
    assert_close(clips.joints, H36M_17.select(before.joints, skeleton))


def test_sixteen_keypoints_do_not_make_seventeen(folder):
    def change(content):
        content["metadata"] = {"keypoints_symmetry": [list(MPII_16.left), list(MPII_16.right)]}
        for recordings in content["positions_2d"].values():
            for views in recordings.values():
                views[:] = [view[:, :16] for view in views]

    rewrite(folder / KEYPOINTS, change)
    with pytest.raises(InputError, match="skeleton 'mpii_16' has no joint 'neck_nose'"):
        open_source(f"h36m:{folder}:gt", H36M_17)


def test_official_split(folder):
    clips = open_source(f"h36m:{folder}:gt")
    assert clips.subjects["train"] == ("S1", "S5", "S6", "S7")
    assert clips.subjects["validation"] == ("S8",)
    assert clips.subjects["test"] == ("S9", "S11")


def first(content):
    return content["positions_2d"]["S1"]["Walking"]


CHANGES = {
    "too few frames": (
        lambda c: first(c).__setitem__(2, first(c)[2][:5]),
        r"S1 'Walking', camera 58860488: expected keypoints of at least 15 frames and 17 joints, "
        r"got shape \(5, 17, 2\)",
    ),
    "wrong joints": (
        lambda c: first(c).__setitem__(0, first(c)[0][:, :5]),
        r"got shape \(15, 5, 2\)",
    ),
    "missing camera": (lambda c: first(c).pop(), "keypoints of 4 cameras for S1"),
    "missing action": (
        lambda c: c["positions_2d"]["S1"].pop("Walking"),
        "no keypoints for S1 'Walking'",
    ),
    "one coordinate": (
        lambda c: first(c).__setitem__(0, first(c)[0][:, :, :1]),
        r"got shape \(15, 17, 1\)",
    ),
    "text": (lambda c: first(c).__setitem__(0, "text"), r"got shape \(\)"),
    "no views": (
        lambda c: c["positions_2d"]["S1"].update(Walking=None),
        "keypoints of 4 cameras for S1",
    ),
    "list of recordings": (
        lambda c: c["positions_2d"].update(S1=[1, 2]),
        "not nested by subject and recording",
    ),
    "odd symmetry": (
        lambda c: c["metadata"].update(keypoints_symmetry=[[1], [2], [3]]),
        "no list of left and right",
    ),
    "missing subject": (lambda c: c["positions_2d"].pop("S9"), "no keypoints for S9 'Photo'"),
    "not a number": (
        lambda c: first(c)[1].__setitem__((3, 4), np.nan),
        "subject S1, action 'Walking', camera 55011271 holds NaN",
    ),
    "unknown order": (
        lambda c: c["metadata"].update(keypoints_symmetry=[[1, 3, 5], [2, 4, 6]]),
        r"none of h36m_17, h36m_16, mpii_16, coco_17: its left joints are \[1, 3, 5\]",
    ),
    "too few for COCO": (
        lambda c: (as_coco(c), c["metadata"].update(num_joints=16)),
        "an order that is none of",
    ),
    "views without a list": (
        lambda c: c["positions_2d"]["S1"].update(Walking=np.array(1.0)),
        "keypoints of 4 cameras for S1 'Walking', got 0",
    ),
    "no symmetry": (lambda c: c["metadata"].clear(), "metadata have no keypoints_symmetry"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_does_not_fit_is_one_sentence(folder, name):
    change, message = CHANGES[name]
    rewrite(folder / KEYPOINTS, change)
    with pytest.raises(InputError, match=message):
        open_source(f"h36m:{folder}:gt")


def test_missing_keypoints_list_what_is_there(folder):
    with pytest.raises(InputError, match="unknown keypoints of .* 'cpn'.* Available: gt"):
        open_source(f"h36m:{folder}:cpn")


def test_corrupt_recording_is_left_out(folder):
    with np.load(folder / "data_3d_h36m.npz", allow_pickle=True) as file:
        positions = file["positions_3d"].item()
    positions["S11"]["Directions"] = positions["S11"]["Photo 1"]
    np.savez(folder / "data_3d_h36m.npz", positions_3d=positions)
    clips = open_source(f"h36m:{folder}:gt")
    assert {clip.action for clip in clips if clip.subject == "S11"} == {"Photo"}


@pytest.mark.parametrize("positions", [{1: {}}, {"S1": []}, [1, 2], {"S1": {"Walking": "text"}}])
def test_other_motion_is_one_sentence(folder, positions):
    np.savez(folder / "data_3d_h36m.npz", positions_3d=np.array(positions, dtype=object))
    with pytest.raises(InputError, match=r"data_3d_h36m.npz"):
        open_source(f"h36m:{folder}:gt")
