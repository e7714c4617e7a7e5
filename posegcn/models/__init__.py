"""Lifting networks by name."""

import inspect
from functools import partial
from typing import Any

from torch import nn

from posegcn.errors import look_up
from posegcn.layers import layer_options
from posegcn.models.linear import LinearLifter
from posegcn.models.residual_gcn import ResidualGCN
from posegcn.skeleton import Skeleton
from posegcn.skeletons import H36M_16, get_skeleton

MODELS = {
    "linear": LinearLifter,
    "residual_gcn": ResidualGCN,
    "semgcn": partial(ResidualGCN, layer="semantic"),
}


def list_models() -> list[str]:
    """Names that :func:`make_model` knows."""
    return list(MODELS)


def model_options(name: str, **chosen) -> dict[str, Any]:
    """Options of a network and of its layer, with their defaults.

    Args:
        name: See :func:`list_models`.
        **chosen: Options that are set; ``layer`` decides which options of layers there are.

    Raises:
        InputError: No network or layer has that name.
    """
    parameters = inspect.signature(look_up("model", name, MODELS)).parameters.values()
    options = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}
    if "layer" in options:
        options |= layer_options(chosen.get("layer", options["layer"]))
    return options


def make_model(name: str, *, skeleton: str | Skeleton = H36M_16, **options) -> nn.Module:
    """The lifting network called ``name``.

    Its ``config`` attribute holds the arguments, so that ``make_model(**model.config)`` builds
    the same architecture again.

    Args:
        name: See :func:`list_models`.
        skeleton: Body whose joints are lifted, or the name of a preset.
        **options: Options of the network's class.

    Raises:
        InputError: No network, skeleton, layer or option has that name.
    """
    build = look_up("model", name, MODELS)
    known = model_options(name, **options)
    for option in options:
        look_up(f"option of model {name!r}", option, known)
    skeleton = get_skeleton(skeleton)
    model = build(skeleton, **options)
    model.config = {"name": name, "skeleton": skeleton.name, **options}
    return model
