"""Checkpoints: weights as safetensors, with a JSON card that says what they are."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from posegcn.errors import InputError
from posegcn.files import write_atomically
from posegcn.models import architecture, make_model
from posegcn.version import __version__

FORMAT = 1


def save_checkpoint(path: str | Path, model: nn.Module, card: Mapping[str, Any]) -> Path:
    """Write ``path`` (weights and card) and a readable copy of the card beside it.

    Args:
        path: Ends in ``.safetensors``; folders are made.
        model: From :func:`~posegcn.models.make_model`.
        card: What else there is to say; architecture and version are added.

    Raises:
        InputError: The name ends otherwise, or the file cannot be written.
    """
    from safetensors.torch import save

    path = Path(path)
    if path.suffix != ".safetensors":  # the card would overwrite weights in a .json
        raise InputError(f"the name of a checkpoint should end in .safetensors, got {path}")
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
    path = Path(path)
    path = path / "best.safetensors" if os.path.isdir(path) else path
    card, state = _read(path)
    if isinstance(card, dict) and card.get("format") != FORMAT:
        raise InputError(
            f"{path} has format {card.get('format')}, this posegcn {__version__} reads {FORMAT}"
        )
    if not _describes_model(card):
        raise InputError(
            f"the card in {path} does not give name and skeleton of a model; "
            "save the model again with save_checkpoint"
        )
    longest = max([len(state), *(length for value in state.values() for length in value.shape)])
    for option, value in card["model"].items():
        numbers = value if isinstance(value, list) else [value]
        # Too large a number would fill the memory before it fails.
        if any(type(number) is int and number > longest for number in numbers):
            raise InputError(
                f"the card in {path} gives {option} {value}, "
                "which its weights cannot have: it holds another architecture"
            )
    model = make_model(**card["model"])
    load_strictly(model, state, str(path))
    return model.eval(), card


def start_from(model: nn.Module, path: str | Path) -> None:
    """Give a network the weights of a checkpoint, to train it further.

    A network with refinement also takes the weights of its lifter alone.

    Args:
        model: Where to.
        path: See :func:`load_checkpoint`.

    Raises:
        InputError: The checkpoint cannot be read, or its network is another one, even if its
            weights have the same names and shapes.
    """
    given, _ = load_checkpoint(path)
    if not given.skeleton.same_body(model.skeleton):
        raise InputError(
            f"{path} lifts skeleton {given.skeleton.name!r}, this network {model.skeleton.name!r}"
        )
    whole = set(given.state_dict()) == set(model.state_dict())
    target = model if whole else getattr(model, "lifter", model)
    wanted, found = architecture(target), architecture(given)
    for option in sorted(set(wanted) & set(found)):
        if wanted[option] != found[option]:
            raise InputError(
                f"{path} has {option} {found[option]!r}, this network {wanted[option]!r}: "
                "its weights would mean something else here"
            )
    load_strictly(target, given.state_dict(), str(path))


def _read(path: Path) -> tuple[Any, dict[str, Tensor]]:
    """The card as it was stored, and the weights."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            card = json.loads((file.metadata() or {})["card"])
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except OSError as error:
        raise InputError(f"there is no checkpoint {path} that can be read") from error
    except (SafetensorError, KeyError, ValueError, RecursionError) as error:
        raise InputError(
            f"{path} is damaged or no checkpoint of posegcn; published checkpoints of other "
            "programs are converted by `posegcn import`"
        ) from error
    return card, state


def _describes_model(card: Any) -> bool:
    """Whether the entry ``model`` can be handed to :func:`~posegcn.models.make_model`."""
    match card:
        case {"model": {"name": str(), "skeleton": str()}}:
            return True
        case {
            "model": {
                "name": str(),
                "skeleton": {"name": str(), "joints": [*joints], "parents": [*parents]},
            }
        }:
            names = [*joints, *(parent for parent in parents if parent is not None)]
            return all(isinstance(name, str) for name in names)
    return False


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
        InputError: A key is missing, unknown, of another shape, or holds what is no number; the
            message names it.
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
        if not state[name].to(expected[name].dtype).isfinite().all():
            raise InputError(f"{origin}: {shown!r} holds NaN or infinite numbers")
    model.load_state_dict(state)
