"""Time lab: a motion under GLA-GCN, the graphs that it measures, and the frames that it sees."""

from typing import Any

import torch
import traitlets
from torch import Tensor

from posegcn import metrics
from posegcn.data.clips import Clip
from posegcn.inspection import measured_graphs
from posegcn.labs.fixed_point import fixed, fixed_data
from posegcn.labs.gla_gcn_data import blocks_of, gla_gcn_data, page_network
from posegcn.labs.lab import Lab, skeleton_data
from posegcn.models.gla_gcn import GLAGCN
from posegcn.prediction import predict

# What stands in a window in place of the frames around its middle.
WINDOWS = {"filmed": 1, "backwards": -1, "frozen": 0}


class TimeLab(Lab):
    """A motion, frame by frame: what the network sees, measures and lifts.

    Traits: ``frame``, ``layer`` (number of the adaptive layer), ``part`` (0 the joint itself, 1
    joints farther from the root, 2 nearer), ``window`` (filmed, backwards, or frozen: the middle
    frame everywhere), ``cell`` (target and source).

    Args:
        model: A GLA-GCN. It is kept with weights of twelve bits, as a page has it.
        clip: What it lifts; keypoints and joints are kept with twelve bits too.
    """

    name = "time"
    frame = traitlets.Int(0, min=0).tag(sync=True)
    layer = traitlets.Int(0, min=0).tag(sync=True)
    part = traitlets.Int(0, min=0, max=2).tag(sync=True)
    window = traitlets.Enum(tuple(WINDOWS), "filmed").tag(sync=True)
    cell = traitlets.List(traitlets.Int(), minlen=2, maxlen=2).tag(sync=True)

    def __init__(self, model: GLAGCN, clip: Clip):
        self.model = page_network(model)
        self.keypoints, self.truth = fixed(clip.keypoints), fixed(clip.joints)
        skeleton = model.skeleton
        data: dict[str, Any] = {
            "skeleton": skeleton_data(skeleton),
            "network": gla_gcn_data(self.model),
            "keypoints": fixed_data(self.keypoints),
            "truth": fixed_data(self.truth),
        }
        cell = [skeleton.index("lwrist"), skeleton.index("rwrist")]
        last = len(blocks_of(model)) - 1  # the deepest graph is the liveliest
        super().__init__(data, frame=len(clip) // 2, layer=last, cell=cell)

    def frames(self, frame: int | None = None) -> Tensor:
        """Numbers of the frames in the window of a frame, of the present one by default.  (T,)

        Beyond the ends of the clip, the first or the last frame stands again.
        """
        reach = self.model.receptive_field // 2
        around = WINDOWS[self.window] * torch.arange(-reach, reach + 1)
        middle = self.frame if frame is None else frame
        return (middle + around).clamp(0, len(self.keypoints) - 1)

    def measured(self) -> Tensor:
        """C of the chosen layer and part for the window: rows listen and sum to one.  (J, J)"""
        graphs = measured_graphs(self.model, self.keypoints[self.frames()][None])
        return list(graphs.values())[self.layer][0, self.part].detach()

    def lifted(self) -> Tensor:
        """The pose of the frame in metres, root-relative.  (J, 3)"""
        return self._lift([self.frame])[0]

    def error(self) -> float:
        """Its MPJPE in metres."""
        return metrics.mpjpe(self.lifted(), self.truth[self.frame]).item()

    def clip_errors(self) -> tuple[float, float]:
        """MPJPE over the clip in metres, and error of accelerations in metres per frame²."""
        joints = self._lift(range(len(self.truth)))
        error = metrics.mpjpe(joints, self.truth).mean()
        return error.item(), metrics.acceleration_error(joints, self.truth).mean().item()

    def _lift(self, frames: Any) -> Tensor:
        windows = torch.stack([self.keypoints[self.frames(frame)] for frame in frames])
        return metrics.root_relative(predict(self.model, windows)[:, 0], self.model.skeleton.root)
