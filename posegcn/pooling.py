"""Pyramids: a body at three resolutions, derived from its skeleton."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from posegcn.errors import InputError, look_up
from posegcn.graph import Graph
from posegcn.skeleton import Skeleton
from posegcn.skeletons import H36M_16

Groups = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Pyramid:
    """The graphs of a body from fine to coarse, and the way up and down.

    Args:
        graphs: One graph for each level, the finest first.
        groups: For each step down, the nodes that become one: group g becomes node g.
        sources: For each step, the coarse node that every fine node takes on the way back.
    """

    graphs: tuple[Graph, ...]
    groups: tuple[Groups, ...]
    sources: tuple[tuple[int, ...], ...]

    @classmethod
    def contract(cls, graph: Graph, groups: Sequence[Groups]) -> "Pyramid":
        """The pyramid of some groups: quotient graphs down, the inverse of the pooling up.

        Raises:
            InputError: The groups of a level do not hold every node exactly once.
        """
        graphs, sources = [graph], []
        for level in groups:
            graphs.append(graphs[-1].contract(level))
            group_of = {node: index for index, group in enumerate(level) for node in group}
            sources.append(tuple(group_of[node] for node in sorted(group_of)))
        return cls(tuple(graphs), tuple(groups), tuple(sources))

    @classmethod
    def derived(cls, skeleton: Skeleton) -> "Pyramid":
        """Pool first along the limbs, then across the body.

        The first groups are those of the skeleton. On the coarser body, mirrored nodes go
        together; of the others, the end of a branch goes with its parent.
        """
        graph = Graph.from_skeleton(skeleton)
        mirror = _group_mirror(skeleton.groups, skeleton.mirror)
        across = tuple(_pairs_across(graph.contract(skeleton.groups), mirror))
        return cls.contract(graph, (skeleton.groups, across))

    @classmethod
    def mended(cls, skeleton: Skeleton) -> "Pyramid":
        """The groups of the public code in its order, everything else derived from them.

        Raises:
            InputError: The skeleton is not that of the public code.
        """
        _check_is_published(skeleton)
        return cls.contract(Graph.from_skeleton(skeleton), PUBLISHED_GROUPS)

    @classmethod
    def published(cls, skeleton: Skeleton) -> "Pyramid":
        """The tables of the public code, for its checkpoints.

        On the way up they exchange the left and the right leg, and the two coarse graphs are not
        the quotients of their groups.

        Raises:
            InputError: The skeleton is not that of the public code.
        """
        _check_is_published(skeleton)
        # The root is in the group that holds it, as it is in the quotient graphs.
        pelvis, hips = (graph.root for graph in cls.mended(skeleton).graphs[1:])
        coarse = (Graph(8, EDGES_8, pelvis), Graph(4, EDGES_4, hips))
        graphs = (Graph.from_skeleton(skeleton), *coarse)
        return cls(graphs, PUBLISHED_GROUPS, PUBLISHED_SOURCES)


def make_pyramid(name: str, skeleton: Skeleton) -> Pyramid:
    """The pyramid of a skeleton by name: ``"derived"``, ``"mended"`` or ``"published"``.

    Raises:
        InputError: The name is unknown, or the skeleton is not that of the public code.
    """
    return look_up("pyramid", name, PYRAMIDS)(skeleton)


class MaxPool(nn.Module):
    """The largest value in each group of nodes.

    Args:
        groups: Nodes that become one.

    Shape:
        - input: ``(..., J, C)``
        - output: ``(..., G, C)``

    Raises:
        InputError: The groups do not hold every node exactly once, or the input has another
            number of nodes.
    """

    def __init__(self, groups: Sequence[Sequence[int]]):
        super().__init__()
        members = sorted(node for group in groups for node in group)
        if not members or members != list(range(len(members))) or not all(groups):
            raise InputError(f"groups must hold each joint once, got {groups}")
        self.num_nodes = len(members)
        # A short group repeats its first node, which leaves its maximum as it is.
        size = max(map(len, groups))
        padded = [[*group, *[group[0]] * (size - len(group))] for group in groups]
        self.register_buffer("nodes", torch.tensor(padded), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the pooling.  (..., J, C) -> (..., G, C)"""
        _check_num_nodes(self, x, self.num_nodes)
        members = x.index_select(-2, self.nodes.flatten())  # (..., G S, C)
        return members.unflatten(-2, self.nodes.shape).amax(dim=-2)


class Unpool(nn.Module):
    """Every fine node takes the value of a coarse one.

    Args:
        sources: The coarse node of each fine node.

    Shape:
        - input: ``(..., G, C)``
        - output: ``(..., J, C)``

    Raises:
        InputError: The input has another number of nodes.
    """

    def __init__(self, sources: Sequence[int]):
        super().__init__()
        self.num_nodes = max(sources) + 1
        self.register_buffer("sources", torch.tensor(sources), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the gather.  (..., G, C) -> (..., J, C)"""
        _check_num_nodes(self, x, self.num_nodes)
        return x.index_select(-2, self.sources)


def _check_num_nodes(module: nn.Module, x: Tensor, num_nodes: int) -> None:
    if x.shape[-2] != num_nodes:
        name = type(module).__name__
        raise InputError(f"{name} expects (..., {num_nodes}, C), got {tuple(x.shape)}")


def _group_mirror(groups: Groups, mirror: Sequence[int]) -> list[int]:
    """The mirrored group of each group, itself where the groups are not symmetric."""
    by_members = {frozenset(group): index for index, group in enumerate(groups)}
    mirrored = (frozenset(mirror[node] for node in group) for group in groups)
    return [by_members.get(members, index) for index, members in enumerate(mirrored)]


def _pairs_across(graph: Graph, mirror: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Mirrored nodes; then, from the ends of the branches, a node with its parent."""
    free = set(range(graph.num_nodes))
    depth = graph.depth.tolist()
    for node in range(graph.num_nodes):
        if node < mirror[node]:
            free -= {node, mirror[node]}
            yield node, mirror[node]
    for node in sorted(free, key=lambda node: -depth[node]):
        if node in free:
            nearer = [n for n in free if graph.neighbours[node, n] and depth[n] < depth[node]]
            pair = {node, *sorted(nearer)[:1]}
            free -= pair
            yield tuple(sorted(pair))


def _check_is_published(skeleton: Skeleton) -> None:
    if not skeleton.same_body(H36M_16):
        raise InputError(
            f"the pyramid of the public code is that of {H36M_16.name!r}, got skeleton "
            f"{skeleton.name!r} with {skeleton.num_joints} joints; use pyramid 'derived'"
        )


# Index tables of the public code (tamasino52/GraphSH, commit 71d30fc). Pooled nodes: right leg,
# left leg, hips, pelvis, head, right forearm, left forearm, shoulders.
PUBLISHED_GROUPS: tuple[Groups, ...] = (
    ((2, 3), (5, 6), (1, 4), (0, 7), (8, 9), (14, 15), (11, 12), (10, 13)),
    ((0, 1), (2, 3), (5, 6), (4, 7)),
)
PUBLISHED_SOURCES = (
    (3, 2, 1, 1, 2, 0, 0, 3, 4, 4, 7, 6, 6, 7, 5, 5),
    (0, 0, 1, 1, 3, 2, 2, 3),
)
EDGES_8 = ((0, 2), (1, 2), (2, 3), (3, 7), (4, 7), (5, 7), (6, 7))
EDGES_4 = ((0, 1), (1, 2), (2, 3))
PYRAMIDS = {
    "derived": Pyramid.derived,
    "mended": Pyramid.mended,
    "published": Pyramid.published,
}
