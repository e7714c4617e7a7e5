"""Lifting lab: move the joints of a person in an image, and see the pose that a network sees."""

from collections.abc import Mapping
from typing import Any

import torch
import traitlets
from torch import Tensor, nn

from posegcn import camera, metrics
from posegcn.data.clips import Clip
from posegcn.errors import InputError
from posegcn.labs.ambiguity import Ambiguity
from posegcn.labs.lab import Lab, rounded, skeleton_data
from posegcn.labs.network_data import half, network_data
from posegcn.prediction import predict

MARGIN = 0.12  # around the people, in halves of the image's width
DIGITS = 5  # of what a page keeps of a pose: hundredths of a millimetre and of a pixel


class LiftingLab(Lab):
    """A person in an image whose joints the reader moves, and what networks make of it.

    Traits: ``network`` and ``pose`` (names of a lifter and of a start), ``keypoints`` (as the
    reader has moved them), ``ghost`` (joints at the ends of the bones that are flipped in another
    pose with the same image; none for no other pose).

    Args:
        models: Lifters by name, all over the same skeleton; their weights are rounded to half
            precision. See :func:`~posegcn.labs.network_data.network_data` for those that a page
            can compute.
        starts: Poses to start from by name: the first frames of clips whose cameras are known.

    Raises:
        InputError: The camera of a clip is not known.
    """

    name = "lifting"
    network = traitlets.Unicode().tag(sync=True)
    pose = traitlets.Unicode().tag(sync=True)
    keypoints = traitlets.List().tag(sync=True)
    ghost = traitlets.List().tag(sync=True)

    def __init__(self, models: Mapping[str, nn.Module], starts: Mapping[str, Clip]):
        self.models = {name: half(model).double() for name, model in models.items()}
        self.starts, self.skeleton = dict(starts), next(iter(models.values())).skeleton
        places = {name: _start_data(name, clip) for name, clip in starts.items()}
        first = next(iter(places))
        data: dict[str, Any] = {
            "skeleton": skeleton_data(self.skeleton),
            "networks": {name: network_data(model) for name, model in self.models.items()},
            "starts": places,
            "order": [list(models), list(starts)],  # notebooks sort the names of a dictionary
            "box": _box(torch.tensor([place["keypoints"] for place in places.values()])),
        }
        network, keypoints = next(iter(models)), places[first]["keypoints"]
        super().__init__(data, network=network, pose=first, keypoints=keypoints)

    def lifted(self) -> Tensor:
        """The pose that the network sees, in metres, root-relative.  (J, 3)"""
        joints = predict(self.models[self.network], self._keypoints()[None])[0]
        return metrics.root_relative(joints, self.skeleton.root)

    def placed(self) -> Tensor:
        """The same where the camera sees it best at the keypoints, camera frame.  (J, 3)"""
        joints = self.lifted()
        return joints + camera.place_root(joints, self._keypoints(), self._intrinsics())

    def ambiguous(self) -> Tensor | None:
        """Another pose with the image and the bones of the placed one, camera frame.  (J, 3)

        None if there is none in front of the camera.
        """
        return Ambiguity(self.placed(), self.skeleton).other(self.ghost)

    def _keypoints(self) -> Tensor:
        return torch.tensor(self.keypoints, dtype=torch.float64)

    def _intrinsics(self) -> Tensor:
        return self.starts[self.pose].intrinsics.double()


def _start_data(name: str, clip: Clip) -> dict[str, Any]:
    """Keypoints and joints of a first frame, and its camera as js/camera.js wants it."""
    if clip.intrinsics is None:
        raise InputError(f"the start {name!r} comes from a clip whose camera is not known")
    focal, centre = clip.intrinsics.tolist()[:2], clip.intrinsics.tolist()[2:4]
    return {
        "keypoints": rounded(clip.keypoints[0], DIGITS),
        "truth": rounded(clip.joints[0], DIGITS),
        "lens": {"focal": focal, "centre": centre},
        "width": clip.image_size[0],
    }


def _box(keypoints: Tensor) -> list[float]:
    """Left, top, width and height of the square part of the image around all people."""
    low, high = keypoints.flatten(0, -2).aminmax(dim=0)
    side = (high - low).max() + 2 * MARGIN
    corner = (low + high - side) / 2
    return rounded(torch.stack([*corner, side, side]), 3)
