"""Rotations: between two vectors, and from one set of points closest to another, without an SVD."""

import math

import torch
from torch import Tensor

# The closed form divides by a number that is near zero where the rotation is hardly determined;
# below this share of its largest value, sweeps find the rotation.
DETERMINED = 0.01
OPPOSITE = 1e-14  # 1 + cosine below which two directions count as opposite
SWEEPS = 6  # the fifth changes the last bits; three are enough to a tenth of a per cent


def best_rotation(correlation: Tensor) -> Tensor:
    r"""The rotation, never a reflection, with the largest sum of products.  (..., 3, 3)

    .. math:: \arg\max_R \operatorname{tr}(R^\top M)

    On a CPU the closed form, and sweeps for what it cannot tell; on a GPU sweeps for all, because
    asking which would stop it.
    """
    if correlation.is_cuda:
        return rotation_by_sweeps(correlation)
    rotation, determined = rotation_in_closed_form(correlation.double())
    if not determined.all():
        others = rotation_by_sweeps(correlation[~determined].double())
        rotation = rotation.masked_scatter(~determined[..., None, None], others)
    return rotation.to(correlation.dtype)


def rotation_in_closed_form(correlation: Tensor) -> tuple[Tensor, Tensor]:
    r"""Best rotations, and which of them are well determined.  (..., 3, 3) -> (..., 3, 3), (...)

    .. math::
        R = \frac{(\kappa + \|M\|^2) M + \lambda \operatorname{cof} M - M M^\top M}{\zeta},
        \qquad \kappa = \tfrac12 (\lambda^2 - \|M\|^2), \quad \zeta = \kappa\lambda - \det M

    where :math:`\lambda = s_1 + s_2 \pm s_3`, the sum of the singular values, the last with the
    sign of the determinant, is the largest root of
    :math:`\lambda^4 - 2 \|M\|^2 \lambda^2 - 8 \det M \, \lambda + 2 \|M^\top M\|^2 - \|M\|^4`.

    Source: Markley, Attitude determination using vector observations: a fast optimal matrix
    algorithm, Journal of the Astronautical Sciences 1993.
    """
    size = correlation.flatten(-2).norm(dim=-1)[..., None, None]
    m = correlation / size.clamp(min=torch.finfo(correlation.dtype).tiny)  # of norm 1
    cofactors = torch.linalg.cross(m.roll(-1, dims=-2), m.roll(-2, dims=-2))
    determinant = (m[..., 0, :] * cofactors[..., 0, :]).sum(dim=-1)
    squares = m.mT @ m
    product = squares.square().sum(dim=(-2, -1))
    total = _sum_of_singular_values(determinant, product)
    kappa = (total.square() - 1) / 2
    zeta = kappa * total - determinant
    determined = (zeta > DETERMINED) & (product > 0)  # it is zero where all points are one
    total, kappa = total[..., None, None], kappa[..., None, None]
    rotation = (kappa + 1) * m + total * cofactors - m @ squares
    return rotation / torch.where(determined, zeta, 1)[..., None, None], determined


def _sum_of_singular_values(determinant: Tensor, product: Tensor) -> Tensor:
    r"""The root :math:`\lambda` for a matrix of norm 1, from its determinant and its product.

    The eigenvalues of :math:`M^\top M` are the roots of a cubic, by cosines; the small ones lose
    half of their digits there, which two steps of Newton on the quartic give back.
    """
    third = 1 / 3
    spread = ((product - third) / 6).clamp(min=1e-300).sqrt()
    shape = determinant.square() - (1 - product) / 6 + 2 / 27
    angle = (shape / (2 * spread**3)).clamp(-1, 1).acos() / 3
    largest = third + 2 * spread * angle.cos()
    smallest = (third + 2 * spread * (angle + 2 * math.pi / 3).cos()).clamp(min=0)
    middle = (1 - largest - smallest).clamp(min=0)
    total = largest.sqrt() + middle.sqrt() + smallest.sqrt().copysign(determinant)
    constant = 2 * product - 1
    for _ in range(2):
        square = total.square()
        value = ((square - 2) * total - 8 * determinant) * total + constant
        slope = 4 * ((square - 1) * total - 2 * determinant)
        total = total - value / slope.clamp(min=DETERMINED)
    return total


