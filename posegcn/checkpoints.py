"""Checkpoints: weights as safetensors, with a JSON card that says what they are."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from posegcn.errors import InputError
from posegcn.files import write_atomically
from posegcn.models import make_model
from posegcn.version import __version__

FORMAT = 1


def save_checkpoint(path: str | Path, model: nn.Module, card: Mapping[str, Any]) -> Path:
    """Write ``path`` (weights and card) and a readable copy of the card beside it.

    Args:
        path: Ends in ``.safetensors``; folders are made.
        model: From :func:`~posegcn.models.make_model`.
        card: What else there is to say; architecture and version are added.

    Raises:
        InputError: The file cannot be written.
    """
    from safetensors.torch import save

    path = Path(path)
    card = {"format": FORMAT, "posegcn": __version__, "model": model.config, **card}
    text = json.dumps(card, indent=1)
    state = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    write_atomically(path, save(state, metadata={"card": text}))
    write_atomically(path.with_suffix(".json"), f"{text}\n".encode())
    return path


def load_checkpoint(path: str | Path) -> tuple[nn.Module, dict[str, Any]]:
    """The model in evaluation mode, and its card.

    Args:
        path: A ``.safetensors`` file of this package, or the folder of a training run, which
            stands for its ``best.safetensors``.

    Raises:
        InputError: The file is missing, damaged, of another program, or does not fit its own
            architecture.
    """
    from safetensors import SafetensorError, safe_open

    path = Path(path)
    path = path / "best.safetensors" if path.is_dir() else path
    if not path.is_file():
        raise InputError(f"there is no checkpoint {path}")
    try:
        with safe_open(path, framework="pt") as file:
            card = json.loads((file.metadata() or {})["card"])
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, KeyError, json.JSONDecodeError) as error:
        raise InputError(
            f"{path} is damaged or no checkpoint of posegcn; published checkpoints of other "
            "programs are converted by `posegcn import`"
        ) from error
    if card.get("format") != FORMAT:
        raise InputError(
            f"{path} has format {card.get('format')}, this posegcn {__version__} reads {FORMAT}"
        )
    model = make_model(**card["model"])
    load_strictly(model, state, str(path))
    return model.eval(), card


def load_strictly(
    model: nn.Module,
    state: Mapping[str, Tensor],
    origin: str,
    names: Mapping[str, str] | None = None,
) -> None:
    """Load weights that must fit exactly.

    Args:
        model: Where to.
        state: Weights by name.
        origin: Where they come from, for messages.
        names: Names under which the reader of a message knows the weights.

    Raises:
        InputError: A key is missing, unknown, or of another shape; the message names it.
    """
    expected = model.state_dict()
    for name in [*expected, *state]:
        shown = (names or {}).get(name, name)
        if name not in state or name not in expected:
            what = "lacks" if name in expected else "has an unknown"
            raise InputError(f"{origin} {what} {shown!r}: it holds another architecture")
        if state[name].shape != expected[name].shape:
            raise InputError(
                f"{origin}: {shown!r} has shape {tuple(state[name].shape)}, the architecture "
                f"expects {tuple(expected[name].shape)}"
            )
    model.load_state_dict(state)
