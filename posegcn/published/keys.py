"""How a public program stores a network: other names, other axes, matrices that never act."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from posegcn.checkpoints import load_strictly
from posegcn.errors import InputError
from posegcn.layers.nosharing import NoSharingGraphConv
from posegcn.recipes.recipe import WIDEST


@dataclass(frozen=True)
class Layout:
    """Names and axes of the parameters of a network in a public program.

    Args:
        renames: Our names to theirs: regular expressions and replacements, applied in order.
        convolutions: Which of their weights are 1x1 convolutions, where ours are matrices: a
            regular expression of their names, and how many axes of length one follow.
    """

    renames: tuple[tuple[str, str], ...]
    convolutions: tuple[tuple[str, int], ...] = ()

    def name(self, ours: str) -> str:
        """Their name of one of our parameters."""
        for pattern, replacement in self.renames:
            ours = re.sub(pattern, replacement, ours)
        return ours

    def num_extra_axes(self, theirs: str) -> int:
        """Axes of length one behind those of our matrix."""
        found = (num for pattern, num in self.convolutions if re.search(pattern, theirs))
        return next(found, 0)


def count(keys: Iterable[str], pattern: str) -> int:
    """How many different numbers stand where ``pattern`` has its group."""
    found = (re.match(pattern, key) for key in keys)
    return len({match.group(1) for match in found if match})


def shape_of(state: Mapping[str, Tensor], key: str, *num_axes: int) -> tuple[int, ...]:
    """Lengths of the axes of a parameter that tells the architecture.

    Raises:
        InputError: The parameter is missing, has another number of axes, or one is empty or longer
            than any network's.
    """
    if key not in state:
        raise InputError(f"the checkpoint lacks {key!r}, which tells its architecture")
    shape = tuple(state[key].shape)
    if len(shape) not in num_axes or 0 in shape:
        wanted = " or ".join(map(str, num_axes))
        raise InputError(
            f"{key!r} should have {wanted} axes, none of them empty, got shape {shape}"
        )
    if max(shape) > WIDEST:  # it would fill the memory before it fails
        raise InputError(f"{key!r} has shape {shape}, of which no axis should exceed {WIDEST}")
    return shape


def load_state(model: nn.Module, layout: Layout, state: Mapping[str, Tensor], origin: str) -> None:
    """Load what a public program stored.

    Raises:
        InputError: A key is missing, unknown, of another shape, or holds no numbers of the right
            kind.
    """
    expected, edges = model.state_dict(), _edges(model)
    theirs = {name: layout.name(name) for name in expected}
    ours_of = {name: ours for ours, name in theirs.items()}
    ours = {}
    for key, value in state.items():
        if key not in ours_of:
            raise InputError(f"{origin} has an unknown {key!r}: it holds another architecture")
        name = ours_of[key]
        if value.is_floating_point() != expected[name].is_floating_point():
            raise InputError(f"{origin}: {key!r} holds {value.dtype}, which is no kind of weight")
        if name in edges and value.ndim == 4:
            value = _by_edge(value, *edges[name], key)
        extra = layout.num_extra_axes(key)
        if extra and value.shape[-extra:] == (1,) * extra:
            value = value.flatten(-extra - 1)
        ours[name] = value
    load_strictly(model, ours, origin, names=theirs)


def state_of(model: nn.Module, layout: Layout) -> dict[str, Tensor]:
    """What the public program would store of the network."""
    edges = _edges(model)
    state = {}
    for ours, value in model.state_dict().items():
        name = layout.name(ours)
        if ours in edges:
            value = _by_pair(value, *edges[ours])
        state[name] = value.reshape((*value.shape, *[1] * layout.num_extra_axes(name)))
    return state


def _edges(model: nn.Module) -> dict[str, tuple[Tensor, Tensor, int]]:
    """Source and target of each matrix, and the number of joints, by name of the weight."""
    return {
        f"{name}.weight": (layer.sources, layer.targets, layer.graph.num_nodes)
        for name, layer in model.named_modules()
        if isinstance(layer, NoSharingGraphConv)
    }


def _by_edge(pairs: Tensor, sources: Tensor, targets: Tensor, joints: int, key: str) -> Tensor:
    """The matrices that act.  (J source, J target, in, out) -> (E, in, out)"""
    if pairs.shape[:2] != (joints, joints):
        raise InputError(
            f"{key!r} has shape {tuple(pairs.shape)}, expected a matrix for each pair of "
            f"{joints} joints"
        )
    return pairs[sources, targets]


def _by_pair(matrices: Tensor, sources: Tensor, targets: Tensor, joints: int) -> Tensor:
    """Inverse of :func:`_by_edge`, with zeros where no edge is."""
    pairs = torch.zeros(joints, joints, *matrices.shape[1:], dtype=matrices.dtype)
    return pairs.to(matrices.device).index_put((sources, targets), matrices)
