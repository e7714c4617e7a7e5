"""Which way is up: a tilted camera makes a tilted person."""

from torch import Tensor
from torch.nn.functional import normalize

from posegcn.errors import InputError
from posegcn.rotation import smallest_rotation
from posegcn.skeleton import Skeleton

UP = (0.0, -1.0, 0.0)  # in the camera frame y points down
STEPS = 20


def upright(joints: Tensor, skeleton: Skeleton) -> Tensor:
    r"""The rotation that makes people stand: ``joints @ R.T`` are upright.

    Up is where heads are, seen from the feet, in most frames: the direction u with the least sum
    of angles to those of all frames, by Weiszfeld's steps. It is wrong for someone who lies or
    leans all the time. For display: the errors of a network do not depend on it.

    Args:
        joints: Metres, camera frame; frames with NaN do not count.  (T, J, 3)
        skeleton: With ankles and a head or a neck.

    Shape:
        - output: ``(3, 3)``, a turn about a horizontal axis

    Raises:
        InputError: No frame has a pose, or the skeleton has no feet or no head.

    Source: ours.
    """
    head = [name for name in ("head", "thorax", "neck", "nose") if name in skeleton.joints]
    feet = [name for name in skeleton.joints if name in ("lfoot", "rfoot")]
    if not head or len(feet) < 2:
        raise InputError(f"skeleton {skeleton.name!r} has no feet or no head to tell what is up")
    sole = joints[:, [skeleton.index(name) for name in feet]].mean(dim=1)
    axes = normalize(joints[:, skeleton.index(head[0])] - sole, dim=-1)
    axes = axes[axes.isfinite().all(dim=-1)]
    if not len(axes):
        raise InputError("no frame has a pose, expected at least one to tell what is up")
    up = normalize(axes.mean(dim=0), dim=-1)
    for _ in range(STEPS):
        weights = 1 / (axes - up).norm(dim=-1).clamp(min=1e-3)
        up = normalize((weights[:, None] * axes).sum(dim=0), dim=-1)
    return smallest_rotation(up, joints.new_tensor(UP))
