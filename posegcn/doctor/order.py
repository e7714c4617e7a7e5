r"""Do the joints, in this order, make a body?

The bones of a body join what is near. Let D be the median distance of every two joints over the
clip. The tree of the skeleton is then hardly longer than the shortest tree that joins all joints
(the minimum spanning tree of D), whatever the pose, the camera and the size:

.. math:: r = \sum_{(i, p) \in bones} D_{ip} \Big/ \sum_{(i, k) \in MST(D)} D_{ik}

Joints in another order give bones that cross the body, a greater r, and bones of unequal length
left and right. With a the mean of :math:`|l - r| / (l + r)` over the pairs of bones, the misfit is
:math:`r e^{4 a}`.

Source: ours; the shortest tree is Prim's (Bell System Technical Journal 36, 1957).
"""

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from posegcn.doctor.body import Body, is_face, pair_of
from posegcn.doctor.diagnosis import Finding
from posegcn.skeleton import Skeleton
from posegcn.skeletons import SKELETONS

MOST_FRAMES = 300  # evenly spaced; distances of more hardly change the median
FEWEST_JOINTS = 0.8  # of the joints have to be known
SYMMETRY = 4.0  # weight of unequal sides; from 3 to 5 all orders are told apart
BETTER = 1.2  # times the misfit of another order; on clean clips any other has 1.4 times the own
WORST_FIT = 4.5  # misfit; on clean clips it is 3.8 at most, of COCO in a crouch seen from above
WIDEST_FACE = 0.38  # body sizes between two of its points; in clean clips 0.15 at most
LIMBS = (("hip", "knee", "ankle"), ("shoulder", "elbow", "wrist"))
RANGE_WEIGHT = 0.4  # against the reach; separates best on CMU motion, where 0.3 to 0.5 are alike
# How much further and more freely the middle of a limb has to go than its end. On CMU motion that
# is passed by one clean part in 500, of arms held at the chest: 2 s long, or 1 s at 50 frames per
# second with the higher one.
FREER, FREER_SHORT = 0.35, 0.5
LIMB_FRAMES, LIMB_FRAMES_SHORT = 100, 50


def check_order(body: Body) -> Iterator[Finding]:
    """Another order of the joints, two joints in each other's place, or none that is known."""
    distances = joint_distances(body)
    if distances is None:
        return
    own = misfit(distances, body.skeleton)
    others = {other.name: misfit(distances, other) for other in rivals(body.skeleton)}
    best = min(others, key=others.get, default=None)
    if best and own > BETTER * others[best]:
        yield body.finding(
            "joint-order",
            f"the joints fit a body of {best} {own / others[best]:.1f} times better than one of "
            f"{body.skeleton.name}; see which order wrote them",
        )
    elif own > WORST_FIT:
        yield body.finding(
            "joint-order",
            f"in the order of {body.skeleton.name} the joints do not look like a body (misfit "
            f"{own:.1f}, at most {WORST_FIT} is usual), and no known order fits; see which joints "
            "the file holds",
        )
    elif (face := _face_width(distances, body.skeleton)) > WIDEST_FACE:
        yield body.finding(
            "joint-order",
            f"the face is {face:.1f} times as large as the body, so that its keypoints seem to be "
            "those of other joints; see which joints the file holds",
        )
    else:
        yield from _check_limbs(body)


def _face_width(distances: Tensor, skeleton: Skeleton) -> float:
    """Largest median distance of two points of the face.  (J, J)"""
    face = [joint for joint, name in enumerate(skeleton.joints) if is_face(name)]
    return distances[face][:, face].nan_to_num(nan=0.0).max().item() if face else 0.0


def _check_limbs(body: Body) -> Iterator[Finding]:
    """Middle and end of a limb in each other's place."""
    frames = len(body.track)
    if frames < LIMB_FRAMES_SHORT:
        return
    least = FREER if frames >= LIMB_FRAMES else FREER_SHORT
    for limb in LIMBS:
        pairs = [pair_of(body.skeleton, part) for part in limb]
        if None in pairs:
            continue
        if not all(_freer(body, side) > least for side in zip(*pairs, strict=True)):
            continue
        where = torch.zeros_like(body.track.missing)
        where[:, [joint for pair in pairs[1:] for joint in pair]] = True
        yield body.finding(
            "joint-order",
            f"{limb[1]} and {limb[2]} seem to be in each other's place: the {limb[1]} goes further "
            f"from the {limb[0]} than the {limb[2]}, and nearer to it; see whether their order is "
            "right",
            where,
        )


