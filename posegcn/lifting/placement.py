"""Where a person stands: the root from keypoints, pose and focal length."""

from typing import NamedTuple

import torch
from torch import Tensor

from posegcn.camera import denormalise_image, place_root
from posegcn.errors import InputError
from posegcn.lifting.poses import Poses

DIAGONAL_MM = 43.27  # of the film that "35 mm equivalent" refers to
ASSUMED_FOCAL = 1.145  # longer sides of the image; the lenses of Human3.6M
SHORTEST_FOCAL, LONGEST_FOCAL = 0.1, 100  # longer sides: 157 degrees, and the longest telephoto
STEPS = 10
HUBER = 1.345  # standard deviations; 95 % efficient where errors are Gaussian


class Focal(NamedTuple):
    """A focal length and where it is from.

    Args:
        pixels: Focal length.
        source: ``"given"``, ``"35 mm equivalent"`` or ``"assumed"``.
    """

    pixels: float
    source: str


def focal_length(
    image_size: tuple[int, int],
    *,
    focal_px: float | None = None,
    focal_35mm: float | None = None,
) -> Focal:
    """The focal length in pixels: given, from what EXIF calls its 35 mm equivalent, or assumed.

    The equivalent has the same angle of view over the diagonal. What is assumed, 1.145 times the
    longer side, is a lens of 38 degrees; main cameras of phones see 65 to 75 degrees, and a person
    placed with the wrong lens stands too far away by the ratio of the focal lengths.

    Args:
        image_size: Width and height in pixels.
        focal_px: In pixels.
        focal_35mm: 35 mm equivalent, in millimetres.

    Raises:
        InputError: Both are given, or no lens is as short or as long.
    """
    if focal_px is not None and focal_35mm is not None:
        raise InputError("expected one focal length, got one in pixels and a 35 mm equivalent")
    longer, diagonal = max(image_size), (image_size[0] ** 2 + image_size[1] ** 2) ** 0.5
    if focal_px is not None:
        focal = Focal(float(focal_px), "given")
    elif focal_35mm is not None:
        focal = Focal(focal_35mm / DIAGONAL_MM * diagonal, "35 mm equivalent")
    else:
        focal = Focal(ASSUMED_FOCAL * longer, "assumed")
    if not SHORTEST_FOCAL <= focal.pixels / longer <= LONGEST_FOCAL:
        raise InputError(
            f"expected a focal length from {SHORTEST_FOCAL:g} to {LONGEST_FOCAL:g} times the "
            f"longer side of the image, {longer} pixels, got {focal.pixels:g} pixels"
        )
    return focal


def intrinsics_of(focal: Focal, image_size: tuple[int, int]) -> Tensor:
    """A pinhole camera that looks along the middle of the image, in normalised units.  (9,)"""
    length = 2 * focal.pixels / image_size[0]
    return torch.tensor([length, length, *[0.0] * 7])


def place(joints: Tensor, keypoints: Tensor, intrinsics: Tensor, weights: Tensor) -> Tensor:
    r"""Root positions at which poses are seen where their keypoints are.

    .. math:: \min_T \sum_j w_j \, \rho(|\pi(P_j + T) - uv_j|)

    with Huber's rho, by repeated weighted least squares
    (:func:`posegcn.camera.place_root`): a keypoint that lies far off counts little. Its scale is
    the median error of the frame.

    Shape:
        - joints: ``(T, J, 3)`` metres, root-relative
        - keypoints: ``(T, J, 2)`` normalised image coordinates
        - intrinsics: ``(9,)``
        - weights: ``(T, J)`` from 0 to 1, usually confidences; 0 where there is no keypoint
        - output: ``(T, 3)`` metres, camera frame; NaN where fewer than two keypoints count or the
          person would stand behind the camera

    Source: Huber, Robust estimation of a location parameter, 1964, for the loss; the closed form
    is ours.
    """
    robust = weights
    for _ in range(STEPS):
        root = place_root(joints, keypoints, intrinsics, robust)
        error = reprojection_error(joints, root, keypoints, intrinsics)  # (T, J)
        seen = torch.where(weights > 0, error, torch.nan)
        scale = 1.4826 * seen.nanmedian(dim=-1, keepdim=True).values
        limit = (HUBER * scale).nan_to_num(nan=1).clamp(min=1e-5)
        robust = weights * (limit / error.nan_to_num(nan=1).clamp(min=1e-9)).clamp(max=1)
    placed = ((weights > 0).sum(dim=-1) >= 2) & (root[:, 2] > 0)
    return torch.where(placed[:, None], root, torch.nan)


def reprojection_error(
    joints: Tensor, root: Tensor, keypoints: Tensor, intrinsics: Tensor
) -> Tensor:
    """Distance of each keypoint from the placed joint as the camera sees it.  -> (T, J)"""
    return (_pinhole(joints + root[:, None], intrinsics) - keypoints).norm(dim=-1)


def _pinhole(points: Tensor, intrinsics: Tensor) -> Tensor:
    """Points as a camera without distortion sees them, however wide its lens.  -> (..., 2)"""
    return intrinsics[:2] * points[..., :2] / points[..., 2:] + intrinsics[2:4]


def reproject(poses: Poses) -> Tensor:
    """Where the camera sees placed poses, in pixels; NaN where they have no place.  -> (T, J, 2)

    Raises:
        InputError: The poses have no place at all.
    """
    if poses.root is None or poses.focal_px is None:
        raise InputError("expected poses with a root and a focal length, got poses without")
    focal = Focal(poses.focal_px, poses.focal_source)
    seen = _pinhole(poses.joints + poses.root[:, None], intrinsics_of(focal, poses.image_size))
    return denormalise_image(seen, poses.image_size)
