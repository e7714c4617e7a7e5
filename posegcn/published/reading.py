"""Reads the tensors of published checkpoints without executing what is pickled around them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from posegcn.errors import InputError
from posegcn.published.inert import load_inert

STATE_KEYS = ("state_dict", "model_pos")


def read_published(path: str | Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The parameters of a checkpoint, and the plain values stored beside them.

    Takes what ``torch.save`` writes, in the old format and the zip format: a state dict, or a
    dictionary with one inside. The prefix ``module.`` of a data-parallel model is taken off.

    Raises:
        InputError: The file is missing or damaged, holds a program, or no state dict.
    """
    path = Path(path)
    try:
        content = load_inert(path)
    except FileNotFoundError as error:
        raise InputError(f"there is no file {path}") from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except Exception as error:  # a damaged or hostile file can raise anything
        raise InputError(
            f"{path} is damaged or holds a program, which is never executed; expected is a state "
            "dict as torch.save writes it"
        ) from error
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
        InputError: It is no mapping from names to dense tensors of real numbers, or two names
            differ in the prefix alone.
    """
    is_state = isinstance(state, Mapping) and state
    if not is_state or not all(isinstance(k, str) and _is_dense(v) for k, v in state.items()):
        raise InputError(
            f"{origin} holds no state dict, that is, no mapping of names to dense tensors of "
            "real numbers"
        )
    plain = {name.removeprefix("module."): value for name, value in state.items()}
    if len(plain) < len(state):
        raise InputError(f"{origin} holds a parameter twice, with and without 'module.'")
    return plain


def _is_dense(value: Any) -> bool:
    """Whether the value is a tensor that stores every entry as a real number."""
    return (
        isinstance(value, Tensor)
        and value.layout == torch.strided
        and not (value.is_meta or value.is_nested or value.is_quantized or value.is_complex())
    )
