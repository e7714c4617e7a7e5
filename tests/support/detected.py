"""What a detector finds on the embedded synthetic motion, one clip at a time."""

from dataclasses import replace
from functools import lru_cache
from zlib import crc32

import numpy as np
import torch
from support.wide import wide
from torch.nn.functional import normalize

from posegcn.camera import denormalise_image
from posegcn.data.coco_points import coco_points
from posegcn.data.noise import DetectorNoise
from posegcn.data.projection import see
from posegcn.data.synthetic import FPS, bone_lengths, motion
from posegcn.data.video_noise import VideoNoise
from posegcn.keypoints import Detections, Track
from posegcn.rig import random_rig
from posegcn.skeletons import COCO_17, H36M_17, get_skeleton

NOISES = {"exact": None, "noisy": DetectorNoise, "video": VideoNoise}


@lru_cache(maxsize=64)
def seen(action, subject="P1", camera=0, noise="exact", skeleton="h36m_17", frames=150):
    """Detections of one person; the confidences of COCO faces say what the camera sees.

    Skeletons of detectors with more joints are made of those of COCO.
    """
    skeleton = get_skeleton(skeleton)
    if skeleton.name in ("halpe_26", "openpose_25", "coco_18", "mediapipe_33"):
        found = seen(action, subject, camera, noise, "coco_17", frames)
        track = found.tracks[0]
        keypoints, confidence = wide(track.keypoints_px, track.confidence, skeleton)
        return change(found, keypoints_px=keypoints, confidence=confidence, skeleton=skeleton)
    seed = crc32(f"{subject} {action}".encode())
    world = motion(action, bone_lengths(np.random.default_rng(seed)), seed, frames)
    is_coco = skeleton.joints == COCO_17.joints
    points = coco_points(world) if is_coco else H36M_17.select(world, skeleton)
    view = random_rig(crc32(subject.encode()), distortion=True)[camera]
    detector = NOISES[noise] and NOISES[noise](skeleton, seed)
    clips = see(points, view, skeleton, subject=subject, action=action, detector=detector)
    clip = max(clips, key=len)
    keypoints = denormalise_image(clip.keypoints, clip.image_size)
    confidence = torch.full(keypoints.shape[:-1], 0.9)
    if is_coco:
        confidence = face_confidence(clip.joints + clip.root[:, None], confidence)
    return detections(keypoints, confidence, skeleton, clip.image_size)


def face_confidence(points, confidence):
    """Low for what is turned away from the camera.  (T, 17, 3), (T, 17)"""
    at = {name: points[:, index] for index, name in enumerate(COCO_17.joints)}
    middle = (at["left_ear"] + at["right_ear"]) / 2
    to_camera = normalize(-middle, dim=-1)
    forward = (normalize(at["nose"] - middle, dim=-1) * to_camera).sum(dim=-1)
    left = (normalize(at["left_ear"] - middle, dim=-1) * to_camera).sum(dim=-1)
    shown = {"nose": forward, "left_eye": forward, "right_eye": forward}
    shown |= {"left_ear": left + 0.3, "right_ear": 0.3 - left}
    confidence = confidence.clone()
    for name, cosine in shown.items():
        confidence[:, COCO_17.index(name)] = (0.5 + cosine).clamp(0.05, 0.95)
    return confidence


def detections(keypoints, confidence, skeleton, image_size=(1000, 1000), **changes):
    track = Track("0", skeleton, torch.arange(len(keypoints)), keypoints, confidence)
    return replace(Detections("clip.npz", "npz", (track,), image_size, float(FPS)), **changes)


def change(found, **fields):
    """The same with other fields of the first track, or of the file."""
    own = {name: value for name, value in fields.items() if hasattr(found.tracks[0], name)}
    track = replace(found.tracks[0], **own)
    rest = {name: value for name, value in fields.items() if name not in own}
    return replace(found, tracks=(track, *found.tracks[1:]), **rest)
