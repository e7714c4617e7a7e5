"""Cameras: from world metres to what the network sees, and back.

Camera frame: x right, y down, z forward, in metres. Image coordinates: pixels, or normalised to
[-1, 1] across the width with the same scale for both axes.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

Vector = tuple[float, ...]


def normalise_image(pixels: Tensor, image_size: tuple[int, int]) -> Tensor:
    """Pixels to coordinates in which the width spans [-1, 1].  (..., 2) -> (..., 2)

    Args:
        pixels: Points in pixels, origin at the top left.
        image_size: Width and height in pixels.
    """
    width, height = image_size
    return pixels * (2 / width) - pixels.new_tensor([1, height / width])


def denormalise_image(points: Tensor, image_size: tuple[int, int]) -> Tensor:
    """Inverse of :func:`normalise_image`.  (..., 2) -> (..., 2)"""
    width, height = image_size
    return (points + points.new_tensor([1, height / width])) * (width / 2)


def rotate(quaternion: Tensor, vectors: Tensor) -> Tensor:
    r"""Vectors turned by unit quaternions (w, x, y, z).  (..., 4), (..., 3) -> (..., 3)

    .. math:: v' = v + 2 (w \, (u \times v) + u \times (u \times v)), \quad q = (w, u)
    """
    w, u = quaternion[..., :1], quaternion[..., 1:].expand_as(vectors)
    once = torch.linalg.cross(u, vectors)
    return vectors + 2 * (w * once + torch.linalg.cross(u, once))


def conjugate(quaternion: Tensor) -> Tensor:
    """The inverse rotation.  (..., 4) -> (..., 4)"""
    return quaternion * quaternion.new_tensor([1, -1, -1, -1])


def project(points: Tensor, intrinsics: Tensor, distortion: bool = True) -> Tensor:
    r"""Camera-frame points to normalised image coordinates.  (..., 3), (..., 9) -> (..., 2)

    .. math::
        uv = f \odot (q \, (1 + k_1 r^2 + k_2 r^4 + k_3 r^6 + p \cdot q) + p \, r^2) + c,
        \quad q = (x / z, \; y / z), \; r^2 = q \cdot q

    with q limited to [-1, 1], where the polynomial still means something.

    Args:
        points: Metres; z is the depth.
        intrinsics: ``fx fy cx cy k1 k2 k3 p1 p2``, in normalised image units.
        distortion: Leave out everything but focal length and centre if false.

    Source: the distortion model of the Human3.6M release as used by VideoPose3D (Pavllo et al.,
    CVPR 2019, public code). Differs from it: nothing.
    """
    focal, centre, radial, tangential = intrinsics.split((2, 2, 3, 2), dim=-1)
    q = (points[..., :2] / points[..., 2:]).clamp(-1, 1)
    if distortion:
        q = _distort(q, radial, tangential)
    return focal * q + centre


def unproject(image: Tensor, depth: Tensor, intrinsics: Tensor, distortion: bool = True) -> Tensor:
    """Inverse of :func:`project` for known depth.  (..., 2), (...), (..., 9) -> (..., 3)

    The distortion has no closed inverse: 20 fixed-point steps bring points inside a Human3.6M
    image to rounding error. Without ``distortion`` only focal length and centre count.
    """
    focal, centre, radial, tangential = intrinsics.split((2, 2, 3, 2), dim=-1)
    distorted = (image - centre) / focal
    q = distorted
    for _ in range(20 if distortion else 0):
        q = q + distorted - _distort(q, radial, tangential)
    return torch.cat([q, torch.ones_like(q[..., :1])], dim=-1) * depth[..., None]


def place_root(
    joints: Tensor, image: Tensor, intrinsics: Tensor, weights: Tensor | None = None
) -> Tensor:
    r"""Where the root must be for a root-relative pose to be seen where its keypoints are.

    .. math:: \min_{T} \sum_j w_j \big| (P_j + T)_{xy} - q_j \, (P_j + T)_z \big|^2,
        \qquad q_j = (uv_j - c) / f

    which is linear in T and has a closed solution. The lens distortion is left out.

    Shape:
        - joints: ``(..., J, 3)`` metres, root-relative
        - image: ``(..., J, 2)`` normalised image coordinates
        - intrinsics: ``(..., 9)``
        - weights: ``(..., J)``; all alike where they are not given
        - output: ``(..., 3)`` metres, camera frame

    Source: least squares; ours.
    """
    focal, centre = intrinsics[..., None, :2], intrinsics[..., None, 2:4]
    q = (image - centre) / focal  # (..., J, 2)
    r = q * joints[..., 2:] - joints[..., :2]
    tiny = torch.finfo(q.dtype).tiny
    share = q.new_ones(q.shape[:-1]) if weights is None else weights
    share = (share / share.sum(dim=-1, keepdim=True).clamp(min=tiny))[..., None]  # (..., J, 1)
    mean_q, mean_r = (share * q).sum(dim=-2), (share * r).sum(dim=-2)
    spread = q - mean_q[..., None, :]
    size = (share * spread.square()).sum(dim=(-2, -1)).clamp(min=tiny)
    depth = -(share * spread * (r - mean_r[..., None, :])).sum(dim=(-2, -1)) / size
    return torch.cat([mean_r + mean_q * depth[..., None], depth[..., None]], dim=-1)


def _distort(q: Tensor, radial: Tensor, tangential: Tensor) -> Tensor:
    r2 = (q * q).sum(dim=-1, keepdim=True)
    powers = torch.cat([r2, r2**2, r2**3], dim=-1)
    gain = 1 + (radial * powers).sum(dim=-1, keepdim=True)
    gain = gain + (tangential * q).sum(dim=-1, keepdim=True)
    return q * gain + tangential * r2


@dataclass(frozen=True)
class Camera:
    """A calibrated camera.

    Args:
        name: Identifier.
        quaternion: Rotation from the camera frame to the world, unit (w, x, y, z).
        translation: Position of the camera in the world, in metres.
        focal_px: Focal lengths in pixels, horizontal and vertical.
        centre_px: Principal point in pixels.
        radial: Distortion coefficients k1, k2, k3.
        tangential: Distortion coefficients p1, p2.
        image_size: Width and height in pixels.
    """

    name: str
    quaternion: Vector
    translation: Vector
    focal_px: Vector
    centre_px: Vector
    radial: Vector = (0.0, 0.0, 0.0)
    tangential: Vector = (0.0, 0.0)
    image_size: tuple[int, int] = (1000, 1000)

    def to_camera(self, world: Tensor) -> Tensor:
        """World to camera frame, both in metres.  (..., 3) -> (..., 3)"""
        inverse = conjugate(world.new_tensor(self.quaternion))
        return rotate(inverse, world - world.new_tensor(self.translation))

    def to_world(self, points: Tensor) -> Tensor:
        """Inverse of :meth:`to_camera`.  (..., 3) -> (..., 3)"""
        turned = rotate(points.new_tensor(self.quaternion), points)
        return turned + points.new_tensor(self.translation)

    def intrinsics(self, like: Tensor) -> Tensor:
        """``fx fy cx cy k1 k2 k3 p1 p2`` in normalised units, of the dtype of ``like``.  (9,)"""
        scale = 2 / self.image_size[0]
        focal = [scale * value for value in self.focal_px]
        centre = normalise_image(torch.tensor(self.centre_px, dtype=torch.float64), self.image_size)
        return like.new_tensor([*focal, *centre, *self.radial, *self.tangential])

    def project_px(self, points: Tensor) -> Tensor:
        """Camera-frame points in metres to pixels, with distortion.  (..., 3) -> (..., 2)"""
        return denormalise_image(project(points, self.intrinsics(points)), self.image_size)

    def sees(self, points: Tensor) -> Tensor:
        """Whether every joint of a pose lies in front of it and inside the image.

        Shape:
            - points: ``(..., J, 3)`` metres, camera frame
            - output: ``(...)`` bool
        """
        pixels = self.project_px(points)
        inside = (pixels >= 0) & (pixels < pixels.new_tensor(self.image_size))
        return (inside.all(dim=-1) & (points[..., 2] > 0)).all(dim=-1)
