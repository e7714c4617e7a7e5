"""Poses with the same image and the same bones: each bone points towards the camera or away."""

from collections.abc import Collection

import torch
from torch import Tensor

from posegcn.skeleton import Skeleton

ROUNDING = 1e-9  # square metres by which a bone may seem too short for its ray


def two_depths(parent: Tensor, ray: Tensor, length: Tensor) -> list[Tensor]:
    r"""Both points on a ray that are one bone from the parent, near and far; none out of reach.

    .. math:: \lVert s \, r - p \rVert = \ell

    Shape:
        - parent, ray: ``(3,)`` camera frame; the parent in metres
        - length: ``()`` metres
        - output: two of ``(3,)``, or none
    """
    along, square = ray @ parent, ray @ ray
    inside = along**2 - square * (parent @ parent - length**2)
    if inside < -ROUNDING:
        return []
    way = inside.clamp(min=0).sqrt()
    return [(along - way) / square * ray, (along + way) / square * ray]


class Ambiguity:
    """What image and bones say about a pose, and what they leave open.

    Args:
        pose: Metres, camera frame.  (J, 3)
        skeleton: Its body.
    """

    def __init__(self, pose: Tensor, skeleton: Skeleton):
        self.pose, self.skeleton = pose.double(), skeleton
        self.rays = self.pose / self.pose[:, 2:]
        self.children: list[list[int]] = [[] for _ in self.pose]
        for child, parent in skeleton.bones:
            self.children[parent].append(child)
        parents = self.pose[torch.tensor(skeleton.parent_indices).clamp(min=0)]
        self.lengths = (self.pose - parents).norm(dim=-1)
        squares = self.rays.square().sum(dim=-1)
        self.is_far = self.pose[:, 2] * squares >= (self.rays * parents).sum(dim=-1)

    def other(self, flips: Collection[int]) -> Tensor | None:
        """The pose with some bones flipped, down the tree from the root.  (J, 3)

        Where a flip puts a joint below out of reach of its ray, the bone stays as it was.

        Args:
            flips: Joints at the ends of these bones.

        Returns:
            None for a pose that is not in front of the camera.
        """
        root = self.skeleton.root
        found = self._branch(root, self.pose[root], flips)
        return found and torch.stack([found[joint] for joint in range(len(self.pose))])

    def count(self) -> int:
        """How many poses have this image and these bones, with the root in its place."""
        root = self.skeleton.root
        return self._count(root, self.pose[root])

    def _branch(
        self, joint: int, place: Tensor, flips: Collection[int]
    ) -> dict[int, Tensor] | None:
        """Joint and all below it; None if there is no such pose."""
        found = {joint: place}
        for child in self.children[joint]:
            places = self._places(child, place)
            if child in flips:
                places.reverse()
            branches = (self._branch(child, choice, flips) for choice in places)
            below = next((branch for branch in branches if branch), None)
            if below is None:
                return None
            found |= below
        return found

    def _count(self, joint: int, place: Tensor) -> int:
        number = 1
        for child in self.children[joint]:
            number *= sum(self._count(child, own) for own in self._places(child, place))
        return number

    def _places(self, child: int, parent: Tensor) -> list[Tensor]:
        """Places of a child in front of the camera, the one on the side of the pose first."""
        places = two_depths(parent, self.rays[child], self.lengths[child])
        if self.is_far[child]:
            places.reverse()
        return [place for place in places if place[2] > 0]
