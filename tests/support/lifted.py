"""Files of keypoints for the command that lifts them."""

import json

import torch

FRAMES = 12
SIZE = ("--image-size", "1000x1000")


def one(keypoints, confidence=0.9):
    """A person of a COCO result."""
    values = torch.cat([keypoints, torch.full((17, 1), confidence)], dim=1)
    return {"category_id": 1, "keypoints": values.flatten().tolist(), "score": confidence}


def results(path, people):
    """A COCO result file of (image id, person)."""
    path.write_text(json.dumps([{"image_id": frame, **person} for frame, person in people]))
    return path
