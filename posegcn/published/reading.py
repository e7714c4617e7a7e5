"""Reads the tensors of published checkpoints without executing what is pickled around them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from posegcn.errors import InputError

STATE_KEYS = ("state_dict", "model_pos")


def read_published(path: str | Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The parameters of a checkpoint, and the plain values stored beside them.

    Takes what ``torch.save`` writes, in the old format and the zip format: a state dict, or a
    dictionary with one inside. The prefix ``module.`` of a data-parallel model is taken off.

    Raises:
        InputError: The file is missing or damaged, needs more than tensors and plain containers,
            or holds no state dict.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"there is no file {path}")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged or hostile file can raise anything
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"{path} is damaged or holds more than tensors ({reason})") from error
    state, extras = content, {}
    if isinstance(content, Mapping):
        for key in STATE_KEYS:
            if isinstance(content.get(key), Mapping):
                state = content[key]
                extras = {
                    name: value
                    for name, value in content.items()
                    if isinstance(value, (int, float, str))
                }
    return clean_state(state, str(path)), extras


def clean_state(state: Any, origin: str) -> dict[str, Tensor]:
    """A state dict without the prefix of data-parallel models.

    Raises:
        InputError: It is no mapping from names to tensors.
    """
    is_state = isinstance(state, Mapping) and state
    if not is_state or not all(isinstance(value, Tensor) for value in state.values()):
        raise InputError(f"{origin} holds no state dict, that is, no mapping of names to tensors")
    return {name.removeprefix("module."): value for name, value in state.items()}
