"""Protocol lab: the predictions of one network, and the numbers that protocols make of them."""

from collections.abc import Callable
from typing import Any

import torch
import traitlets
from torch import Tensor, nn

from posegcn.data.clips import Clip, Clips
from posegcn.errors import InputError
from posegcn.evaluation import ALIGNMENTS
from posegcn.evaluation.measures import MEASURES, ROWS
from posegcn.labs.lab import Lab, skeleton_data
from posegcn.labs.network_data import array_data
from posegcn.prediction import check_fits, predict_clips
from posegcn.skeletons import H36M_16

TENTHS = 10_000  # of a millimetre in a metre: what a page keeps of a joint
FARTHEST = 3.2  # metres from the root that two bytes hold

# What is averaged first, by the word that the card of a report has for it.
GROUPS: dict[str, Callable[[Clip], str]] = {
    "action": ROWS["action"],
    "frame": lambda clip: "all poses",
    "subject and action": ROWS["subject"],
}


class ProtocolLab(Lab):
    """One network on some poses, under any protocol.

    Traits: ``measure`` (P1, P2 or P3), ``alignment`` (a name in ``posegcn.evaluation.ALIGNMENTS``),
    ``joints`` (the body whose joints count: that of the network, or Human3.6M of 16), ``root``
    (whether the root is one of them), ``averaging`` (action, frame, or subject and action),
    ``flip`` (averaged with the mirrored prediction), ``pose`` (number of the one that is drawn).

    Args:
        model: Lifting network.
        clips: What it is measured on; a page keeps three poses for each target.

    Raises:
        InputError: The network does not lift these clips, or puts a joint too far away.
    """

    name = "protocol"
    measure = traitlets.Enum(tuple(MEASURES), "P1").tag(sync=True)
    alignment = traitlets.Enum(tuple(ALIGNMENTS), "root").tag(sync=True)
    joints = traitlets.Unicode().tag(sync=True)
    root = traitlets.Bool(True).tag(sync=True)
    averaging = traitlets.Enum(tuple(GROUPS), "action").tag(sync=True)
    flip = traitlets.Bool(False).tag(sync=True)
    pose = traitlets.Int(0, min=0).tag(sync=True)

    def __init__(self, model: nn.Module, clips: Clips):
        check_fits(model, clips)
        self.skeleton = clips.skeleton
        bodies = (self.skeleton, H36M_16)
        self.bodies = {b.name: b for b in bodies if set(b.joints) <= set(self.skeleton.joints)}
        self.truth = _rounded(clips.joints[clips.targets])
        self.predicted = {f: _rounded(predict_clips(model, clips, flip=f)) for f in (False, True)}
        self.clips = [clips[index] for index in clips.target_clips]
        data: dict[str, Any] = {
            "skeleton": skeleton_data(self.skeleton),
            # A list, because notebooks sort the keys of what they store, and the first is usual.
            "bodies": [{"name": n, "joints": self._indices(n)} for n in self.bodies],
            "poses": [{"subject": clip.subject, "action": clip.action} for clip in self.clips],
            "truth": _tenths(self.truth),
            "predicted": _tenths(self.predicted[False]),
            "flipped": _tenths(self.predicted[True]),
        }
        super().__init__(data, joints=self.skeleton.name)

    @traitlets.validate("joints")
    def _known_body(self, proposal: Any) -> str:
        if proposal["value"] not in self.bodies:
            raise traitlets.TraitError(
                f"expected one of {', '.join(self.bodies)}, got {proposal['value']!r}"
            )
        return proposal["value"]

    def counted(self) -> list[int]:
        """Numbers of the joints that count."""
        root = self.skeleton.root
        return [joint for joint in self._indices(self.joints) if self.root or joint != root]

    def errors_mm(self) -> Tensor:
        """Error of each pose in millimetres.  (M,)"""
        counted = self.counted()
        aligned = ALIGNMENTS[self.alignment](self.predicted[self.flip], self.skeleton.root)
        return MEASURES[self.measure](aligned[:, counted], self.truth[:, counted])

    def error_mm(self) -> float:
        """The number of the protocol in millimetres."""
        rows = [GROUPS[self.averaging](clip) for clip in self.clips]
        errors = self.errors_mm()
        means = [errors[[own == row for own in rows]].mean() for row in dict.fromkeys(rows)]
        return torch.stack(means).mean().item()

    def _indices(self, body: str) -> list[int]:
        return [self.skeleton.index(joint) for joint in self.bodies[body].joints]


def _rounded(joints: Tensor) -> Tensor:
    """Joints as a page has them, in metres and double precision.  (M, J, 3)"""
    if joints.abs().max() > FARTHEST:
        raise InputError(
            f"a joint is {joints.abs().max():.1f} m from the origin, a page holds {FARTHEST} m; "
            "give root-relative joints in metres"
        )
    return (TENTHS * joints.double()).round() / TENTHS


def _tenths(joints: Tensor) -> dict[str, Any]:
    """Tenths of millimetres as whole numbers."""
    return array_data((TENTHS * joints).round())
