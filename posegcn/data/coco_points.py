"""Where a detector of COCO keypoints would put them on a body of Human3.6M joints."""

import torch
from torch import Tensor
from torch.nn.functional import normalize

from posegcn.skeletons import COCO_17, H36M_17

# Metres from the base of the skull: to the left, up, forward. Rounded sizes of an adult's head;
# ours, after the usual tables (63 mm between the pupils, 140 mm between the ears).
FACE = {
    "nose": (0.0, 0.02, 0.115),
    "left_eye": (0.032, 0.05, 0.085),
    "right_eye": (-0.032, 0.05, 0.085),
    "left_ear": (0.07, 0.02, 0.0),
    "right_ear": (-0.07, 0.02, 0.0),
}
# Annotators click hips on the surface: further out and higher than where the leg turns. Ours.
HIP_OUTWARDS, HIP_UPWARDS = 0.03, 0.02  # metres
SAME = {
    f"{side}_{keypoint}": f"{side[0]}{joint}"
    for side in ("left", "right")
    for keypoint, joint in (
        *((name, name) for name in ("shoulder", "elbow", "wrist", "hip", "knee")),
        ("ankle", "foot"),
    )
}
YAW_SD, YAW_FRAMES = 0.25, 100  # radians; frames over which the turn of a head persists


def coco_points(joints: Tensor, yaw: Tensor | None = None) -> Tensor:
    """COCO keypoints of bodies in 3D.  (..., 17, 3) -> (..., 17, 3)

    Limbs and shoulders are where the joints are; hips lie on the surface; the face sits on the
    axis from the base of the skull to the top of the head, and looks where the chest does unless
    the head is turned.

    Args:
        joints: Joints of ``H36M_17`` in metres, in any right-handed frame.
        yaw: Turn of the head to its left, in radians.  (...)

    Source: ours. The joints say nothing about where a face looks.
    """
    at = {name: joints[..., H36M_17.index(name), :] for name in H36M_17.joints}
    left, up = at["lshoulder"] - at["rshoulder"], normalize(at["thorax"] - at["hip"], dim=-1)
    points = {name: at[joint] for name, joint in SAME.items()}
    outwards = normalize(at["lhip"] - at["rhip"], dim=-1)
    points["left_hip"] = at["lhip"] + HIP_OUTWARDS * outwards + HIP_UPWARDS * up
    points["right_hip"] = at["rhip"] - HIP_OUTWARDS * outwards + HIP_UPWARDS * up
    axes = _head_axes(left, at["head"] - at["neck_nose"], yaw)  # (..., 3, 3)
    for name, place in FACE.items():
        points[name] = at["neck_nose"] + joints.new_tensor(place) @ axes
    return torch.stack([points[name] for name in COCO_17.joints], dim=-2)


def _head_axes(left: Tensor, up: Tensor, yaw: Tensor | None) -> Tensor:
    """Rows: left, up and forward of a head, of unit length.  (..., 3), (..., 3) -> (..., 3, 3)"""
    up = normalize(up, dim=-1)
    left = normalize(left - (left * up).sum(dim=-1, keepdim=True) * up, dim=-1)
    forward = torch.linalg.cross(left, up)
    if yaw is not None:
        cosine, sine = yaw.cos()[..., None], yaw.sin()[..., None]
        left, forward = cosine * left - sine * forward, cosine * forward + sine * left
    return torch.stack([left, up, forward], dim=-2)


def head_turns(num_frames: int, seed: int) -> Tensor:
    """Turns of a head that looks around: slow Gaussian noise, in radians.  (T,)"""
    generator = torch.Generator().manual_seed(seed)
    keep = 1 - 1 / YAW_FRAMES
    turn, turns = torch.randn((), generator=generator).item(), []
    for push in torch.randn(num_frames, generator=generator).tolist():
        turns.append(YAW_SD * turn)
        turn = keep * turn + (1 - keep**2) ** 0.5 * push
    return torch.tensor(turns)
