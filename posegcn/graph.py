"""Graphs: how a body becomes a matrix."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from posegcn.errors import InputError, look_up
from posegcn.skeleton import Skeleton

PARTITIONS = {"uniform": 1, "self": 2, "spatial": 3, "index": 3}


@dataclass(frozen=True)
class Graph:
    """An undirected graph over the joints, with the matrices that graph convolutions use.

    Every matrix is indexed ``[i, j]`` = message from j to i, target first.

    Args:
        num_nodes: Number of nodes J.
        edges: Pairs of nodes; direction and order do not matter.
        root: Node from which depth is counted; it tells "towards the root" from "away from it".

    Raises:
        InputError: An edge names a node that does not exist, or joins a node with itself.
    """

    num_nodes: int
    edges: tuple[tuple[int, int], ...]
    root: int = 0

    def __post_init__(self):
        for edge in self.edges:
            if edge[0] == edge[1] or not all(0 <= node < self.num_nodes for node in edge):
                raise InputError(f"edge {edge} does not join two of the {self.num_nodes} nodes")

    @classmethod
    def from_skeleton(cls, skeleton: Skeleton) -> "Graph":
        """The body graph: one edge for each bone."""
        return cls(skeleton.num_joints, skeleton.bones, skeleton.root)

    @cached_property
    def neighbours(self) -> Tensor:
        """Symmetric 0/1 matrix of the edges, without loops.  (J, J)"""
        matrix = torch.zeros(self.num_nodes, self.num_nodes)
        for i, j in self.edges:
            matrix[i, j] = matrix[j, i] = 1
        return matrix

    @cached_property
    def support(self) -> Tensor:
        """Who may listen to whom, that is, to its neighbours and itself.  (J, J) bool"""
        return (self.neighbours + torch.eye(self.num_nodes)) > 0

    @cached_property
    def hops(self) -> Tensor:
        """Number of edges on the shortest path, ``inf`` where there is none.  (J, J)"""
        distance = torch.full((self.num_nodes, self.num_nodes), torch.inf)
        reached = torch.eye(self.num_nodes)
        for hop in range(self.num_nodes):
            distance[(reached > 0) & torch.isinf(distance)] = hop
            reached = (reached @ self.neighbours > 0).float()
        return distance

    @cached_property
    def depth(self) -> Tensor:
        """Hops from the root.  (J,)"""
        return self.hops[self.root]

    def adjacency(self, normalisation: str = "row") -> Tensor:
        r"""Weighted adjacency from the 0/1 matrix R of the edges.  (J, J)

        Args:
            normalisation: ``"row"``: :math:`D^{-1}(R + I)`, rows sum to one (SemGCN, GraphSH).
                ``"symmetric"``: :math:`D^{-1/2}(R + I)D^{-1/2}` (Kipf and Welling, ICLR 2017).
                ``"column"``: :math:`(R + I)D^{-1}`, columns sum to one (GraphSH, no-sharing).
                ``"loops_after"``: :math:`D_R^{-1}R + I`, rows sum to two (Modulated GCN).
                ``"none"``: :math:`R + I`.

        Raises:
            InputError: The normalisation is unknown.
        """
        identity = torch.eye(self.num_nodes)
        looped = self.neighbours + identity
        degree = looped.sum(dim=1, keepdim=True)
        table = {
            "row": lambda: looped / degree,
            "column": lambda: looped / degree.T,
            "symmetric": lambda: looped / (degree * degree.T).sqrt(),
            "loops_after": lambda: rows_to_one(self.neighbours) + identity,
            "none": lambda: looped,
        }
        return look_up("normalisation", normalisation, table)()

    def partition(self, kind: str, normalisation: str = "row") -> Tensor:
        """The adjacency as K matrices that add up to it.  (K, J, J)

        Args:
            kind: ``"uniform"`` (K = 1): the adjacency. ``"self"`` (2): diagonal, rest.
                ``"spatial"`` (3): diagonal, messages from joints that are deeper in the tree,
                messages from joints nearer to the root (or as deep). ``"index"`` (3): diagonal,
                messages from joints with a larger number, with a smaller one, which means
                nothing but is what the public code of GraphSH does.
            normalisation: See :meth:`adjacency`. ``"each_part"``: rows of every part sum to one,
                or to zero where a joint has no such neighbour (GLA-GCN).

        Raises:
            InputError: The kind or the normalisation is unknown.
        """
        parts = look_up("partition", kind, PARTITIONS)
        order = torch.arange(self.num_nodes) if kind == "index" else self.depth
        masks = partition_masks(order, parts)
        if normalisation == "each_part":
            return rows_to_one(self.adjacency("none") * masks)
        return self.adjacency(normalisation) * masks

    def within(self, hops: int) -> "Graph":
        """The wider graph that joins nodes at most so many edges apart."""
        near = (self.hops <= hops).tril(diagonal=-1)
        return Graph(self.num_nodes, tuple(map(tuple, near.nonzero().tolist())), self.root)

    def contract(self, groups: Sequence[Sequence[int]]) -> "Graph":
        """The quotient graph: one node for each group, joined where any of their members are.

        Raises:
            InputError: The groups do not hold every node exactly once.
        """
        members = sorted(node for group in groups for node in group)
        if members != list(range(self.num_nodes)):
            raise InputError(f"groups must hold each of {self.num_nodes} nodes once, got {groups}")
        group_of = {node: index for index, group in enumerate(groups) for node in group}
        pairs = {tuple(sorted((group_of[i], group_of[j]))) for i, j in self.edges}
        edges = tuple(sorted(pair for pair in pairs if pair[0] != pair[1]))
        return Graph(len(groups), edges, group_of[self.root])


def rows_to_one(matrix: Tensor) -> Tensor:
    """Each row divided by its sum; rows of zeros stay.  (..., J, J) -> (..., J, J)"""
    return matrix / matrix.sum(dim=-1, keepdim=True).clamp(min=1)


def partition_masks(order: Tensor, parts: int) -> Tensor:
    """0/1 masks of the K parts of a partition, outward being upward in ``order``.

    (J,) -> (K, J, J)
    """
    loops = torch.eye(len(order))
    if parts == 1:
        return torch.ones_like(loops)[None]
    if parts == 2:
        return torch.stack([loops, 1 - loops])
    outward = (order[None, :] > order[:, None]).float()
    return torch.stack([loops, outward, 1 - loops - outward])
