import torch
from torch.testing import assert_close

from posegcn import Graph
from posegcn.models.adaptive_blocks import SpatioTemporalBlock, TemporalUnit
from posegcn.skeletons import H36M_17

BODY = Graph.from_skeleton(H36M_17)


def test_joints_do_not_mix_in_time():
    unit = TemporalUnit(4, 6).eval()
    x = torch.randn(2, 9, 17, 4)
    moved = x.clone()
    moved[:, 3, 5] += 1
    changed = (unit(moved) - unit(x)).abs().sum(dim=(0, 3)) > 0
    assert changed.any(dim=0).nonzero().tolist() == [[5]]
    assert changed.any(dim=1).nonzero().flatten().tolist() == list(range(8))  # 4 frames around 3


def test_frames_outside_the_clip_are_zero():
    unit = TemporalUnit(4, 6).eval()
    x = torch.randn(1, 5, 17, 4)
    padded = torch.nn.functional.pad(x, (0, 0, 0, 0, 4, 4))
    assert_close(unit(padded)[:, 4:-4], unit(x), rtol=1e-4, atol=1e-5)


def test_stride_keeps_every_third_frame():
    unit, strided = TemporalUnit(4, 6).eval(), TemporalUnit(4, 6, stride=3).eval()
    strided.load_state_dict(unit.state_dict())
    x = torch.randn(1, 10, 17, 4)
    assert_close(strided(x), unit(x)[:, ::3])


def test_shortcut_is_the_input_where_it_fits():
    block = SpatioTemporalBlock(4, 4, BODY, dropout=0.0, links="tree")
    assert isinstance(block.shortcut, torch.nn.Identity)
    assert isinstance(
        SpatioTemporalBlock(4, 6, BODY, dropout=0.0, links="tree").shortcut, TemporalUnit
    )


def test_activation_can_be_left_out():
    torch.manual_seed(0)
    block = SpatioTemporalBlock(4, 3, BODY, activation=False, dropout=0.0, links="tree").eval()
    assert (block(torch.randn(2, 5, 17, 4)) < 0).any()


def test_order_in_memory_is_kept():
    """Channels stay last through the convolution over time: nothing is copied back and forth."""
    unit = TemporalUnit(4, 6).eval()
    planes = unit.conv(torch.randn(2, 9, 17, 4).permute(0, 3, 1, 2))
    assert planes.permute(0, 2, 3, 1).is_contiguous()
