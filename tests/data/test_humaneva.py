import shutil

import numpy as np
import pytest
import torch
from support import parity
from support.files import rewrite, write_hostile
from torch.testing import assert_close

from posegcn import InputError
from posegcn.camera import denormalise_image
from posegcn.data import open_source
from posegcn.rig import humaneva_cameras
from posegcn.skeletons import COCO_17, H36M_16, HUMANEVA_15
from posegcn.skeletons.conversion import convert

MOTION, DETECTED = "data_3d_humaneva15.npz", "data_2d_humaneva15_detectron_pt_coco.npz"
CAMERAS = ["C1", "C2", "C3"]


@pytest.fixture
def folder(tmp_path):
    """Synthetic numbers in the format of the field's own files."""
    for name in (MOTION, DETECTED):
        shutil.copy(parity.path(f"temporal/tiny_{name}"), tmp_path / name)
    return tmp_path


def read(folder, keypoints="detectron_pt_coco", skeleton=HUMANEVA_15):
    return open_source(f"humaneva:{folder}:{keypoints}", skeleton)


def raw(folder, name):
    key = "positions_3d" if name == MOTION else "positions_2d"
    with np.load(folder / name, allow_pickle=True) as file:
        return file[key].item()


def recordings(folder):
    """Subject, name and world joints, in the order of the file."""
    for subject, motions in raw(folder, MOTION).items():
        for name, world in motions.items():
            yield subject, name, torch.from_numpy(world)


@pytest.mark.parametrize("case", parity.cases("temporal/pipeline_humaneva"))
def test_equals_the_preparation_of_the_public_code(folder, case):
    reference = parity.load(case)
    found = iter(read(folder))
    limits = {"rtol": 0, "atol": 1e-5}
    names = [f"{subject}|{name}" for subject, name, _ in recordings(folder)]
    assert len(reference) == 2 * len(names) * len(CAMERAS) + 1
    for name in names:
        for index, camera in enumerate(CAMERAS):
            clip = next(found)
            subject, _, recording = name.partition("|")
            assert (clip.subject, clip.camera) == (subject, camera)
            assert recording.startswith(f"{clip.action} ")
            positions = torch.from_numpy(reference[f"{name}|{index}/pos3d"])
            keypoints = torch.from_numpy(reference[f"{name}|{index}/kps2d"])
            assert_close(clip.root, positions[:, 0], **limits)
            assert_close(clip.joints[:, 1:], positions[:, 1:], **limits)
            assert_close(clip.keypoints, convert(keypoints, COCO_17, HUMANEVA_15), **limits)


def test_clips_are_the_recordings_as_three_cameras_see_them(folder):
    found, detected = iter(read(folder)), raw(folder, DETECTED)
    for subject, name, world in recordings(folder):
        cameras = humaneva_cameras(subject.split("/")[1])
        for camera, pixels in zip(cameras, detected[subject][name], strict=True):
            clip = next(found)
            assert (clip.subject, clip.action, clip.camera) == (
                subject,
                name.split()[0],
                camera.name,
            )
            assert clip.image_size == (640, 480)
            assert clip.intrinsics is None
            assert clip.joints[:, 0].eq(0).all()
            back = camera.to_world(clip.joints + clip.root[:, None])
            assert_close(back, world, rtol=0, atol=1e-5)
            nose = denormalise_image(clip.keypoints, (640, 480))[:, HUMANEVA_15.index("head")]
            assert_close(nose, torch.from_numpy(pixels[:, 0]), rtol=0, atol=1e-3)
    assert next(found, None) is None


def both(folder, change):
    """Change what the two files hold by subject and recording."""
    rewrite(folder / MOTION, lambda content: change(content["positions_3d"]))
    rewrite(folder / DETECTED, lambda content: change(content["positions_2d"]))


def test_exact_keypoints_have_the_joints_of_the_motion(folder):
    sides = [[2, 3, 4, 8, 9, 10], [5, 6, 7, 11, 12, 13]]
    pixels = []

    def change(content):
        content["metadata"] = {"num_joints": 15, "keypoints_symmetry": sides}
        for views in content["positions_2d"].values():
            for name in views:
                views[name] = [view[:, :15] for view in views[name]]
                pixels.extend(torch.from_numpy(view) for view in views[name])

    exact = shutil.copy(folder / DETECTED, folder / "data_2d_humaneva15_gt.npz")
    rewrite(exact, change)
    clips = read(folder, "gt")
    found = denormalise_image(clips.keypoints, (640, 480))
    assert_close(found, torch.cat(pixels), rtol=0, atol=1e-3)
    assert_close(clips.joints, read(folder).joints)


