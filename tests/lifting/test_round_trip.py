"""Motion seen by a camera, written as each detector writes it, read and lifted: the same errors."""

import os

import pytest
import torch
from support.keypoint_files import SKELETONS_OF, write
from torch import nn

from posegcn import evaluate, make_model, metrics
from posegcn.camera import denormalise_image
from posegcn.data import open_source
from posegcn.keypoints import read_keypoints
from posegcn.lifting.lifter import Lifter
from posegcn.skeletons import COCO_17, get_skeleton
from posegcn.skeletons.conversion import origins

DETECTORS = ("coco_17", "coco_18", "halpe_26", "openpose_25", "mediapipe_33")
COCO = [(kind, s) for kind, names in SKELETONS_OF.items() for s in names if s in DETECTORS]
FRAMES = 60
CMU = os.environ.get("POSEGCN_CMU")


def lifter(keypoints):
    """A network with weights that are drawn, so that no error hides another."""
    torch.manual_seed(0)
    model = make_model(
        "modulated_gcn", skeleton="h36m_17", channels=16, num_blocks=1, keypoint_skeleton=keypoints
    )
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d):
            nn.init.uniform_(module.weight, 0.5, 2)
    return Lifter(model)


def one_clip(source):
    clips = open_source(source, "h36m_17").part("test")
    longest = max(clips, key=len)[:FRAMES]
    return clips.with_clips([longest])


def among_others(keypoints, skeleton):
    """COCO keypoints in the order of a detector with more of them; NaN for those."""
    wide = keypoints.new_full((len(keypoints), skeleton.num_joints, 2), torch.nan)
    for joint, shares in origins(skeleton, COCO_17).items():
        wide[:, skeleton.index(next(iter(shares)))] = keypoints[:, COCO_17.index(joint)]
    return wide


def check(tool, clips, path, image_size):
    track = read_keypoints(path, image_size=image_size).person()
    poses = tool.lift([track], image_size)[0]
    expected = evaluate(tool.model, clips, device="cpu")
    error = 1000 * metrics.mpjpe(poses.joints, clips.joints).mean().item()
    assert len(poses) == len(clips.joints)
    assert error == pytest.approx(expected.pooled["P1"], rel=1e-3)
    assert not poses.filled.any()


@pytest.fixture(scope="module")
def seen_as_coco():
    return one_clip("synthetic:coco_exact")


@pytest.mark.parametrize(("kind", "name"), COCO)
def test_detections_of_coco(kind, name, seen_as_coco, tmp_path):
    clip, skeleton = seen_as_coco[0], get_skeleton(name)
    pixels = denormalise_image(clip.keypoints, clip.image_size)
    if skeleton != COCO_17:
        pixels = among_others(pixels, skeleton)
    path = write(kind, tmp_path, pixels, None, skeleton, clip.image_size, 50)
    check(lifter("coco_17"), seen_as_coco, path, clip.image_size)


@pytest.mark.parametrize("kind", ["csv", "npz", "mmpose"])
def test_joints_of_human36m(kind, tmp_path):
    clips = one_clip("synthetic")
    clip = clips[0]
    pixels = denormalise_image(clip.keypoints, clip.image_size)
    path = write(kind, tmp_path, pixels, None, clips.skeleton, clip.image_size, 50)
    check(lifter("same"), clips, path, clip.image_size)


@pytest.mark.skipif(CMU is None, reason="needs POSEGCN_CMU, the folder of CMU motion")
@pytest.mark.parametrize("kind", ["coco", "openpose"])
def test_motion_of_cmu(kind, tmp_path):
    clips = one_clip(f"cmu:{CMU}:coco_exact")
    clip = clips[0]
    name = SKELETONS_OF[kind][0]
    pixels = denormalise_image(clip.keypoints, clip.image_size)
    if name != "coco_17":
        pixels = among_others(pixels, get_skeleton(name))
    path = write(kind, tmp_path, pixels, None, name, clip.image_size, 50)
    check(lifter("coco_17"), clips, path, clip.image_size)
