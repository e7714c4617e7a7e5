"""Importers of published checkpoints: architecture read off keys and shapes, nothing executed."""

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor, nn

from posegcn.errors import InputError
from posegcn.published.keys import load_renamed
from posegcn.published.linear import is_linear, linear_architecture
from posegcn.published.reading import clean_state, read_published
from posegcn.published.semgcn import is_semgcn, semgcn_architecture

NETWORKS = {
    "SemGCN": (is_semgcn, semgcn_architecture),
    "linear baseline": (is_linear, linear_architecture),
}


def load_published(
    checkpoint: str | Path | Mapping[str, Tensor], **options
) -> tuple[nn.Module, list[str]]:
    """A published checkpoint as one of our models, in evaluation mode, and notes about it.

    Args:
        checkpoint: File of the public code, in the old or the zip format of ``torch.save``, or a
            mapping from its parameter names to tensors.
        **options: What keys and shapes do not tell, such as ``skeleton``.

    Raises:
        InputError: The file is damaged or holds more than tensors, its keys are of no known
            network, or a key does not fit exactly.
    """
    if isinstance(checkpoint, Mapping):
        origin, extras = "the mapping", {}
        state = clean_state(checkpoint, origin)
    else:
        origin = str(checkpoint)
        state, extras = read_published(checkpoint)
    for name, (fits, read_architecture) in NETWORKS.items():
        if fits(state):
            model, table, notes = read_architecture(state, **options)
            load_renamed(model, state, table, origin)
            stored = [f"stored beside the weights: {key} = {extras[key]}" for key in extras]
            return model.eval(), [f"published {name} checkpoint", *notes, *stored]
    raise InputError(
        f"{origin} is of no network known here ({', '.join(NETWORKS)}); "
        f"its keys begin with {', '.join(map(repr, list(state)[:3]))}"
    )
