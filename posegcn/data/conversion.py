"""Keypoints of one skeleton as those of another, by joint name.

A detector's hip is where annotators clicked, the hip of motion capture is where a body model turns.
Joints of the same name are therefore not the same anatomical points, and those made up as means of
others even less: the error of a network holds for the keypoints it was trained on.
"""

import torch
from torch import Tensor

from posegcn.skeleton import Skeleton
from posegcn.skeletons import COCO_17, H36M_16, H36M_17, HUMANEVA_15

_LIMBS = {
    f"{side[0]}{joint}": (f"{side}_{keypoint}",)
    for side in ("left", "right")
    for joint, keypoint in (
        *((name, name) for name in ("shoulder", "elbow", "wrist", "hip", "knee")),
        ("foot", "ankle"),
    )
}
_HIPS, _SHOULDERS = (("left_hip", "right_hip"), ("left_shoulder", "right_shoulder"))
_BODY = {**_LIMBS, "hip": _HIPS, "thorax": _SHOULDERS}
_H36M = {
    **_BODY,
    "spine": _HIPS + _SHOULDERS,
    "neck_nose": ("nose",),
    "head": ("left_eye", "right_eye", "left_ear", "right_ear"),
}

# By the joints of both skeletons: each joint of the second is the mean of some of the first.
MEANS = {
    (COCO_17.joints, HUMANEVA_15.joints): {**_BODY, "head": ("nose",)},
    (COCO_17.joints, H36M_17.joints): _H36M,
    (COCO_17.joints, H36M_16.joints): _H36M,
}


def convert(values: Tensor, source: Skeleton, target: Skeleton) -> Tensor:
    """Values of the joints of ``target``.  (..., J, C) -> (..., J', C)

    COCO keypoints become those of HumanEva-I or Human3.6M by the means of ``MEANS``; between
    other skeletons a joint is the one of the same name.

    Raises:
        InputError: ``values`` has another number of joints than ``source``, or a joint of
            ``target`` can neither be found nor made up.

    Source: COCO to HumanEva-I as in the public code of GLA-GCN (Yu et al., ICCV 2023), which
    overwrites its input; COCO to Human3.6M is ours.
    """
    if (means := MEANS.get((source.joints, target.joints))) is None:
        return source.select(values, target)
    values = source.select(values, source)  # the same, if it has that many joints
    origins = ([source.index(name) for name in means[joint]] for joint in target.joints)
    return torch.stack([values[..., origin, :].mean(dim=-2) for origin in origins], dim=-2)
