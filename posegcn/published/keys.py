"""Key tables: published parameter names to ours, as regular expressions applied in order."""

import re
from collections.abc import Iterable, Mapping, Sequence

from torch import Tensor, nn

from posegcn.checkpoints import load_strictly
from posegcn.errors import InputError

KeyTable = Sequence[tuple[str, str]]


def rename(key: str, table: KeyTable) -> str:
    """Our name of a published parameter."""
    for pattern, replacement in table:
        key = re.sub(pattern, replacement, key)
    return key


def count(keys: Iterable[str], pattern: str) -> int:
    """How many different numbers stand where ``pattern`` has its group."""
    found = (re.match(pattern, key) for key in keys)
    return len({match.group(1) for match in found if match})


def shape_of(state: Mapping[str, Tensor], key: str, num_axes: int) -> tuple[int, ...]:
    """Lengths of the axes of a parameter that tells the architecture.

    Raises:
        InputError: There is another number of axes, or one is empty.
    """
    shape = tuple(state[key].shape)
    if len(shape) != num_axes or 0 in shape:
        raise InputError(
            f"{key!r} should have {num_axes} axes, none of them empty, got shape {shape}"
        )
    return shape


def load_renamed(
    model: nn.Module, state: Mapping[str, Tensor], table: KeyTable, origin: str
) -> None:
    """Load published parameters under our names.

    A 1x1 convolution is a linear map: its trailing axes of length one are dropped.

    Raises:
        InputError: A key is missing, unknown, or of another shape.
    """
    expected = model.state_dict()
    ours, published_names = {}, {}
    for key, value in state.items():
        name = rename(key, table)
        published_names[name] = key
        axes = expected[name].ndim if name in expected else value.ndim
        if all(length == 1 for length in value.shape[axes:]):
            value = value.reshape(value.shape[:axes])
        ours[name] = value
    load_strictly(model, ours, origin, names=published_names)