def test_three_actions_unless_all_are_asked_for(folder):
    def change(recordings):
        recordings["Train/S1"]["Gestures 1 chunk0"] = recordings["Train/S1"]["Jog 1 chunk2"]

    both(folder, change)
    assert read(folder).actions == ["Box", "Jog", "Walking"]
    every = read(folder, "detectron_pt_coco:all")
    assert every.actions == ["Box", "Gestures", "Jog", "Walking"]


def test_split_holds_out_one_person_of_the_training_part(folder):
    both(folder, lambda found: found.update({f"Train/S{n}": found["Train/S1"] for n in (2, 3)}))
    tested = {"Validate/S1", "Validate/S2"}
    expected = {
        "held_out": ({"Train/S1", "Train/S3"}, {"Train/S2"}, tested),
        "published": ({"Train/S1", "Train/S2", "Train/S3"}, tested, tested),
    }
    for selection, subjects in expected.items():
        parts = read(folder).split(selection)
        assert tuple({clip.subject for clip in part} for part in parts) == subjects


def test_longer_detections_are_cut_and_further_columns_dropped(folder):
    before = read(folder).keypoints

    def change(content):
        for views in content["positions_2d"].values():
            for name, pixels in views.items():
                longer = [np.pad(p, ((0, 4), (0, 0), (0, 2)), constant_values=9) for p in pixels]
                views[name] = longer

    rewrite(folder / DETECTED, change)
    assert torch.equal(read(folder).keypoints, before)


def first(content):
    return content["positions_2d"]["Train/S1"]["Jog 1 chunk2"]


DETECTIONS = {
    "too few frames": (
        lambda c: first(c).__setitem__(1, first(c)[1][:5]),
        r"Train/S1 'Jog 1 chunk2', camera C2: expected keypoints of at least 11 frames and "
        r"17 joints, got shape \(5, 17, 2\)",
    ),
    "missing camera": (lambda c: first(c).pop(), "keypoints of 3 cameras for Train/S1 'Jog 1"),
    "camera without file": (lambda c: first(c).__setitem__(0, None), r"camera C1: .* shape \(\)"),
    "missing subject": (
        lambda c: c["positions_2d"].pop("Validate/S2"),
        "no keypoints for Validate/S2 'Walking 1 chunk1'",
    ),
    "other joints": (
        lambda c: c["metadata"].update(keypoints_symmetry=[[4, 5], [1, 2]]),
        "none of humaneva_15, coco_17",
    ),
}


@pytest.mark.parametrize("name", DETECTIONS)
def test_detections_that_do_not_fit_are_one_sentence(folder, name):
    change, message = DETECTIONS[name]
    rewrite(folder / DETECTED, change)
    with pytest.raises(InputError, match=message):
        read(folder)


@pytest.mark.parametrize("subject", ["Train/S4", "Unlabeled/S1", "S1"])
def test_subjects_without_cameras_or_part_are_refused(folder, subject):
    both(folder, lambda found: found.update({subject: found.pop("Train/S1")}))
    with pytest.raises(InputError, match=f"unknown HumanEva-I subject '{subject}'.*Validate/S3"):
        read(folder)


@pytest.mark.parametrize(
    "motion", [{1: {}}, {"Train/S1": []}, [1], {"Train/S1": {"Jog 1": np.zeros((4, 20, 3))}}]
)
def test_other_motion_is_one_sentence(folder, motion):
    rewrite(folder / MOTION, lambda content: content.update(positions_3d=motion))
    with pytest.raises(InputError, match=MOTION):
        read(folder)


def test_missing_and_hostile_files_and_other_skeletons_are_one_sentence(folder):
    with pytest.raises(InputError, match="unknown keypoints of .* Available: detectron_pt_coco"):
        read(folder, "gt")
    with pytest.raises(InputError, match="has the joints of 'humaneva_15', not .* 'h36m_16'"):
        read(folder, skeleton=H36M_16)
    write_hostile(folder / MOTION, "positions_3d", folder / "proof")
    with pytest.raises(InputError, match=f"{MOTION}.*which is not data"):
        read(folder)
    assert not (folder / "proof").exists()
    (folder / MOTION).unlink()
    with pytest.raises(InputError, match=f"there is no file .*{MOTION}"):
        read(folder)
