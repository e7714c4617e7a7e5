"""Published pose refinement (ZhimingZo/Modulated-GCN, Modulated-GCN_benchmark)."""

from collections.abc import Mapping

from torch import Tensor, nn

from posegcn.errors import InputError
from posegcn.models import make_model
from posegcn.models.refine import PoseRefinement
from posegcn.published.keys import Layout, load_state, shape_of

LAYOUT = Layout(((r"^hidden\.", "post_refine.0."), (r"^gates\.", "post_refine.3.")))
NOTE = (
    "the refinement was trained with the true depth of the root, which is estimated here; "
    "`posegcn evaluate --root-depth published` gives it the true one"
)


def is_refinement(state: Mapping[str, Tensor]) -> bool:
    """Whether the keys are those of a pose refinement."""
    return {"post_refine.0.weight", "post_refine.3.weight"} <= set(state)


def join(lifter: nn.Module, state: Mapping[str, Tensor], origin: str) -> nn.Module:
    """A published lifter with its published refinement.

    Raises:
        InputError: The lifter is no Modulated GCN for detected keypoints, or the refinement does
            not fit it.
    """
    if lifter.config["name"] != "modulated_gcn_cpn" or not is_refinement(state):
        raise InputError(
            f"{origin} should be a pose refinement of the public code, and refines the poses of a "
            "Modulated GCN for detected keypoints alone"
        )
    options = {name: lifter.config[name] for name in ("channels", "num_blocks", "init")}
    skeleton = lifter.skeleton
    joints = shape_of(state, "post_refine.0.weight", 2)[1] / 6
    if joints != skeleton.num_joints:
        raise InputError(
            f"{origin} refines {joints:g} joints, the lifter has {skeleton.num_joints}"
        )
    model = make_model("modulated_gcn_refined", skeleton=skeleton, **options)
    model.lifter.load_state_dict(lifter.state_dict())
    load_state(model.refinement, LAYOUT, state, origin)
    return model


def layout(model: PoseRefinement) -> Layout:
    """How the public program stores a refinement."""
    return LAYOUT
