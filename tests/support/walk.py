"""The clip of chapter 22: someone of the CMU test set walks, seen by an emulated detector."""

import torch

from posegcn.camera import denormalise_image
from posegcn.data import open_source
from posegcn.data.coco_points import coco_points
from posegcn.skeletons import COCO_17

SUBJECT, ACTION, FRAMES = "C09", "walk", 150
OFF_PX = 12  # beyond it the detector is unsure
HIDDEN_M, UNSURE = 0.03, 0.4  # deeper by so much: the face turns away
UNSEEN = {"right_wrist": range(60, 72), "left_ankle": range(100, 103)}


def walk(folder):
    """Annotations in COCO's form, as a dictionary."""
    source = f"cmu:{folder}"
    noisy, exact = (open_source(f"{source}:{k}", "h36m_17") for k in ("coco_video", "coco_exact"))
    number = max(
        (n for n, clip in enumerate(noisy) if (clip.subject, clip.action) == (SUBJECT, ACTION)),
        key=lambda n: len(noisy[n]),
    )
    clip = noisy[number]
    found, true = (
        denormalise_image(clips[number].keypoints[:FRAMES], clip.image_size)
        for clips in (noisy, exact)
    )
    score = torch.where((found - true).norm(dim=-1) > OFF_PX, 0.35, 0.9)
    score = torch.where(_behind(clip.joints[:FRAMES]), UNSURE, score)
    for name, frames in UNSEEN.items():
        found[frames, COCO_17.index(name)] = 0
        score[frames, COCO_17.index(name)] = 0
    width, height = clip.image_size
    people = [
        {"id": frame, "image_id": frame, "category_id": 1, "track_id": 1, "keypoints": rounded}
        for frame, rounded in enumerate(_triples(found, score))
    ]
    return {
        "info": {
            "description": "Motion of the CMU database seen by an emulated detector of COCO "
            "keypoints, 50 frames per second. The data used in this project was obtained from "
            "mocap.cs.cmu.edu. The database was created with funding from NSF EIA-0196217.",
        },
        "images": [
            {"id": frame, "file_name": f"{frame:06}.png", "width": width, "height": height}
            for frame in range(FRAMES)
        ],
        "annotations": people,
        "categories": [{"id": 1, "name": "person", "keypoints": list(COCO_17.joints)}],
    }


def _behind(joints):
    """Eyes and ears that the head itself hides: those further away than their mirror image."""
    depth = coco_points(joints)[..., 2]  # (T, 17)
    further = depth - depth[:, list(COCO_17.mirror)] > HIDDEN_M
    face = torch.tensor(["eye" in name or "ear" in name for name in COCO_17.joints])
    return further & face


def _triples(found, score):
    values = torch.cat([found, score[..., None]], dim=-1).flatten(1)
    return [[round(value, 2) for value in row] for row in values.tolist()]
