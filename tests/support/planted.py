"""Faults as they happen to files of keypoints: each takes clean detections and returns bad ones.

``PLANTED`` holds for each the code that has to be found, and frames and joints where that applies.
"""

from dataclasses import replace
from typing import NamedTuple

import torch
from support.detected import change

from posegcn.skeletons import get_skeleton

FRAMES = tuple(range(60, 75))


class Planted(NamedTuple):
    """A fault: what it does, the code, and the frames and joints that have to be named."""

    plant: object
    code: str
    frames: tuple = ()
    joints: tuple = ()
    skeleton: str = "h36m_17"
    noise: str = "video"
    action: str = "walk"


def moved(function):
    """A fault of the coordinates alone."""
    return lambda found: change(found, keypoints_px=function(found.tracks[0].keypoints_px.clone()))


def at(found_frames, joints=slice(None), value=0.0):
    def set_there(keypoints):
        keypoints[list(found_frames), joints] = torch.as_tensor(value)
        return keypoints

    return moved(set_there)


def mirrored(found, frames=slice(None), names=None):
    track = found.tracks[0]
    order = torch.tensor(track.skeleton.mirror)
    if names is not None:
        chosen = [any(n in joint for n in names) for joint in track.skeleton.joints]
        order = torch.where(torch.tensor(chosen), order, torch.arange(len(order)))
    keypoints, confidence = track.keypoints_px.clone(), track.confidence.clone()
    keypoints[frames], confidence[frames] = keypoints[frames][:, order], confidence[frames][:, order]
    return change(found, keypoints_px=keypoints, confidence=confidence)


def called(name):
    """Another skeleton with as many joints, without changing their order."""
    return lambda found: change(found, skeleton=get_skeleton(name))


def reordered(function):
    def plant(found):
        track = found.tracks[0]
        order = function(track.skeleton)
        return change(
            found,
            keypoints_px=track.keypoints_px[:, order],
            confidence=track.confidence[:, order],
        )

    return plant


def exchanged(first, second):
    def order(skeleton):
        indices = list(range(skeleton.num_joints))
        one, other = skeleton.index(first), skeleton.index(second)
        indices[one], indices[other] = other, one
        return indices

    return reordered(order)


def kept(found, rows):
    track = found.tracks[0]
    return change(
        found,
        frames=track.frames[rows],
        keypoints_px=track.keypoints_px[rows],
        confidence=track.confidence[rows],
    )


def with_confidence(function):
    def plant(found):
        return change(found, confidence=function(found.tracks[0].confidence.clone()))

    return plant


def held(keypoints):
    keypoints[list(FRAMES), 13] = keypoints[FRAMES[0] - 1, 13]
    return keypoints


def every_other_repeated(keypoints):
    keypoints[1::2] = keypoints[0:-1:2]
    return keypoints


def elsewhere(keypoints):
    keypoints[75:] += torch.tensor([260.0, 15.0])
    return keypoints


def clamped(keypoints):
    """As if the image ended at the knees."""
    floor = keypoints[:, [2, 5], 1].mean()
    return keypoints + torch.minimum(1000.5 - floor - keypoints[..., 1:], torch.tensor(0.0)) * 0


def two_tracks(split):
    def plant(found):
        first, second = split(found.tracks[0])
        return replace(found, tracks=(first, replace(second, person="1")))

    return plant


def cut(track, rows):
    return replace(
        track,
        frames=track.frames[rows],
        keypoints_px=track.keypoints_px[rows],
        confidence=track.confidence[rows],
    )


def shorter(values, joints):
    values[:, joints] = 0
    return values


SIZE = torch.tensor([1000.0, 1000.0])
JUMPERS = (40, 90)
LEGS = ("rknee", "rfoot", "lknee", "lfoot")
HALF_SWAPPED = tuple(range(60, 75))
