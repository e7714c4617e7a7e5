"""Self-occlusion: which joints the body itself hides from the camera, estimated from geometry."""

import torch
from torch import Tensor

from posegcn.skeleton import Skeleton

LIMB_RADIUS_M, TRUNK_RADIUS_M = 0.05, 0.10
CHUNK = 4096  # poses at a time, to bound memory


def hidden_joints(
    joints: Tensor,
    skeleton: Skeleton,
    *,
    limb_radius: float = LIMB_RADIUS_M,
    trunk_radius: float = TRUNK_RADIUS_M,
) -> Tensor:
    """Whether a part of the body is between the camera and a joint.  (M, J, 3) -> (M, J) bool

    Every bone is a capsule: all points nearer to it than its radius, that of the trunk where both
    ends lie on the midline of the body. A joint is hidden if the sight line, from the camera up to
    one radius before the joint, runs through a capsule; the bones that end in the joint do not
    count, and neither does what lies beside or behind it.

    This is a geometric estimate and no label: the radii are round numbers for an adult, the body
    has no flesh, hands or clothes, and things in the room are not known. Joints inside the trunk,
    above all the hips, count as hidden as soon as the body turns its back or side.

    Args:
        joints: True joints in the camera frame, in metres, absolute: the camera is at the origin.
        skeleton: Body of the joints.
        limb_radius: Metres.
        trunk_radius: Metres.
    """
    trunk = [all(skeleton.mirror[end] == end for end in bone) for bone in skeleton.bones]
    radii = torch.where(torch.tensor(trunk), trunk_radius, limb_radius)  # (E,)
    touches = torch.tensor(
        [[joint in bone for bone in skeleton.bones] for joint in range(skeleton.num_joints)]
    )  # (J, E)
    parts = joints.double().split(CHUNK)
    hidden = [_hidden(part, skeleton, radii) & ~touches for part in parts]
    return torch.cat([bones.any(dim=-1) for bones in hidden])


def _hidden(joints: Tensor, skeleton: Skeleton, radii: Tensor) -> Tensor:
    """Whether each bone is before each joint.  (M, J, 3) -> (M, J, E) bool"""
    children, parents = (list(ends) for ends in zip(*skeleton.bones, strict=True))
    starts = joints[:, None, parents]  # (M, 1, E, 3)
    bones = joints[:, None, children] - starts
    distance = joints.norm(dim=-1)[..., None]  # (M, J, 1)
    seen = (1 - radii / distance).clamp(min=0)  # (M, J, E): share of the way to the joint
    sights = seen[..., None] * joints[:, :, None]  # (M, J, E, 3)
    return segment_distance(sights, starts, bones) < radii


def segment_distance(sights: Tensor, starts: Tensor, bones: Tensor) -> Tensor:
    r"""Distance of two segments, one of which begins at the origin.  (..., 3) -> (...)

    .. math:: \min_{0 \le s, t \le 1} \lVert s \, d - (p + t \, b) \rVert

    The square is convex in both. The best s for both lines, put back between 0 and 1, gives a t;
    the best s for that t, if it has to be put back too, is the answer.

    Args:
        sights: End d of the first segment.
        starts: Start p of the second.
        bones: From there to its end: b.
    """
    dd, bb, db = _dot(sights, sights), _dot(bones, bones), _dot(sights, bones)
    dp, bp = _dot(sights, starts), _dot(bones, starts)
    tiny = torch.finfo(sights.dtype).tiny
    s = ((dp * bb - bp * db) / (dd * bb - db * db).clamp(min=tiny)).clamp(0, 1)
    t = ((s * db - bp) / bb.clamp(min=tiny)).clamp(0, 1)
    s = ((t * db + dp) / dd.clamp(min=tiny)).clamp(0, 1)
    return (s[..., None] * sights - starts - t[..., None] * bones).norm(dim=-1)


def _dot(one: Tensor, other: Tensor) -> Tensor:
    return (one * other).sum(dim=-1)
