"""Motion seen by a camera, written as each detector writes it, read and lifted: the same errors."""

import os
from dataclasses import replace
from functools import cache

import pytest
import torch
from support.keypoint_files import SKELETONS_OF, write
from torch import nn

from posegcn import evaluate, make_model, metrics
from posegcn.camera import denormalise_image
from posegcn.data import open_source
from posegcn.data.clips import Clips
from posegcn.keypoints import read_keypoints
from posegcn.lifting.lifter import Lifter
from posegcn.skeletons import COCO_17, H36M_17, get_skeleton
from posegcn.skeletons.conversion import convert, origins

DETECTORS = ("coco_17", "coco_18", "halpe_26", "openpose_25", "mediapipe_33")
FILES = [(kind, name) for kind, names in SKELETONS_OF.items() for name in names]
CMU = os.environ.get("POSEGCN_CMU")
FRAMES = {"synthetic": 60, f"cmu:{CMU}": 20}
needs_cmu = pytest.mark.skipif(CMU is None, reason="needs POSEGCN_CMU, the folder of CMU motion")


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


@cache
def one_clip(source, kind):
    clips = open_source(f"{source}{kind}", "h36m_17").part("test")
    longest = max(clips, key=len)[: FRAMES[source]]
    return clips.with_clips([longest])


def seen_as(source, skeleton):
    """The clip with the keypoints that a network for a file of such a body takes."""
    if skeleton.name in DETECTORS:
        return one_clip(source, ":coco_exact")
    clips = one_clip(source, ":exact")
    clip = replace(clips[0], keypoints=convert(clips[0].keypoints, H36M_17, skeleton))
    return Clips.from_clips(source, H36M_17, clips.subjects, [clip], skeleton)


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


@pytest.mark.parametrize(
    "source", ["synthetic", pytest.param(f"cmu:{CMU}", marks=needs_cmu, id="cmu")]
)
@pytest.mark.parametrize(("kind", "name"), FILES)
def test_every_file_is_lifted_as_it_is_evaluated(kind, name, source, tmp_path):
    skeleton = get_skeleton(name)
    clips = seen_as(source, skeleton)
    clip, taken = clips[0], clips.keypoint_skeleton
    pixels = denormalise_image(clip.keypoints, clip.image_size)
    if skeleton.joints != taken.joints:
        pixels = among_others(pixels, skeleton)
    path = write(kind, tmp_path, pixels, None, skeleton, clip.image_size, 50)
    check(lifter(taken.name), clips, path, clip.image_size)
