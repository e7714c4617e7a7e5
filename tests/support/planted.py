"""Faults as they happen to files of keypoints.

``PLANTED`` holds for each what does it to clean detections, the code that has to be found, frames
and joints where that applies, and on which clip and in which format it is done.
"""

from dataclasses import replace
from typing import NamedTuple

import torch
from support.detected import change
from support.planting import (
    as_3dhp,
    confidences,
    cut_off,
    exchange,
    freeze,
    from_row,
    jump,
    keypoints,
    mirror,
    mirror_in,
    only,
    order,
    passing,
    people,
    put,
    repeat,
    rows,
    scaled,
)

from posegcn.skeletons import MPI_INF_3DHP_17, get_skeleton

SOME, LONG = tuple(range(60, 75)), tuple(range(60, 90))
LEGS = ("rknee", "rfoot", "lknee", "lfoot")


class Planted(NamedTuple):
    """A fault: what does it, its code, what has to be named, and on which clip it is done.

    Without a ``form``, it is one of those that can hold the skeleton.
    """

    plant: object
    code: str
    frames: tuple = ()
    joints: tuple = ()
    skeleton: str = "h36m_17"
    noise: str = "video"
    action: str = "walk"
    camera: int = 0
    form: str = ""


NAN = float("nan")
PLANTED = {
    "parts of the image, 0 to 1": Planted(keypoints(lambda k: k / 1000), "normalised"),
    "parts of the image, -1 to 1": Planted(keypoints(lambda k: k / 500 - 1), "normalised"),
    "a smaller image": Planted(lambda d: change(d, image_size=(320, 240)), "outside-image"),
    "width and height exchanged": Planted(
        lambda d: change(from_row(0, 800.0, 0.0)(d), image_size=(1080, 1920)), "outside-image"
    ),
    "origin in the middle": Planted(from_row(0, -500.0, -500.0), "outside-image"),
    "cut off at the knees": Planted(cut_off, "cut-off", (), ("rfoot", "lfoot")),
    "zeros with confidence": Planted(
        keypoints(lambda k: put(k, SOME, [3, 13], 0.0)),
        "zeros-as-missing",
        SOME,
        ("rfoot", "lwrist"),
    ),
    "confidence always 0": Planted(confidences(lambda c: c * 0), "zero-confidence"),
    "confidence in percent": Planted(confidences(lambda c: c * 100), "confidence-range"),
    "confidence from 5 to 95": Planted(
        confidences(lambda c: c * 0 + torch.linspace(5, 95, 17)),
        "confidence-range",
        skeleton="coco_17",
        form="coco",
    ),
    "logits as confidence": Planted(
        confidences(lambda c: c - 1), "confidence-range", skeleton="halpe_26", form="mmpose"
    ),
    "NaN with confidence": Planted(
        keypoints(lambda k: put(k, SOME, [2], NAN)), "nan", SOME, ("rknee",), form="npz"
    ),
    "half a keypoint": Planted(
        keypoints(lambda k: put(k, SOME, [2], torch.tensor([500.0, NAN]))),
        "nan",
        SOME,
        ("rknee",),
        form="npz",
    ),
    "placeholder -1": Planted(
        keypoints(lambda k: put(k, SOME, [1, 2, 3], -1.0)), "placeholder", SOME, ("rhip",)
    ),
    "legs never found": Planted(
        confidences(lambda c: put(c, range(150), [2, 3, 5, 6], 0.0)), "missing-joints", (), LEGS
    ),
    "frames with an arm alone": Planted(
        confidences(lambda c: put(c, SOME, range(13), 0.0)), "few-joints", SOME
    ),
    "COCO called Human3.6M": Planted(
        lambda d: change(d, skeleton=get_skeleton("h36m_17")), "joint-order", skeleton="coco_17"
    ),
    "Human3.6M called COCO": Planted(
        lambda d: change(d, skeleton=get_skeleton("coco_17")), "joint-order"
    ),
    "Human3.6M called 3DHP": Planted(
        lambda d: change(d, skeleton=MPI_INF_3DHP_17), "joint-order", camera=2
    ),
    "3DHP called Human3.6M": Planted(as_3dhp, "joint-order"),
    "16 of Human3.6M called MPII": Planted(
        lambda d: change(d, skeleton=get_skeleton("mpii_16")), "joint-order", skeleton="h36m_16"
    ),
    "knees and feet exchanged": Planted(
        order(exchange(("rknee", "rfoot"), ("lknee", "lfoot"))), "joint-order"
    ),
    "elbow and wrist exchanged": Planted(
        order(exchange(("relbow", "rwrist"), ("lelbow", "lwrist"))), "joint-order", camera=1
    ),
    "joints from last to first": Planted(order(lambda s: reversed(range(17))), "joint-order"),
    "y counts upwards": Planted(
        keypoints(lambda k: torch.tensor([0, 1002.0]) - k * torch.tensor([-1, 1])), "upside-down"
    ),
    "three times too wide": Planted(scaled(1920 / 608, 1), "stretched", action="wave", camera=1),
    "three times too narrow": Planted(scaled(608 / 1920, 1), "stretched"),
    "sides exchanged": Planted(order(mirror()), "swapped-sides", skeleton="coco_17"),
    "sides of the legs exchanged": Planted(
        order(mirror(("hip", "knee", "foot"))), "swapped-sides", (), ("lhip", "rhip")
    ),
    "sides exchanged in some frames": Planted(
        mirror_in(SOME), "swapped-frames", SOME, ("lwrist", "rknee")
    ),
    "sides of the arms exchanged in some": Planted(
        mirror_in(SOME, ("shoulder", "elbow", "wrist")), "swapped-frames", SOME, ("lwrist",)
    ),
    "frozen wrist": Planted(freeze("lwrist"), "frozen-joints", LONG, ("lwrist",)),
    "a foot jumps": Planted(jump("lfoot"), "jumping-joints", (40, 90), ("lfoot",)),
    "a foot jumps, Halpe": Planted(
        jump("left_ankle"),
        "jumping-joints",
        (40, 90),
        ("left_ankle",),
        "halpe_26",
        form="alphapose",
    ),
    "a wrist jumps, OpenPose": Planted(
        jump("left_wrist", (40, 41)), "jumping-joints", (40, 41), ("left_wrist",), "openpose_25"
    ),
    "frozen wrist, MediaPipe": Planted(
        freeze("right_wrist"), "frozen-joints", LONG, ("right_wrist",), "mediapipe_33"
    ),
    "frozen knee, 18 of OpenPose": Planted(
        freeze("right_knee"), "frozen-joints", LONG, ("right_knee",), "coco_18"
    ),
    "sides exchanged in some frames, YOLO": Planted(
        mirror_in(SOME), "swapped-frames", SOME, ("left_wrist",), "coco_17", form="yolo"
    ),
    "sides exchanged, easy_ViTPose": Planted(
        order(mirror()), "swapped-sides", skeleton="openpose_25", form="vitpose"
    ),
    "zeros that are labelled": Planted(
        keypoints(lambda k: put(k, SOME, [9], 0.0)),
        "zeros-as-missing",
        SOME,
        ("left_wrist",),
        "coco_17",
        form="coco_annotations",
    ),
    "over to another body": Planted(from_row(75, 260.0, 15.0), "identity-switch", (75,)),
    "two people change names": Planted(
        lambda d: change(people(passing)(d), image_size=(2000, 1002)), "identity-switch", (75,)
    ),
    "a name that ends": Planted(
        people(lambda t: (rows(t, slice(0, 70)), rows(t, slice(72, None)))),
        "broken-track",
        (72,),
        form="csv",
    ),
    "found twice": Planted(
        people(lambda t: (t, replace(t, keypoints_px=t.keypoints_px + 1.5))), "duplicate-person"
    ),
    "frames missing": Planted(
        only([i for i in range(150) if i not in SOME]), "missing-frames", (75,)
    ),
    "every second frame": Planted(only(slice(None, None, 2)), "missing-frames"),
    "every second frame repeated": Planted(keypoints(repeat), "repeated-frames"),
    "the video hangs": Planted(
        keypoints(lambda k: put(k, SOME, range(17), k[59].clone())), "repeated-frames", SOME
    ),
    "frames per second times ten": Planted(lambda d: change(d, fps=500.0), "implausible-speed"),
}
