"""Directed links of the public GLA-GCN code, where they are not those of the body's tree."""

import torch
from torch import Tensor

from posegcn.errors import InputError, look_up
from posegcn.graph import Graph, rows_to_one
from posegcn.skeletons import H36M_17

Links = tuple[tuple[int, int], ...]

# (target, source) in the order of the public code, some towards the root, some away from it.
_HUMANEVA = (
    *((14, 1), (1, 2), (2, 3), (3, 4), (1, 5), (5, 6), (6, 7)),
    *((1, 0), (0, 11), (11, 12), (12, 13), (0, 8), (8, 9), (9, 10)),
)
_FORGOTTEN = ((1, 5), (0, 8))

# By name: "published_h36m" is the tree of Human3.6M, also on bodies with other joints (the public
# program for MPI-INF-3DHP); "published_h36m_2021" has every number one too low, as it was until
# March 2022; "published_humaneva_13" cuts the right arm and the left leg off the body.
PUBLISHED_LINKS: dict[str, Links] = {
    "published_h36m": H36M_17.bones,
    "published_h36m_2021": tuple(((a - 1) % 17, (b - 1) % 17) for a, b in H36M_17.bones),
    "published_humaneva_15": _HUMANEVA,
    "published_humaneva_13": tuple(link for link in _HUMANEVA if link not in _FORGOTTEN),
}


def directed_parts(links: str, graph: Graph) -> Tensor:
    """Loops, links backwards and links, rows of each part summing to one or zero.  (3, J, J)

    Args:
        links: ``"tree"``: from a joint to its parent; the parts are those of
            ``graph.partition("spatial", "each_part")``. Else a name in ``PUBLISHED_LINKS``.
        graph: The graph over the joints.

    Raises:
        InputError: No links have that name, or they are those of more or fewer joints.
    """
    if links == "tree":
        return graph.partition("spatial", "each_part")
    pairs = look_up("links", links, {"tree": (), **PUBLISHED_LINKS})
    joints = max(max(pair) for pair in pairs) + 1
    if joints != graph.num_nodes:
        raise InputError(f"links {links!r} are of {joints} joints, the graph has {graph.num_nodes}")
    forward = torch.zeros(joints, joints)
    forward[tuple(zip(*pairs, strict=True))] = 1
    return torch.stack([torch.eye(joints), rows_to_one(forward.T), rows_to_one(forward)])
