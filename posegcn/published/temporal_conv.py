"""Published VideoPose3D checkpoints (facebookresearch/VideoPose3D, run.py)."""

from collections.abc import Mapping

from torch import Tensor, nn

from posegcn.errors import InputError
from posegcn.models import make_model
from posegcn.published.keys import Layout, count, shape_of
from posegcn.published.network import Network
from posegcn.skeleton import Skeleton
from posegcn.skeletons import COCO_17, H36M_16, H36M_17, HUMANEVA_15, get_skeleton

BODIES = {17: H36M_17, 16: H36M_16, 15: HUMANEVA_15}


def fits(state: Mapping[str, Tensor]) -> bool:
    """Whether the keys are those of a VideoPose3D checkpoint."""
    return {"expand_conv.weight", "expand_bn.weight", "shrink.weight"} <= set(state)


def build(
    state: Mapping[str, Tensor],
    *,
    skeleton: str | Skeleton | None = None,
    keypoint_skeleton: str | None = None,
    causal: bool = False,
) -> tuple[nn.Module, list[str]]:
    """The network of a checkpoint, and notes.

    Args:
        state: Parameters under the published names.
        skeleton: Body of the joints; told by their number where it is not given.
        keypoint_skeleton: Body of the keypoints; that of the joints if as many, else COCO.
        causal: Whether the network was trained to predict the last frame, which is not stored.

    Raises:
        InputError: The numbers of keypoints or joints fit no body, or a parameter that tells the
            architecture has another shape.
    """
    channels, inputs, first = shape_of(state, "expand_conv.weight", 3)
    levels = count(state, r"layers_conv\.(\d+)\.") // 2
    others = [shape_of(state, f"layers_conv.{2 * i}.weight", 3)[2] for i in range(levels)]
    num_joints = shape_of(state, "shrink.weight", 3)[0] // 3
    num_keypoints = inputs // 2
    trajectory = num_joints == 1
    if skeleton is None:
        skeleton = BODIES.get(num_keypoints if trajectory else num_joints, H36M_17)
    skeleton = get_skeleton(skeleton)
    if keypoint_skeleton is None:
        keypoint_skeleton = "same" if num_keypoints == skeleton.num_joints else COCO_17.name
    seen = skeleton if keypoint_skeleton == "same" else get_skeleton(keypoint_skeleton)
    wanted = (seen.num_joints, 1 if trajectory else skeleton.num_joints)
    if (num_keypoints, num_joints) != wanted:
        raise InputError(
            f"the checkpoint lifts {num_keypoints} keypoints to {num_joints} joints, which is not "
            f"{seen.name!r} to {skeleton.name!r}; name both skeletons"
        )
    model = make_model(
        "temporal_conv",
        skeleton=skeleton,
        keypoint_skeleton=keypoint_skeleton,
        widths=(first, *others),
        channels=channels,
        causal=causal,
        trajectory=trajectory,
    )
    notes = [
        f"receptive field {model.receptive_field} frames, {'causal' if causal else 'centred'}, "
        "which is not stored",
        f"keypoints {seen.name}, joints {skeleton.name}, told by their numbers alone",
    ]
    return model, notes


def layout(model: nn.Module) -> Layout:
    """How the public program stores the network."""
    levels = range(len(model.levels))
    names = {"over_time": 0, "over_channels": 1}
    return Layout(
        renames=(
            *(
                (rf"^levels\.{i}\.{name}{norm}\.", f"layers_{theirs}.{2 * i + place}.")
                for i in levels
                for name, place in names.items()
                for norm, theirs in (("", "conv"), ("_norm", "bn"))
            ),
            (r"^expand\.", "expand_conv."),
            (r"^expand_norm\.", "expand_bn."),
            (r"^head\.", "shrink."),
        )
    )


NETWORK = Network("VideoPose3D", fits, build, layout)
