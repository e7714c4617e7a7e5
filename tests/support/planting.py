"""What happens to files of keypoints: each takes clean detections and returns bad ones."""

from dataclasses import replace

import torch
from support.detected import change

from posegcn.skeletons import MPI_INF_3DHP_17, get_skeleton
from posegcn.skeletons.conversion import convert


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
        every = range(len(joints))
        return keypoints(lambda k: put(k, frames, every, k[list(frames)][:, joints]))(found)

    return plant


def exchange(*pairs):
    def joints(skeleton):
        indices = list(range(skeleton.num_joints))
        for pair in pairs:
            one, other = map(skeleton.index, pair)
            indices[one], indices[other] = other, one
        return indices

    return joints


def jump(joint, frames=(40, 90), way=(250.0, -150.0)):
    def plant(found):
        at = found.tracks[0].skeleton.index(joint)
        return keypoints(lambda k: put(k, frames, [at], k[frames[0], at] + torch.tensor(way)))(
            found
        )

    return plant


def freeze(joint, frames=range(60, 90)):
    def plant(found):
        at = found.tracks[0].skeleton.index(joint)
        return keypoints(lambda k: put(k, frames, [at], k[frames[0] - 1, at].clone()))(found)

    return plant


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
