"""A 2D detector, emulated: noise on exact keypoints with the statistics of a real one."""

from typing import NamedTuple

import torch
from torch import Tensor

from posegcn.data.coco_points import FACE, SAME
from posegcn.errors import InputError
from posegcn.skeleton import Skeleton

# Standard deviation x, y, bias x, y in pixels of a 256 px person crop, and the share of inliers.
# Source: Chang, Moon and Lee, PoseLifter, arXiv:1910.12029, as tabulated in the public release of
# Pose2Mesh. The detector is theirs; it appears not to be CPN. With these biases the errors on CMU
# motion are larger (mean 5.6 px) than without them (mean 4.8 px). Keypoints of COCO have those of
# the joint beneath them, those of the face of "neck_nose".
STATISTICS = {
    "hip": (1.33, 2.13, -0.06, -2.37, 1.00),
    "rhip": (3.41, 2.69, -0.83, -2.07, 1.00),
    "rknee": (1.74, 2.20, -0.04, -1.01, 0.95),
    "rfoot": (1.39, 2.14, 0.52, -3.40, 0.93),
    "lhip": (3.26, 2.28, 0.78, -2.79, 1.00),
    "lknee": (1.53, 1.99, 0.42, -0.15, 0.94),
    "lfoot": (1.39, 2.39, -0.15, -3.78, 0.93),
    "spine": (1.36, 1.74, -0.05, 0.10, 0.99),
    "thorax": (1.18, 1.15, 0.14, -2.56, 0.99),
    "neck_nose": (0.78, 0.59, 0.13, -0.26, 0.98),
    "head": (1.35, 0.87, 0.09, 0.49, 0.99),
    "lshoulder": (2.51, 1.48, -0.19, 0.31, 0.99),
    "lelbow": (1.79, 1.76, 0.11, -0.60, 0.95),
    "lwrist": (2.02, 2.10, -0.02, 0.88, 0.91),
    "rshoulder": (2.23, 1.73, 0.52, -0.12, 0.99),
    "relbow": (1.93, 1.63, 0.06, -0.44, 0.95),
    "rwrist": (2.02, 2.24, 0.05, 0.16, 0.90),
}

STATISTICS |= {keypoint: STATISTICS[joint] for keypoint, joint in SAME.items()}
STATISTICS |= dict.fromkeys(FACE, STATISTICS["neck_nose"])

CROP_PX = 256
BOX_MARGIN = 1.25
INVERSION_SHARE = 0.35
MISS_PX = (8.0, 40.0)


class Draws(NamedTuple):
    """What is random in the keypoints of T frames.

    Args:
        noise: Heavy-tailed, of unit variance.  (T, J, 2)
        jitter: Gaussian, of unit variance.  (T, J, 2)
        direction: Of a miss, uniform in [0, 1).  (T, J)
        distance: Of a miss, uniform in [0, 1).  (T, J)
        inversion: Whether an outlier is an inversion.  (T, J) bool
        outlier: Whether the keypoint is an outlier.  (T, J) bool
    """

    noise: Tensor
    jitter: Tensor
    direction: Tensor
    distance: Tensor
    inversion: Tensor
    outlier: Tensor


class DetectorNoise:
    """Turns exact keypoints into ones a detector might have returned.

    Inliers get the joint's bias and heavy-tailed noise (Student t, 4 degrees of freedom, scaled
    to the joint's standard deviation). An outlier is a left/right inversion in 35 % of the cases
    in which the joint has a mirror, else a miss in a random direction. Frames are independent.

    Args:
        skeleton: Body of the keypoints.
        seed: Same seed, same sequence of draws; without one, they come from the global generator
            of the device.
        device: Where keypoints are.

    Raises:
        InputError: The statistics lack a joint of the skeleton.
    """

    def __init__(
        self, skeleton: Skeleton, seed: int | None = 0, device: torch.device | str = "cpu"
    ):
        if missing := [joint for joint in skeleton.joints if joint not in STATISTICS]:
            raise InputError(
                f"no detector statistics for {', '.join(missing)} of skeleton {skeleton.name!r}; "
                "use a Human3.6M skeleton or exact keypoints"
            )
        table = torch.tensor([STATISTICS[joint] for joint in skeleton.joints], device=device)
        self.std, self.bias, self.inlier = table[:, :2], table[:, 2:4], table[:, 4]
        self.mirror = torch.tensor(skeleton.mirror, device=device)
        self.has_mirror = self.mirror != torch.arange(len(self.mirror), device=device)
        seeded = torch.Generator(device).manual_seed(seed or 0)
        self.random = {"generator": None if seed is None else seeded, "device": device}

    def __call__(self, pixels: Tensor) -> Tensor:
        """Detected keypoints, in pixels or in any other unit.  (T, J, 2) -> (T, J, 2)"""
        box = pixels.amax(dim=-2) - pixels.amin(dim=-2)
        scale = BOX_MARGIN * box.amax(dim=-1)[:, None, None] / CROP_PX  # crop px to image px
        draws = self.draw(pixels.shape[0])
        detected = pixels + scale * (self.bias + self.std * draws.noise)

        inverted = pixels[:, self.mirror] + 2 * scale * draws.jitter
        angle = 2 * torch.pi * draws.direction
        low, high = (torch.tensor(bound).log() for bound in MISS_PX)
        distance = (low + (high - low) * draws.distance).exp()
        direction = torch.stack([angle.cos(), angle.sin()], dim=-1)
        missed = pixels + scale * distance[..., None] * direction

        outlier = torch.where(draws.inversion[..., None], inverted, missed)
        return torch.where(draws.outlier[..., None], outlier, detected)

    def draw(self, num_frames: int) -> Draws:
        """What is random in so many frames."""
        joints = torch.Size((num_frames, len(self.mirror)))
        coordinates = torch.Size((*joints, 2))
        return Draws(
            noise=self._student_t(coordinates),
            jitter=self._normal(coordinates),
            direction=self._uniform(joints),
            distance=self._uniform(joints),
            inversion=(self._uniform(joints) < INVERSION_SHARE) & self.has_mirror,
            outlier=~(self._uniform(joints) < self.inlier),
        )

    def _uniform(self, shape: torch.Size) -> Tensor:
        return torch.rand(shape, **self.random)

    def _normal(self, shape: torch.Size) -> Tensor:
        return torch.randn(shape, **self.random)

    def _student_t(self, shape: torch.Size) -> Tensor:
        """Unit variance, 4 degrees of freedom: t has variance 2."""
        chi2 = self._normal((4, *shape)).square().sum(dim=0)
        return self._normal(shape) / (chi2 / 4).sqrt() / 2**0.5