def rotation_by_sweeps(correlation: Tensor) -> Tensor:
    r"""Best rotations by one-sided Jacobi, however badly they are determined.  (..., 3, 3)

    .. math::
        R = u_1 v_1^\top + u_2 v_2^\top + (u_1 \times u_2) (v_1 \times v_2)^\top

    with u and v the singular vectors of M, the largest first. Plane rotations make the columns of
    M V orthogonal, pair by pair, all matrices at once. Where M does not determine the rotation
    (points on a line), it is one of the best.

    Source: Hestenes, Inversion of matrices by biorthogonalization and related results, J. SIAM
    1958; the product of the third vectors is the sign in Umeyama, TPAMI 1991, equation (43).
    """
    size = correlation.abs().amax(dim=(-2, -1), keepdim=True)
    tiny = torch.finfo(correlation.dtype).tiny
    columns = (correlation / size.clamp(min=tiny)).movedim((-1, -2), (0, 1))  # (3, 3, ...)
    loops = torch.eye(3, dtype=correlation.dtype, device=correlation.device)
    loops = loops.view(3, 3, *[1] * (columns.ndim - 2)).expand_as(columns)
    # Column k of M V and, below it, of V.  three of (6, ...)
    first, second, third = torch.cat([columns, loops], dim=1).unbind()
    for _ in range(SWEEPS):
        first, second = _orthogonal(first, second)
        first, third = _orthogonal(first, third)
        second, third = _orthogonal(second, third)
    u = _frame(first[:3], second[:3])
    v = _frame(first[3:], second[3:])
    return torch.einsum("ki...,kj...->...ij", u, v)


def _orthogonal(larger: Tensor, smaller: Tensor) -> tuple[Tensor, Tensor]:
    """Turn two columns in their plane until they are orthogonal and in order.  (6, ...) each"""
    a, b = larger[:3], smaller[:3]
    product, difference = (a * b).sum(dim=0), ((a - b) * (a + b)).sum(dim=0)
    angle = torch.atan2(2 * product, difference) / 2
    cosine, sine = angle.cos(), angle.sin()
    return cosine * larger + sine * smaller, cosine * smaller - sine * larger


def _frame(first: Tensor, second: Tensor) -> Tensor:
    """Right-handed axes along two orthogonal vectors; what they leave open is filled in.

    (3, ...), (3, ...) -> (3 axes, 3, ...)
    """
    unit = torch.zeros_like(first)
    unit[0] = 1
    x = _along(first, unit, 0.0)
    across = second - (x * second).sum(dim=0) * x
    farthest = x.abs().argmin(dim=0, keepdim=True)  # the axis that x is farthest from
    other = torch.linalg.cross(x, torch.zeros_like(x).scatter(0, farthest, 1), dim=0)
    noise = 16 * torch.finfo(first.dtype).eps * first.norm(dim=0)
    y = _along(across, other / other.norm(dim=0), noise)
    return torch.stack([x, y, torch.linalg.cross(x, y, dim=0)])


def _along(vector: Tensor, instead: Tensor, limit: Tensor | float) -> Tensor:
    """The unit vector in a direction, or another one where it is too short to have any."""
    length = vector.norm(dim=0)
    fits = length > limit
    return torch.where(fits, vector / torch.where(fits, length, 1), instead)


def smallest_rotation(start: Tensor, end: Tensor) -> Tensor:
    r"""The rotation by the smallest angle between unit vectors.  (..., 3), (..., 3) -> (..., 3, 3)

    .. math::
        R = I + [v]_\times + \frac{[v]_\times^2}{1 + c}, \qquad v = s \times e, \; c = s \cdot e

    Between opposite vectors it turns about the axis of coordinates that lies most across.

    Source: Rodrigues' formula with sine and cosine as products of the vectors.
    """
    start, end = torch.broadcast_tensors(start, end)
    identity = torch.eye(3, dtype=start.dtype)
    one_plus_cosine = (start + end).square().sum(dim=-1)[..., None, None] / 2  # keeps its digits
    across = _cross_matrix(torch.linalg.cross(start, end))
    turn = identity + across + across @ across / one_plus_cosine.clamp(min=OPPOSITE)
    axis = identity[start.abs().argmin(dim=-1)]
    axis = torch.nn.functional.normalize(torch.linalg.cross(start, axis), dim=-1)
    half_turn = 2 * axis[..., :, None] * axis[..., None, :] - identity
    return torch.where(one_plus_cosine < OPPOSITE, half_turn, turn)


def _cross_matrix(v: Tensor) -> Tensor:
    """Matrix whose product with a vector is the cross product.  (..., 3) -> (..., 3, 3)"""
    x, y, z = v.unbind(dim=-1)
    zero = torch.zeros_like(x)
    return torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], dim=-1).unflatten(-1, (3, 3))
