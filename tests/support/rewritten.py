"""Detections written into the file of a detector, and read again."""

import torch
from support import keypoint_files
from support.keypoint_files import SKELETONS_OF

from posegcn.keypoints import read_keypoints

# Annotations of COCO say too little of confidences.
_FORMS = [form for form in SKELETONS_OF if form != "coco_annotations"]


def holder(skeleton, number):
    """One of the formats that can hold a skeleton, in turn."""
    forms = [form for form in _FORMS if skeleton in SKELETONS_OF[form]]
    return forms[number % len(forms)]


def file_of(found, folder, form):
    """The path of a new file or folder of this format."""
    first = min(int(track.frames[0]) for track in found.tracks)
    last = max(int(track.frames[-1]) for track in found.tracks)
    skeleton = found.tracks[0].skeleton
    shape = (len(found.tracks), last - first + 1, skeleton.num_joints)
    keypoints, confidence = torch.full((*shape, 2), torch.nan), torch.zeros(shape)
    for person, track in enumerate(found.tracks):
        keypoints[person, track.frames - first] = track.keypoints_px
        confidence[person, track.frames - first] = track.confidence
    return keypoint_files.write(
        form, folder, keypoints, confidence, skeleton, found.image_size, found.fps, first=first
    )


def through(found, folder, form):
    """What the reader makes of it."""
    path = file_of(found, folder, form)
    return read_keypoints(path, image_size=found.image_size, fps=found.fps)
