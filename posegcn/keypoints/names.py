"""Finds the skeleton that has the joints which a file names."""

from collections.abc import Sequence

from posegcn.errors import InputError
from posegcn.keypoints.values import shown
from posegcn.skeleton import Skeleton
from posegcn.skeletons import SKELETONS

# Names of other programs (MMPose's Human3.6M, OpenPose's BODY_25) for joints of ours.
_ALIASES = {"root": "hip", "pelvis": "hip", "mid_hip": "hip", "midhip": "hip"}
_ALIASES |= {"neck_base": "neck_nose"}


def skeleton_of_names(names: Sequence[str]) -> tuple[Skeleton, list[int]]:
    """The skeleton with exactly these joints, and where the file has each of its joints.

    Two presets with the same joints differ in their order: the one in the order of the file is
    taken, or else the first.

    Args:
        names: One for each keypoint of the file, in its order.

    Returns:
        A preset and, for each of its joints, the index into ``names``.

    Raises:
        InputError: No preset has these joints, or a name comes twice.
    """
    if len(set(names)) != len(names):
        raise InputError(f"expected distinct names of joints, got {shown(list(names))}")
    spelled = [[_spelling(name, short) for name in names] for short in (False, True)]
    for order_matters in (True, False):
        for skeleton in SKELETONS.values():
            for joints in spelled:
                fits = len(joints) == skeleton.num_joints and set(joints) == set(skeleton.joints)
                if fits and (not order_matters or tuple(joints) == skeleton.joints):
                    return skeleton, [joints.index(joint) for joint in skeleton.joints]
    raise InputError(_unknown(names))


def _spelling(name: str, short: bool) -> str:
    """Our name for a joint: left_knee, or lknee where ``short``."""
    name = name.strip().lower().replace(" ", "_").replace("-", "_")
    name = _ALIASES.get(name, name)
    if short:
        for side in ("left", "right"):
            name = side[0] + name.removeprefix(f"{side}_") if name.startswith(f"{side}_") else name
    return name


def _unknown(names: Sequence[str]) -> str:
    """What to say of names that no preset has: the nearest one, and what would be needed."""
    nearest = max(SKELETONS.values(), key=lambda s: _overlap(set(s.joints), set(names)))
    missing = [joint for joint in nearest.joints if joint not in names]
    foreign = [name for name in names if name not in nearest.joints]
    return (
        f"no skeleton has the {len(names)} joints of the file; the nearest is {nearest.name}, for "
        f"which {shown(missing)} are missing and {shown(foreign)} are too many "
        "(posegcn list skeletons shows all names)"
    )


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other)