def _freer(body: Body, limb: tuple[int, int, int]) -> float:
    r"""How much further and more freely the middle of a limb goes than its end; NaN if unknown.

    A middle stays at a bone's length from where the limb begins, but for perspective; an end goes
    further out, and comes nearer. With m and e the distances of both from there, it is

    .. math:: \ln \frac{Q_{95}(m)}{Q_{95}(e)} +
        0.4 \ln \frac{Q_{90}(m) - Q_{10}(m)}{Q_{90}(e) - Q_{10}(e)}

    and changes its sign where they are exchanged.
    """
    start, middle, end = (body.points[:, joint] / body.size[:, None] for joint in limb)
    distances = torch.stack([(middle - start).norm(dim=-1), (end - start).norm(dim=-1)])
    levels = torch.tensor([0.1, 0.9, 0.95])
    low, high, reach = distances.nanquantile(levels, dim=1)  # (2,) each
    middle, end = (reach.log() + RANGE_WEIGHT * (high - low).clamp(min=1e-6).log()).tolist()
    return middle - end


def rivals(skeleton: Skeleton) -> list[Skeleton]:
    """Known skeletons with the same number of joints in another order."""
    return [
        other
        for other in SKELETONS.values()
        if other.num_joints == skeleton.num_joints and other.joints != skeleton.joints
    ]


def joint_distances(body: Body) -> Tensor | None:
    """Median distance of every two joints in body sizes; NaN where never seen together.  (J, J)

    ``None`` where too few joints are known.
    """
    rows = torch.linspace(0, len(body.points) - 1, min(MOST_FRAMES, len(body.points))).long()
    points = body.points[rows] / body.size[rows, None, None]
    distances = (points[:, :, None] - points[:, None]).norm(dim=-1).nanmedian(dim=0).values
    known = distances.diagonal().isfinite().float().mean()
    return distances if known >= FEWEST_JOINTS else None


def misfit(distances: Tensor, skeleton: Skeleton) -> float:
    """How badly the joints make a body, 1 at best.  (J, J)"""
    return tree_ratio(distances, skeleton) * math.exp(SYMMETRY * asymmetry(distances, skeleton))


def asymmetry(distances: Tensor, skeleton: Skeleton) -> float:
    """Mean difference of left and right bones over their sum.  (J, J)"""
    mirror, bones = skeleton.mirror, set(skeleton.bones)
    lengths = [
        torch.stack([distances[child, parent], distances[mirror[child], mirror[parent]]])
        for child, parent in skeleton.bones
        if child < mirror[child] and (mirror[child], mirror[parent]) in bones
    ]
    if not lengths:
        return 0.0
    left, right = torch.stack(lengths, dim=-1)
    unequal = (left - right).abs() / (left + right).clamp(min=1e-9)
    return unequal.nanmean().nan_to_num(nan=0.0).item()


def tree_ratio(distances: Tensor, skeleton: Skeleton) -> float:
    """Length of the skeleton's bones over that of the shortest tree.  (J, J)"""
    lengths = torch.stack([distances[bone] for bone in skeleton.bones])
    return (lengths.nansum() / max(shortest_tree(distances), 1e-9)).item()


def shortest_tree(distances: Tensor) -> float:
    """Length of the minimum spanning tree of the joints that are known.  (J, J)"""
    known = distances.diagonal().isfinite()
    matrix = distances[known][:, known].nan_to_num(nan=torch.inf)
    if not len(matrix):
        return 0.0
    outside = torch.ones(len(matrix), dtype=torch.bool)
    outside[0], nearest, total = False, matrix[0].clone(), 0.0
    while outside.any():
        joint = nearest.masked_fill(~outside, torch.inf).argmin()
        total += nearest[joint].nan_to_num(posinf=0.0).item()
        outside[joint], nearest = False, torch.minimum(nearest, matrix[joint])
        nearest[~outside] = torch.inf
    return total
