"""Adjacency lab: cut and add edges; see the matrix, a feature that spreads, and the pose."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import traitlets
from torch import Tensor, nn

from posegcn import metrics
from posegcn.checkpoints import load_checkpoint
from posegcn.data import open_source
from posegcn.data.synthetic.body import rest_pose
from posegcn.graph import Graph
from posegcn.labs.lab import Lab, rounded, skeleton_data
from posegcn.labs.network_data import half, network_data
from posegcn.prediction import predict
from posegcn.rewiring import rewire

Edges = Sequence[Sequence[int]]
FRAME = 60  # in the middle of the throw


class AdjacencyLab(Lab):
    """The edges of a trained network under the reader's hands.

    Traits: ``network`` (a name), ``edges`` (pairs), ``preset`` (skeleton, full, none, learned, or
    own), ``normalisation``, ``hops``, ``joint`` (where the feature starts), ``layers``.

    Args:
        models: Networks by name; all over the same skeleton. See
            :func:`~posegcn.labs.network_data.network_data` for those that a page can compute. The
            lab has copies of them, rounded to half precision.
        keypoints: The pose that they lift, normalised image coordinates.  (J, 2)
        joints: The true pose in metres, root-relative.  (J, 3)
    """

    name = "adjacency"
    network = traitlets.Unicode().tag(sync=True)
    edges = traitlets.List().tag(sync=True)
    preset = traitlets.Unicode("skeleton").tag(sync=True)
    normalisation = traitlets.Unicode().tag(sync=True)
    hops = traitlets.Int(1, min=1, max=4).tag(sync=True)
    joint = traitlets.Int(0).tag(sync=True)
    layers = traitlets.Int(2, min=0, max=12).tag(sync=True)

    def __init__(self, models: Mapping[str, nn.Module], keypoints: Tensor, joints: Tensor):
        first, model = next(iter(models.items()))
        self.models = {name: half(model) for name, model in models.items()}
        self.keypoints, self.truth = keypoints, joints
        skeleton, networks = model.skeleton, {n: network_data(m) for n, m in self.models.items()}
        data: dict[str, Any] = {
            "skeleton": skeleton_data(skeleton),
            "places": rounded(rest_pose(skeleton)[:, [0, 2]]),
            "keypoints": keypoints.tolist(),
            "truth": joints.tolist(),
            "order": list(networks),  # notebooks sort the names of a mapping
            "networks": networks,
        }
        learns = "offsets" in networks[first]["head"]
        super().__init__(
            data,
            network=first,
            edges=data["skeleton"]["bones"],
            preset="learned" if learns else "skeleton",
            normalisation=networks[first]["normalisation"],
            joint=skeleton.index("rwrist"),
        )

    @classmethod
    def load(cls, *paths: str | Path) -> "AdjacencyLab":
        """The lab of stored networks under the names of their files, with a synthetic throw."""
        models = {Path(path).stem: load_checkpoint(path)[0] for path in paths}
        skeleton = next(iter(models.values())).skeleton
        test = open_source("synthetic", skeleton).part("test")
        clip = next(c for c in test if (c.action, c.camera) == ("throw", "camera1"))
        return cls(models, clip.keypoints[FRAME], clip.joints[FRAME])

    def rewired(self, edges: Edges | None = None) -> nn.Module:
        """The chosen network with the edges as they are now, or with others."""
        model = self.models[self.network]
        pairs = tuple(map(tuple, self.edges if edges is None else edges))
        graph = Graph(len(self.truth), pairs, model.skeleton.root).within(self.hops)
        return rewire(model, graph, self.normalisation, learned=self.preset == "learned")

    def lifted(self, edges: Edges | None = None) -> Tensor:
        """The pose that comes out, in metres, root-relative.  (J, 3)"""
        root = self.models[self.network].skeleton.root
        return metrics.root_relative(predict(self.rewired(edges), self.keypoints[None])[0], root)

    def error(self, edges: Edges | None = None) -> float:
        """Its MPJPE in metres."""
        return metrics.mpjpe(self.lifted(edges), self.truth).item()

    def cuts(self) -> dict[str, float]:
        """The error in metres without each single edge, by its names, the largest first."""
        names = self.data["skeleton"]["joints"]
        found = {
            "-".join(names[joint] for joint in cut): self.error(
                [edge for edge in self.edges if edge != cut]
            )
            for cut in self.edges
        }
        return dict(sorted(found.items(), key=lambda item: -item[1]))
