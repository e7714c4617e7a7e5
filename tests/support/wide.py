"""Bodies of detectors with more joints than COCO's, made of COCO keypoints."""

import torch

from posegcn.skeletons import COCO_17

STEP = 0.15  # of forearm or shin, to joints of hands and feet
TURN = 0.5  # radians from one of them to the next, so that none is where another is
FACE = {"inner": (0.7, 1.0), "outer": (1.2, 1.0), "mouth": (0.6, -1.0)}  # of the way to an eye
ENDS = {
    **dict.fromkeys(("pinky", "index", "thumb"), ("wrist", "elbow")),
    **dict.fromkeys(("big_toe", "small_toe", "heel", "foot_index"), ("ankle", "knee")),
}


def wide(keypoints, confidence, skeleton):
    """(T, 17, 2), (T, 17) -> (T, J, 2), (T, J)"""
    places = {
        name: torch.cat([keypoints[:, j], confidence[:, j, None]], dim=1)
        for j, name in enumerate(COCO_17.joints)
    }
    places["neck"] = (places["left_shoulder"] + places["right_shoulder"]) / 2
    places["hip"] = (places["left_hip"] + places["right_hip"]) / 2
    nose, neck = places["nose"], places["neck"]
    places["head"] = torch.cat([1.5 * nose[:, :2] - 0.5 * neck[:, :2], neck[:, 2:]], dim=1)
    for joint in skeleton.joints:
        if joint not in places:
            places[joint] = made_up(joint, places)
    values = torch.stack([places[joint] for joint in skeleton.joints], dim=1)
    return values[..., :2], values[..., 2]


def made_up(joint, places):
    """(T, 3)"""
    side, _, part = joint.partition("_")
    for name, scale in FACE.items():
        if name in part:
            eye, nose = places[f"{side}_eye"], places["nose"]
            factor, upwards = scale
            place = nose + (eye - nose) * factor * torch.tensor([1.0, upwards, 0.0])
            return torch.cat([place[:, :2], eye[:, 2:]], dim=1)
    end, before = (places[f"{side}_{name}"] for name in ENDS[part])
    angle = torch.tensor(TURN * (list(ENDS).index(part) % 4 - 1))
    turn = torch.stack([angle.cos(), -angle.sin(), angle.sin(), angle.cos()]).view(2, 2)
    place = end[:, :2] + STEP * (end - before)[:, :2] @ turn.T
    return torch.cat([place, end[:, 2:]], dim=1)
