"""Keypoints of one skeleton as those of another, by joint name.

A detector's hip is where annotators clicked, the hip of motion capture is where a body model turns.
Joints of the same name are therefore not the same anatomical points, and those made up as means of
others even less: the error of a network holds for the keypoints it was trained on. What that costs
on the test part of CMU motion seen by an emulated detector (P1, mean of actions, one network each):

=================== =================== ============ ===============================================
from                to                  mm           what is made up
=================== =================== ============ ===============================================
``h36m_17``         itself              54.6         nothing
``h36m_16``         ``h36m_17``         54.6         ``neck_nose``, 18 mm off
``mpii_16``         ``h36m_17``         54.6         the same, if its joints are those of Human3.6M
``mpi_inf_3dhp_17`` ``h36m_17``         54.6         nothing: other names for the same points
``humaneva_15``     ``h36m_17``         57.9         ``spine``, ``neck_nose``, ``head``
``coco_17``         ``h36m_17``         76.5         ``hip``, ``spine``, ``thorax``, the head
``coco_17``         itself              55.3         nothing, by a network trained for it
=================== =================== ============ ===============================================

A face cannot be made of joints: what a network for COCO keypoints takes, only detectors with a face
give.
"""

from collections.abc import Mapping
from functools import lru_cache

import torch
from torch import Tensor

from posegcn.errors import InputError
from posegcn.skeleton import Skeleton
from posegcn.skeletons.datasets import HUMANEVA_15, MPI_INF_3DHP_17

# What data sets call a joint, where detectors have another name for it.
_LONG = {
    f"{side[0]}{short}": f"{side}_{long}"
    for side in ("left", "right")
    for short, long in (
        *((name, name) for name in ("shoulder", "elbow", "wrist", "hip", "knee")),
        ("foot", "ankle"),
    )
}
# The same word for another point: the head of HumanEva-I is its middle, that of MPI-INF-3DHP its
# base; elsewhere it is the top.
_OWN = {
    HUMANEVA_15.joints: {"head": "head_centre"},
    MPI_INF_3DHP_17.joints: {"head": "head_base", "head_top": "head", "neck": "thorax"},
}
# What a joint is made of where a skeleton lacks it: the mean of the first that can be had.
MADE_OF = {
    "hip": [("left_hip", "right_hip")],
    "thorax": [("neck",), ("left_shoulder", "right_shoulder")],
    "neck": [("thorax",)],
    "spine": [("hip", "thorax")],
    "neck_nose": [("nose",), ("head_base",), ("thorax", "head")],  # the last 18 mm off, on CMU
    "head_base": [("neck_nose",)],
    "head_centre": [("nose",), ("head",)],
    "head": [("left_eye", "right_eye", "left_ear", "right_ear"), ("head_centre",)],
}


def convert(values: Tensor, source: Skeleton, target: Skeleton) -> Tensor:
    """Values of the joints of ``target``.  (..., J, C) -> (..., J', C)

    A joint is that of the same name, or a mean of others: see :func:`origins`. It is NaN where one
    of those is.

    Raises:
        InputError: ``values`` has another number of joints than ``source``, or a joint of
            ``target`` can neither be found nor made up.

    Source: COCO to HumanEva-I as in the public code of GLA-GCN (Yu et al., ICCV 2023), which
    overwrites its input; the others are ours.
    """
    values = source.select(values, source)  # the same, if it has that many joints
    if target.joints == source.joints:
        return values
    parts = []
    for shares in origins(source, target).values():
        part = values[..., [source.index(name) for name in shares], :]
        weights = values.new_tensor(list(shares.values()))
        parts.append((part * weights[:, None]).sum(dim=-2))
    return torch.stack(parts, dim=-2)


@lru_cache
def origins(source: Skeleton, target: Skeleton) -> Mapping[str, Mapping[str, float]]:
    """What each joint of ``target`` is made of: joints of ``source`` with their shares.

    Raises:
        InputError: A joint can neither be found nor made up.
    """
    known = {name: joint for joint, name in zip(source.joints, _names(source), strict=True)}
    found = {}
    for joint, name in zip(target.joints, _names(target), strict=True):
        shares = _shares(name, known, frozenset())
        if shares is None:
            raise InputError(
                f"skeleton {source.name!r} has no joint {joint!r} of {target.name!r}, nor those "
                f"to make it of, only: {', '.join(source.joints)}"
            )
        found[joint] = shares
    return found


def lacking(source: Skeleton, target: Skeleton) -> list[str]:
    """Joints of ``target`` that can neither be found in ``source`` nor made up of it."""
    known = {name: name for name in _names(source)}
    pairs = zip(target.joints, _names(target), strict=True)
    return [joint for joint, name in pairs if _shares(name, known, frozenset()) is None]


def made_up(source: Skeleton, target: Skeleton) -> list[str]:
    """Joints of ``target`` that ``source`` has under no name: those that are means of others."""
    known = set(_names(source))
    pairs = zip(target.joints, _names(target), strict=True)
    return [joint for joint, name in pairs if name not in known]


def _names(skeleton: Skeleton) -> list[str]:
    """One name for one point, whatever the skeleton calls it."""
    own = _OWN.get(skeleton.joints, {})
    return [own.get(joint, _LONG.get(joint, joint)) for joint in skeleton.joints]


def _shares(name: str, known: Mapping[str, str], above: frozenset[str]) -> dict[str, float] | None:
    """Joints, with their shares, whose mean the point is; none where it cannot be made."""
    if name in known:
        return {known[name]: 1.0}
    for parts in MADE_OF.get(name, ()):
        if above & set(parts):
            continue
        found = [_shares(part, known, above | {name}) for part in parts]
        if None not in found:
            total: dict[str, float] = {}
            for shares in found:
                for joint, share in shares.items():
                    total[joint] = total.get(joint, 0.0) + share / len(parts)
            return total
    return None
