"""Lifting networks by name."""

import inspect
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from torch import nn

from posegcn.errors import InputError, look_up
from posegcn.layers import layer_options
from posegcn.models.gla_gcn import GLAGCN
from posegcn.models.graph_hourglass import GraphStackedHourglass
from posegcn.models.linear import LinearLifter
from posegcn.models.refine import RefinedGCN
from posegcn.models.residual_gcn import ResidualGCN
from posegcn.models.temporal_conv import TemporalConv
from posegcn.skeleton import Skeleton
from posegcn.skeletons import H36M_16, H36M_17, get_skeleton

MODELS = {
    "linear": LinearLifter,
    "residual_gcn": ResidualGCN,
    "semgcn": partial(ResidualGCN, layer="semantic"),
    "modulated_gcn": partial(ResidualGCN, layer="modulated"),
    "modulated_gcn_cpn": partial(
        ResidualGCN, layer="modulated", channels=384, final_non_local=True
    ),
    "modulated_gcn_refined": RefinedGCN,
    "graph_hourglass": GraphStackedHourglass,
    "gla_gcn": GLAGCN,
    "temporal_conv": TemporalConv,
}
# Options that say how a network is trained or begins, not what its weights mean.
WITHOUT_MEANING = {"name", "dropout", "init", "modulation_init", "root_depth"}
SKELETONS = {
    "modulated_gcn_cpn": H36M_17,
    "modulated_gcn_refined": H36M_17,
    "gla_gcn": H36M_17,
    "temporal_conv": H36M_17,
}  # of the networks that lift another body by default


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
        options |= layer_options(str(chosen.get("layer", options["layer"])))
    return options


def make_model(
    name: str, *, skeleton: str | Skeleton | Mapping[str, Any] | None = None, **options
) -> nn.Module:
    """The lifting network called ``name``.

    Its ``config`` attribute holds the arguments as JSON can write them, so that
    ``make_model(**model.config)`` builds the same architecture again.

    Args:
        name: See :func:`list_models`.
        skeleton: Body whose joints are lifted, the name of a preset, or, as in ``config``, the
            arguments of a :class:`~posegcn.skeleton.Skeleton` by name. Where it is not given, the
            body of the published network.
        **options: Options of the network's class.

    Raises:
        InputError: No network, skeleton, layer or option has that name, or an option is of
            another kind or out of range.
    """
    build = look_up("model", name, MODELS)
    known = model_options(name, **options)
    for option, value in options.items():
        default = look_up(f"option of model {name!r}", option, known)
        if message := _complaint(option, value, default):
            raise InputError(f"option {option!r} of model {name!r} {message}, got {value!r}")
        if isinstance(value, list):  # as JSON has tuples
            options[option] = tuple(value)
    if skeleton is None:
        skeleton = SKELETONS.get(name, H36M_16)
    if isinstance(skeleton, Mapping):
        joints, parents = tuple(skeleton["joints"]), tuple(skeleton["parents"])
        skeleton = Skeleton(skeleton["name"], joints, parents)
    skeleton = get_skeleton(skeleton)
    model = build(skeleton, **options)
    model.config = {"name": name, "skeleton": asdict(skeleton), **options}
    return model


def architecture(model: nn.Module) -> dict[str, Any]:
    """The options of a network that say what its weights mean, those that were left out too."""
    given = {name: value for name, value in model.config.items() if name != "skeleton"}
    options = {**model_options(**given), **given}
    return {name: value for name, value in options.items() if name not in WITHOUT_MEANING}


def _complaint(option: str, value: Any, default: Any) -> str | None:
    """What the option takes, by its default, where ``value`` is something else."""
    least = 0 if option.startswith("num_") else 1  # there may be no blocks, but no zero channels
    takes, fits = {
        tuple: (
            "a list of whole numbers from 1 on",
            isinstance(value, (list, tuple)) and value and all(_is_count(v, 1) for v in value),
        ),
        bool: ("true or false", isinstance(value, bool)),
        int: (f"a whole number from {least} on", _is_count(value, least)),
        float: ("a number from 0 to 1", type(value) in (int, float) and 0 <= value <= 1),
        str: ("a name", isinstance(value, str)),
    }[type(default)]
    return None if fits else f"takes {takes}"


def _is_count(value: Any, least: int) -> bool:
    return type(value) is int and value >= least
