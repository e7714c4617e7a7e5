"""What a recipe says, and what its numbers may be."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, get_origin

import torch
from torch import nn

from posegcn.errors import InputError, look_up
from posegcn.models import make_model

# Numbers go from zero to the largest of 32 bits, except these; batch norm needs two poses.
LARGER_THAN = {
    "learning_rate": 0,
    "batch_size": 1,
    "epochs": 0,
    "decay_steps": 0,
    "decay_epochs": 0,
    "target_step": 0,
    "chunk": 0,
}
AT_MOST = {"decay_rate": 1, "l1_weight": 1}
LARGEST = torch.finfo(torch.float32).max
WIDEST = 4096  # channels, blocks or stages; more would fill the memory
FIELD_OF = {"name": "model", "skeleton": "skeleton"}  # arguments of make_model that are no options

# What a field takes, in words and types, by how it is declared.
KINDS = {
    bool: ("true or false", bool),
    int: ("a positive whole number", int),
    float: ("a positive number", (int, float)),
    str: ("text", str),
    Mapping: ("a table of names and values", Mapping),
}


@dataclass(frozen=True)
class Recipe:
    """How a network is trained.

    Args:
        name: Name on the command line.
        model: Name of the network.
        source: Where the numbers come from.
        published_mm: Published errors on its data set in millimetres, by protocol.
        cost: What the published training costs.
        skeleton: Body that is lifted.
        model_options: Options of the network.
        loss: Name in ``posegcn.training.losses.LOSSES``; metres.
        l1_weight: Share of the mean absolute error in the loss; the rest is ``loss``.
        symmetry: Penalty on refined poses whose left and right bones differ: ``"absolute"``, or
            ``"signed"``, as the public code has it, which rewards long right bones.
        symmetry_weight: Weight of that penalty; networks without refinement have none.
        optimizer: Name in ``posegcn.training.optimizers.OPTIMIZERS``.
        learning_rate: Its step size at the start.
        amsgrad: Divide by the largest second moment so far instead of the present one.
        batch_size: Poses or windows in a step.
        epochs: Passes over the training poses.
        schedule: Name in ``posegcn.training.schedules.SCHEDULES``.
        decay_rate: Factor by which the learning rate goes down.
        decay_steps: Steps after which it does so in the schedule ``staircase``.
        decay_epochs: Epochs after which it does so in the schedule ``by_epoch``.
        clip_norm: Largest norm of the gradient of all parameters together; 0 does not clip.
        flip: Train on every pose once as it is and once mirrored.
        learned_biases: ``"needed"``: those that batch norm takes away stay as they are, see
            :func:`posegcn.models.norms.cancelled_biases`; ``"all"``, as in public code.
        norm_momentum: Of batch norm, see :func:`posegcn.training.norms.set_norm_momentum`.
        keypoint_noise: ``"none"``, or ``"detector"``: the keypoints of every batch get errors of
            an emulated detector, each time others. Validate on detected keypoints then.
        target_noise: ``"none"``, or ``"released"``: the targets alone are turned and scaled at
            random, as the public GLA-GCN program does without saying so.
        target_step: Learn from every n-th frame; windows still see all of them.
        chunk: Consecutive frames that a network over time predicts together.
    """

    name: str
    model: str
    source: str
    published_mm: Mapping[str, float]
    cost: str
    skeleton: str = "h36m_16"
    model_options: Mapping[str, Any] = field(default_factory=dict)
    loss: str = "mse"
    l1_weight: float = 0.0
    symmetry: str = "absolute"
    symmetry_weight: float = 0.0
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    amsgrad: bool = False
    batch_size: int = 64
    epochs: int = 50
    schedule: str = "staircase"
    decay_rate: float = 0.96
    decay_steps: int = 100_000
    decay_epochs: int = 4
    clip_norm: float = 1.0
    flip: bool = False
    learned_biases: str = "needed"
    norm_momentum: str = "constant"
    keypoint_noise: str = "none"
    target_noise: str = "none"
    target_step: int = 1
    chunk: int = 1

    def __post_init__(self):
        for item in fields(self):
            _check(item.name, getattr(self, item.name), get_origin(item.type) or item.type)
        for name, value in self.model_options.items():
            if name in FIELD_OF:
                raise InputError(f"model.{name} is no option; set the recipe's {FIELD_OF[name]}")
            product = _product(value)
            if product is not None and product > WIDEST:
                what = "multiply to" if isinstance(value, (list, tuple)) else "be"
                raise InputError(f"model.{name} must {what} at most {WIDEST}, got {value}")

    def replace(self, /, **changes) -> "Recipe":
        """The recipe with some fields changed.

        Raises:
            InputError: There is no such field, or the value is out of range.
        """
        known = {item.name: item for item in fields(self)}
        for name in changes:
            look_up("field of a recipe", name, known)
        return replace(self, **changes)

    def build(self, seed: int = 0) -> nn.Module:
        """The network, freshly initialised from ``seed``; the global generator is left alone.

        Raises:
            InputError: There is no such network, skeleton or option, or it takes other values.
        """
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return make_model(self.model, skeleton=self.skeleton, **self.model_options)


def _product(value: Any) -> int | None:
    """Of whole numbers, if it is one or a list of them."""
    numbers = value if isinstance(value, (list, tuple)) else [value]
    return math.prod(numbers) if all(type(number) is int for number in numbers) else None


def _check(name: str, value: Any, kind: type) -> None:
    """Refuse a value of another kind, or a number out of range."""
    words, types = KINDS[kind]
    is_number = kind in (int, float)
    wrong = not isinstance(value, types) or (is_number and isinstance(value, bool))
    if wrong or (is_number and not value >= 0):
        raise InputError(f"{name} must be {words}, got {value!r}")
    if name in LARGER_THAN and value <= LARGER_THAN[name]:
        raise InputError(f"{name} must be larger than {LARGER_THAN[name]}, got {value}")
    if is_number and value > (most := AT_MOST.get(name, LARGEST)):
        raise InputError(f"{name} must be at most {most:.4g}, got {value}")
