"""Frames in which the sides are exchanged."""

import torch
from support.bodies import body
from support.detected import seen

from posegcn.doctor.body import Body, pair_of
from posegcn.doctor.swaps import PARTS, exchanged, sides_change
from posegcn.skeletons import H36M_17


def test_the_shorter_stretches_are_exchanged():
    changes = torch.tensor([0, 0, 1, 0, 1, 0, 0, 0]).bool()
    assert exchanged(changes).nonzero().flatten().tolist() == [2, 3]
    assert exchanged(changes.roll(-2)).nonzero().flatten().tolist() == [0, 1]


def test_a_half_turn_in_one_frame_changes_sides_and_a_slow_one_does_not():
    pairs = [pair_of(H36M_17, name) for name in PARTS["arms"]]

    def turned(angles):
        shape = torch.randn(17, 3, generator=torch.Generator().manual_seed(0)) * 100 + 500
        x, z = shape[:, 0] - 500, shape[:, 2] - 500
        x = x * angles.cos()[:, None] + z * angles.sin()[:, None]
        return body(torch.stack([x, shape[:, 1].expand_as(x)], dim=-1) * torch.tensor([1.0, 0.01]))

    slow = turned(torch.linspace(0, torch.pi, 50))
    assert not sides_change(slow, pairs).any()
    quick = turned(torch.tensor([0.0, 0.0, torch.pi, torch.pi]))
    assert sides_change(quick, pairs).tolist() == [False, False, True, False]


def test_people_who_turn_do_not_change_sides():
    for camera in range(4):
        person = Body(seen("turn", "P2", camera, "video").tracks[0])
        for names in PARTS.values():
            pairs = [pair_of(person.skeleton, name) for name in names]
            assert not sides_change(person, pairs).any()
