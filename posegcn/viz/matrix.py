"""Matrices over joints and graphs over bodies, drawn with matplotlib."""

from typing import Any

import matplotlib as mpl
from torch import Tensor

from posegcn.data.synthetic.body import rest_pose
from posegcn.graph import Graph
from posegcn.skeleton import Skeleton
from posegcn.viz.pose import bone_colours
from posegcn.viz.style import HEAT, MIDLINE

LABELS = 7.5  # points, which a telephone still shows


def draw_matrix(axes: Any, matrix: Tensor, skeleton: Skeleton, *, title: str = "", **options):
    """A matrix over joints as a heat map: row = who listens, column = who is heard.

    Args:
        axes: Matplotlib axes.
        matrix: ``(J, J)``.
        skeleton: Gives the names on both axes.
        title: What the matrix is.
        **options: Passed to ``axes.imshow``.
    """
    options = {"cmap": HEAT, "vmin": 0, **options}
    image = axes.imshow(matrix.detach().cpu().numpy(), **options)
    ticks = range(skeleton.num_joints)
    axes.set_xticks(ticks, skeleton.joints, rotation=90, fontsize=LABELS)
    axes.set_yticks(ticks, skeleton.joints, fontsize=LABELS)
    axes.set(title=title, xlabel="source j", ylabel="target i")
    axes.grid(False)
    return image


def draw_graph(
    axes: Any, skeleton: Skeleton, graph: Graph | None = None, *, values: Tensor | None = None
) -> None:
    """A graph over a standing body, with nodes coloured by a value.

    Args:
        axes: Matplotlib axes.
        skeleton: Human3.6M skeleton; gives the places of the nodes.
        graph: Its edges are drawn; the body graph where it is not given.
        values: Number of each joint, 0 to 1.  (J,)
    """
    graph = graph or Graph.from_skeleton(skeleton)
    places = rest_pose(skeleton)[:, [0, 2]].numpy()
    colour_of = dict(zip(map(frozenset, skeleton.bones), bone_colours(skeleton), strict=True))
    for edge in graph.edges:
        x, y = places[list(edge)].T
        axes.plot(x, y, color=colour_of.get(frozenset(edge), MIDLINE), lw=1.2, zorder=1)
    colours = "white" if values is None else mpl.colormaps[HEAT](values.clamp(0, 1).numpy())
    axes.scatter(*places.T, c=colours, s=70, edgecolors="black", linewidths=0.8, zorder=2)
    axes.set_aspect("equal")
    axes.axis("off")
