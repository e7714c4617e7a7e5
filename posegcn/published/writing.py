"""Writes networks as the public programs store them, so that their users can load ours."""

import io
from pathlib import Path

import torch
from torch import Tensor, nn

from posegcn.errors import InputError
from posegcn.files import write_atomically
from posegcn.models.graph_hourglass import GraphStackedHourglass
from posegcn.models.linear import LinearLifter
from posegcn.models.refine import PoseRefinement
from posegcn.models.residual_gcn import ResidualGCN
from posegcn.published.graph_hourglass import check as check_hourglass
from posegcn.published.graph_hourglass import layout as hourglass_layout
from posegcn.published.keys import state_of
from posegcn.published.linear import check as check_linear
from posegcn.published.linear import layout as linear_layout
from posegcn.published.refinement import layout as refinement_layout
from posegcn.published.residual_gcn import check as check_residual
from posegcn.published.residual_gcn import layout as residual_layout

LAYOUTS = {
    LinearLifter: linear_layout,
    ResidualGCN: residual_layout,
    GraphStackedHourglass: hourglass_layout,
    PoseRefinement: refinement_layout,
}
CHECKS = {
    LinearLifter: check_linear,
    ResidualGCN: check_residual,
    GraphStackedHourglass: check_hourglass,
}


def published_state(model: nn.Module) -> dict[str, Tensor]:
    """The parameters of a network under the names and in the shapes of its public program.

    Raises:
        InputError: No public program has such a network, or it would compute something else with
            the weights.
    """
    if type(model) not in LAYOUTS:
        raise InputError(
            f"no public program stores a {type(model).__name__}; write its lifter and its "
            "refinement one by one"
        )
    if type(model) in CHECKS:
        CHECKS[type(model)](model)
    return state_of(model, LAYOUTS[type(model)](model))


def save_published(path: str | Path, model: nn.Module, *, epoch: int = 0) -> Path:
    """Write a checkpoint that the public program of a network reads.

    The programs for SemGCN, the linear baseline, Modulated GCN for exact keypoints and Graph
    Stacked Hourglass expect a dictionary with weights, step, learning rate and an optimiser,
    which is fresh here; that for detected keypoints expects the weights alone.

    Args:
        path: File to write.
        model: Network to write.
        epoch: Epoch to note; a program that trains on begins with the next.

    Raises:
        InputError: See :func:`published_state`, or the file cannot be written.
    """
    state = {name: value.detach().cpu() for name, value in published_state(model).items()}
    content = state
    if not (isinstance(model, PoseRefinement) or "non_local.theta.weight" in state):
        parameters = [nn.Parameter(torch.zeros(())) for _ in model.parameters()]
        content = {
            "epoch": epoch,
            "lr": 1e-3,
            "step": 0,
            "state_dict": state,
            "optimizer": torch.optim.Adam(parameters).state_dict(),
            "error": float("inf"),
        }
        if isinstance(model, GraphStackedHourglass):
            content["post_refine"] = None
    buffer = io.BytesIO()
    torch.save(content, buffer)
    write_atomically(Path(path), buffer.getvalue())
    return Path(path)
