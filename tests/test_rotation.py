import pytest
import torch
from scipy.spatial.transform import Rotation
from torch.testing import assert_close

from posegcn import metrics
from posegcn.rotation import (
    best_rotation,
    rotation_by_sweeps,
    rotation_in_closed_form,
    smallest_rotation,
)

every_precision = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])


def by_svd(correlation):
    """Umeyama, equation (43)."""
    u, _, vh = torch.linalg.svd(correlation)
    u = torch.cat([u[..., :2], u[..., 2:] * torch.linalg.det(u @ vh)[..., None, None]], dim=-1)
    return u @ vh


def random(seed, *shape, dtype=torch.float64):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def turns(seed, count):
    return by_svd(random(seed, count, 3, 3))


def with_singular_values(seed, values):
    """Matrices U S V of any handedness.  (N, 3) -> (N, 3, 3)"""
    return turns(seed, len(values)) @ values.diag_embed() @ turns(seed + 1, len(values))


def is_rotation(matrix, tolerance):
    loops = torch.eye(3, dtype=matrix.dtype).expand_as(matrix)
    assert_close(matrix @ matrix.mT, loops, rtol=0, atol=tolerance)
    assert (torch.linalg.det(matrix) > 0).all()


def gain(rotation, correlation):
    """What the best rotation has the most of."""
    return (rotation * correlation).sum(dim=(-2, -1))


@pytest.mark.parametrize("seed", range(5))
def test_is_that_of_the_svd(seed):
    """About half of them are reflections; some are hardly determined."""
    correlation = random(seed, 2000, 3, 3)
    values = torch.linalg.svdvals(correlation)
    handed = torch.linalg.det(correlation).sign()
    gap = (values[:, 1] + handed * values[:, 2]) / values[:, 0]  # how well it is determined
    expected = by_svd(correlation)
    for find, exact in ((best_rotation, 1e-11), (rotation_by_sweeps, 1e-14)):
        found = find(correlation)
        assert ((found - expected).abs().amax(dim=(-2, -1)) < 2e-14 / gap + exact).all()
        is_rotation(found, exact)


def test_both_ways_are_taken():
    _, determined = rotation_in_closed_form(random(0, 2000, 3, 3))
    assert 0.5 < determined.double().mean() < 1


@every_precision
@pytest.mark.parametrize(
    "values",
    [
        (3, 2, 1),
        (3, 2, -1),
        (3, 2, 0),
        (3, 1e-3, -9e-4),
        (1, 1, 1),
        (1, 1, -0.5),
        (1, 1e-3, 1e-6),
        (1e3, 1, -1e-3),
        (5, 5, 1e-7),
    ],
)
def test_at_every_shape_of_the_singular_values(values, dtype):
    correlation = with_singular_values(0, torch.tensor([values] * 50, dtype=torch.float64))
    expected = by_svd(correlation)
    found = best_rotation(correlation.to(dtype))
    epsilon = torch.finfo(dtype).eps
    exact = 1e-11 if dtype == torch.float64 else 64 * epsilon
    is_rotation(found, exact)
    largest, middle, smallest = values
    error = (found.double() - expected).abs().max().item()
    assert error < 64 * epsilon * largest / (middle + smallest) + exact


@every_precision
@pytest.mark.parametrize("values", [(1, 0, 0), (0, 0, 0), (2, 1, -1), (1, 1, -1), (1, 1e-9, 0)])
def test_where_nothing_determines_it_one_of_the_best(values, dtype):
    """Points on a line, in one place, and mirrored poses that are as deep as wide."""
    correlation = with_singular_values(2, torch.tensor([values] * 50, dtype=torch.float64))
    found = best_rotation(correlation.to(dtype))
    epsilon = torch.finfo(dtype).eps
    is_rotation(found, 32 * epsilon)
    most = torch.full((50,), float(sum(values)), dtype=torch.float64)
    assert_close(gain(found.double(), correlation), most, rtol=0, atol=64 * epsilon)


