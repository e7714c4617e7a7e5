"""Poses brought onto others in JavaScript, against the metrics of the package."""

import pytest
import torch
from support.node import in_node, needs_node

from posegcn.evaluation.measures import MEASURES
from posegcn.rotation import best_rotation

pytestmark = needs_node


def pairs():
    """Pairs of poses by name: usual ones, and those that are hard for the best similarity."""
    generator = torch.Generator().manual_seed(0)
    options = {"generator": generator, "dtype": torch.float64}
    pose = torch.randn(17, 3, **options)
    other = pose + 0.3 * torch.randn(17, 3, **options)
    turn = best_rotation(torch.randn(3, 3, **options))
    mirror, half_turn, flat, line = (
        torch.tensor(size, dtype=torch.float64)
        for size in ((-1, 1, 1), (-1, -1, 1), (1, 1, 0), (0, 0, 1))
    )
    point = torch.full_like(pose, 0.25)
    return {
        "noise": (pose, other),
        "a similarity": (pose, 0.3 * pose @ turn.T + 5),
        "turned by half": (half_turn * pose, pose),
        "mirrored": (mirror * pose, pose),
        "through the origin": (-pose, other),
        "flat": (flat * pose, other),
        "flat and mirrored": (flat * mirror * pose, flat * pose),
        "on a line": (line * pose, other),
        "a point": (point, other),
        "onto a point": (pose, point),
        "tiny": (1e-6 * pose, other),
        "far away": (pose + 1000, other),
    }


@pytest.mark.parametrize("measure", MEASURES)
def test_measures_forgive_the_same(measure):
    found = in_node(
        "alignment.js",
        "d.pairs.map(([pose, target]) => { const one = m.FORGIVEN[d.measure](pose, target);"
        " return [one.rotation, e.mpjpe(m.moved(pose, one), target)]; })",
        more={"e": "metrics.js"},
        measure=measure,
        pairs=[[pose.tolist(), target.tolist()] for pose, target in pairs().values()],
    )
    for (name, (pose, target)), (rotation, error) in zip(pairs().items(), found, strict=True):
        expected = MEASURES[measure](pose, target).item() / 1000
        assert error == pytest.approx(expected, rel=1e-5, abs=1e-9), name
        rotation = torch.tensor(rotation).double()
        identity = torch.eye(3, dtype=torch.float64)
        torch.testing.assert_close(rotation @ rotation.mT, identity, rtol=0, atol=1e-6)
        assert torch.linalg.det(rotation).item() == pytest.approx(1, abs=1e-6), name
