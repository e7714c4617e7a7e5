"""Published linear-baseline checkpoints (garyzhao/SemGCN, main_linear.py)."""

from collections.abc import Mapping

from torch import Tensor, nn

from posegcn.errors import InputError
from posegcn.models import make_model
from posegcn.published.keys import Layout, count, shape_of
from posegcn.published.network import Network
from posegcn.skeleton import Skeleton
from posegcn.skeletons import H36M_16, get_skeleton

LAYOUT = Layout(
    renames=(
        (r"^stages\.(\d+)\.0\.linear\.", r"linear_stages.\1.w1."),
        (r"^stages\.(\d+)\.0\.norm\.", r"linear_stages.\1.batch_norm1."),
        (r"^stages\.(\d+)\.1\.linear\.", r"linear_stages.\1.w2."),
        (r"^stages\.(\d+)\.1\.norm\.", r"linear_stages.\1.batch_norm2."),
        (r"^input\.linear\.", "w1."),
        (r"^input\.norm\.", "batch_norm1."),
        (r"^output\.", "w2."),
    )
)


def fits(state: Mapping[str, Tensor]) -> bool:
    """Whether the keys are those of a linear-baseline checkpoint."""
    return {"w1.weight", "w2.weight", "linear_stages.0.w1.weight"} <= set(state)


def build(
    state: Mapping[str, Tensor], *, skeleton: str | Skeleton | None = None
) -> tuple[nn.Module, list[str]]:
    """The network of a checkpoint, and notes.

    Args:
        state: Parameters under the published names.
        skeleton: Body of the checkpoint; 16 Human3.6M joints where it is not given.

    Raises:
        InputError: The checkpoint has another number of joints than the skeleton, or its first
            matrix is none.
    """
    skeleton = H36M_16 if skeleton is None else get_skeleton(skeleton)
    channels, inputs = shape_of(state, "w1.weight", 2)
    if inputs != 2 * skeleton.num_joints:
        raise InputError(
            f"the checkpoint takes {inputs} numbers, skeleton {skeleton.name!r} gives "
            f"{2 * skeleton.num_joints}; name its skeleton"
        )
    stages = count(state, r"linear_stages\.(\d+)\.")
    model = make_model("linear", skeleton=skeleton, channels=channels, num_stages=stages)
    return model, ["the root is not predicted: it is zero"]


def check(model: nn.Module) -> None:
    """Refuse a body that the public program does not have.

    Raises:
        InputError: The skeleton is another one.
    """
    if not model.skeleton.same_body(H36M_16):
        raise InputError(
            f"the public program lifts {H36M_16.name!r}, this network {model.skeleton.name!r}"
        )


def layout(model: nn.Module) -> Layout:
    """How the public program stores a linear baseline."""
    return LAYOUT


NETWORK = Network("linear baseline", fits, build, layout)