@pytest.mark.cuda
def test_on_cuda():
    correlation = random(8, 1000, 3, 3)
    found = best_rotation(correlation.cuda()).cpu()
    assert_close(gain(found, correlation), gain(best_rotation(correlation), correlation))


@pytest.mark.parametrize("scale", [1e-30, 1e-12, 1e12, 1e30])
def test_unit_does_not_matter(scale):
    correlation = random(3, 20, 3, 3, dtype=torch.float32)
    assert_close(best_rotation(scale * correlation), best_rotation(correlation), rtol=0, atol=1e-4)


def test_any_leading_axes_none_and_empty_ones():
    correlation = random(4, 2, 3, 3, 3)
    found = best_rotation(correlation)
    assert_close(best_rotation(correlation[1, 2]), found[1, 2])
    assert best_rotation(correlation[:0]).shape == (0, 3, 3, 3)


def by_svd_aligned(predicted, target):
    centre_p, centre_t = predicted.mean(dim=-2, keepdim=True), target.mean(dim=-2, keepdim=True)
    centred_p, centred_t = predicted - centre_p, target - centre_t
    correlation = centred_t.mT @ centred_p
    rotation = by_svd(correlation)
    size = centred_p.square().sum(dim=(-2, -1)).clamp(min=torch.finfo(torch.float64).tiny)
    scale = gain(rotation, correlation) / size
    return scale[..., None, None] * centred_p @ rotation.mT + centre_t


SHAPES = {
    "any": (1, 1, 1),
    "mirrored": (-1, 1, 1),
    "flat": (1, 1, 0),
    "on a line": (1, 0, 0),
    "nearly on a line": (1, 1e-5, 1e-5),
    "in one place": (0, 0, 0),
}


@every_precision
@pytest.mark.parametrize("shape", SHAPES)
def test_aligned_error_is_that_of_the_svd(shape, dtype):
    target = random(5, 300, 17, 3)
    predicted = (target + 0.2 * random(6, 300, 17, 3)) * torch.tensor(SHAPES[shape])
    predicted = (predicted @ turns(7, 300).mT).to(dtype)
    found = metrics.p_mpjpe(predicted, target.to(dtype))
    expected = metrics.mpjpe(by_svd_aligned(predicted.double(), target), target)
    # A mirrored pose may be as deep as wide, almost, which rounding then decides.
    tolerance = 1e-9 if dtype == torch.float64 else 2e-4 if shape == "mirrored" else 2e-5
    assert_close(found.double(), expected, rtol=0, atol=tolerance)


def unit(*shape):
    vectors = torch.randn(*shape, 3, generator=torch.Generator().manual_seed(5)).double()
    return torch.nn.functional.normalize(vectors, dim=-1)


def test_smallest_rotation_turns_by_the_angle_between():
    start, end = unit(2, 50).unbind()
    rotations = smallest_rotation(start, end)
    assert_close((rotations @ start[..., None])[..., 0], end)
    angles = Rotation.from_matrix(rotations.numpy()).magnitude()
    assert_close(torch.from_numpy(angles), (start * end).sum(dim=-1).acos())


@pytest.mark.parametrize("nudge", [0.0, 1e-9, 1e-5])
def test_opposite_directions_have_a_rotation_too(nudge):
    start = torch.cat([unit(20), torch.eye(3).double()])
    end = torch.nn.functional.normalize(-start + nudge, dim=-1)
    rotations = smallest_rotation(start, end)
    assert_close((rotations @ start[..., None])[..., 0], end, rtol=0, atol=1e-7)
    identity = torch.eye(3).double().expand_as(rotations)
    assert_close(rotations @ rotations.mT, identity, rtol=0, atol=1e-7)
    assert_close(torch.linalg.det(rotations), torch.ones(23).double(), rtol=0, atol=1e-7)
