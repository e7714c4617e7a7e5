"""Captured motion as detectors find it; the files lie where POSEGCN_CMU says."""

import os
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np
import torch
from support.detected import detections, face_confidence

from posegcn.camera import denormalise_image
from posegcn.data.coco_points import coco_points, head_turns
from posegcn.data.projection import see
from posegcn.data.video_noise import VideoNoise
from posegcn.rig import random_rig
from posegcn.skeletons import COCO_17, H36M_17

# Skeleton and detector.
KINDS = {
    "exact": (H36M_17, None),
    "video": (H36M_17, VideoNoise),
    "coco": (COCO_17, None),
    "coco_video": (COCO_17, VideoNoise),
}
FACE = [COCO_17.index(n) for n in ("nose", "left_eye", "right_eye", "left_ear", "right_ear")]
SHORTEST, LONGEST = 50, 300  # frames of a clip


@lru_cache(maxsize=2)
def recordings(split):
    """Subject, action and world joints of each recording."""
    path = Path(os.environ["POSEGCN_CMU"]) / f"cmu_{split}.npz"
    with np.load(path) as file:
        world = torch.from_numpy(file["positions"].astype(np.float32)) * float(file["unit_m"])
        starts, lengths = file["sequence_starts"].tolist(), file["sequence_lengths"].tolist()
        who = zip(file["subject_ids"].tolist(), file["action_classes"].tolist(), strict=True)
    ends = zip(starts, lengths, strict=True)
    return [(*names, world[s : s + n]) for names, (s, n) in zip(who, ends, strict=True)]


@lru_cache(maxsize=512)
def captured(split, row, kind, confidence="constant"):
    """Detections of a recording from one of four cameras; None where none sees enough.

    ``confidence`` of faces: "constant" as everything, "confident" always and more so, "falling"
    where they are turned away.
    """
    subject, action, world = recordings(split)[row]
    skeleton, noise = KINDS[kind]
    seed = crc32(f"{subject} {row}".encode())
    points = coco_points(world, head_turns(len(world), seed)) if skeleton is COCO_17 else world
    cameras = random_rig(crc32(subject.encode()), distortion=False)
    for camera in cameras[row % 4 :] + cameras[: row % 4]:
        detector = noise and noise(skeleton, seed)
        clips = see(points, camera, skeleton, subject=subject, action=action, detector=detector)
        clip = max(clips, key=len, default=())
        if len(clip) >= SHORTEST:
            break
    else:
        return None
    clip = clip[:LONGEST]
    keypoints = denormalise_image(clip.keypoints, clip.image_size)
    values = torch.full(keypoints.shape[:-1], 0.9)
    if confidence != "constant":
        values += 0.03 * torch.randn(values.shape, generator=torch.Generator().manual_seed(seed))
        values.clamp_(0, 1)
    if confidence == "confident":
        values[:, FACE] = 0.99
    elif confidence == "falling":
        values = face_confidence(clip.joints + clip.root[:, None], values)
    return detections(keypoints, values, skeleton, clip.image_size)


def all_captured(split, kind, confidence="constant", every=1):
    """(row, detections) of the recordings of which enough is seen."""
    for row in range(0, len(recordings(split)), every):
        if (found := captured(split, row, kind, confidence)) is not None:
            yield row, found
