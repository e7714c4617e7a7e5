"""Faults as they happen to files of keypoints: each takes clean detections and returns bad ones.

``PLANTED`` holds for each the code that has to be found, and frames and joints where that applies.
"""

from dataclasses import replace
from typing import NamedTuple

import torch
from support.detected import change

from posegcn.skeletons import MPI_INF_3DHP_17, get_skeleton
from posegcn.skeletons.conversion import convert

SOME = tuple(range(60, 75))
LEGS = ("rknee", "rfoot", "lknee", "lfoot")


class Planted(NamedTuple):
    """A fault: what does it, its code, what has to be named, and on which clip it is done."""

    plant: object
    code: str
    frames: tuple = ()
    joints: tuple = ()
    skeleton: str = "h36m_17"
    noise: str = "video"
    action: str = "walk"
    camera: int = 0


def keypoints(function):
    """A fault of the coordinates."""
    return lambda found: change(found, keypoints_px=function(found.tracks[0].keypoints_px.clone()))


def confidences(function):
    return lambda found: change(found, confidence=function(found.tracks[0].confidence.clone()))


def put(values, frames, joints, value):
    values[torch.tensor(frames)[:, None], torch.tensor(joints)] = torch.as_tensor(value)
    return values


def rows(track, which):
    parts = ("frames", "keypoints_px", "confidence")
    return replace(track, **{part: getattr(track, part)[which] for part in parts})


def only(which):
    return lambda found: replace(found, tracks=(rows(found.tracks[0], which),))


def order(function, name=None):
    """Joints in another order; by name, under another skeleton."""

    def plant(found):
        track = found.tracks[0]
        joints = list(function(track.skeleton))
        return change(
            found,
            keypoints_px=track.keypoints_px[:, joints],
            confidence=track.confidence[:, joints],
            skeleton=get_skeleton(name or track.skeleton),
        )

    return plant


def as_3dhp(found):
    track = found.tracks[0]
    moved = convert(track.keypoints_px, track.skeleton, MPI_INF_3DHP_17)
    return change(found, keypoints_px=moved)  # but still called h36m_17


def mirror(names=("",)):
    """Left and right of the joints whose names hold one of these."""

    def joints(skeleton):
        pairs = enumerate(zip(skeleton.joints, skeleton.mirror, strict=True))
        return [m if any(n in joint for n in names) else j for j, (joint, m) in pairs]

    return joints


def mirror_in(frames, names=("",)):
    def plant(found):
        joints = mirror(names)(found.tracks[0].skeleton)
        return keypoints(lambda k: put(k, frames, range(17), k[list(frames)][:, joints]))(found)

    return plant


def exchange(*pairs):
    def joints(skeleton):
        indices = list(range(skeleton.num_joints))
        for pair in pairs:
            one, other = map(skeleton.index, pair)
            indices[one], indices[other] = other, one
        return indices

    return joints


def scaled(x, y):
    """As if the image had other proportions; the image grows with it."""
    return lambda found: change(
        keypoints(lambda k: k * torch.tensor([x, y]))(found),
        image_size=(int(1000 * x), int(1002 * y)),
    )


def from_row(first, *shift):
    return keypoints(lambda k: torch.cat([k[:first], k[first:] + torch.tensor(shift)]))


def cut_off(found):
    """The image ends at the knees, and what is below stands on its border."""
    floor = found.tracks[0].keypoints_px[:, [2, 5], 1].mean().floor()
    clamped = keypoints(lambda k: torch.minimum(k, torch.tensor([torch.inf, floor - 1])))
    return change(clamped(found), image_size=(1000, int(floor)))


def people(split):
    def plant(found):
        first, second = split(found.tracks[0])
        return replace(found, tracks=(first, replace(second, person="1")))

    return plant


def passing(track):
    """Two people side by side, whose names change places in frame 75."""
    here, there = track.keypoints_px, track.keypoints_px.flip(0) + torch.tensor([300.0, 0.0])
    one, other = here.clone(), there.clone()
    one[75:], other[75:] = there[75:], here[75:]
    return replace(track, keypoints_px=one), replace(track, keypoints_px=other)


def repeat(k):
    k[1::2] = k[:-1:2] if len(k) % 2 else k[::2]
    return k


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
    "NaN with confidence": Planted(
        keypoints(lambda k: put(k, SOME, [2], NAN)), "nan", SOME, ("rknee",)
    ),
    "half a keypoint": Planted(
        keypoints(lambda k: put(k, SOME, [2], torch.tensor([500.0, NAN]))), "nan", SOME, ("rknee",)
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
    "frozen wrist": Planted(
        keypoints(lambda k: put(k, range(60, 90), [13], k[59, 13].clone())),
        "frozen-joints",
        tuple(range(60, 90)),
        ("lwrist",),
    ),
    "a foot jumps": Planted(
        keypoints(lambda k: put(k, (40, 90), [6], k[40, 6] + torch.tensor([250.0, -150.0]))),
        "jumping-joints",
        (40, 90),
        ("lfoot",),
    ),
    "over to another body": Planted(from_row(75, 260.0, 15.0), "identity-switch", (75,)),
    "two people change names": Planted(
        lambda d: change(people(passing)(d), image_size=(2000, 1002)), "identity-switch", (75,)
    ),
    "a name that ends": Planted(
        people(lambda t: (rows(t, slice(0, 70)), rows(t, slice(72, None)))), "broken-track", (72,)
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
