"""What there is to say about a network of a public program."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from torch import Tensor, nn

from posegcn.published.keys import Layout


def _as_it_is(state: Mapping[str, Tensor], options: Mapping[str, Any]) -> Mapping[str, Tensor]:
    return state


class Network(NamedTuple):
    """A network of a public program.

    Args:
        name: How notes and messages call it.
        fits: Whether the keys are those of one of its checkpoints.
        build: The network of a checkpoint and what to say about it, from the parameters and what
            they do not tell.
        layout: How the program stores one of our networks.
        prepare: Puts parameters together that the program stores apart, given what they do not
            tell.
    """

    name: str
    fits: Callable[[Mapping[str, Tensor]], bool]
    build: Callable[..., tuple[nn.Module, list[str]]]
    layout: Callable[[nn.Module], Layout]
    prepare: Callable[[Mapping[str, Tensor], Mapping[str, Any]], Mapping[str, Tensor]] = _as_it_is
