import pytest
import torch
from torch.testing import assert_close

from posegcn import InputError, list_layers, make_model
from posegcn.models.graph_hourglass import SqueezeExcitation
from posegcn.skeletons import H36M_16, H36M_17

# Section 4.5 of the specification, measured on the public code; 64 channels, 4 hourglasses.
PUBLISHED = {
    "vanilla": 224_907,
    "dc_vanilla": 438_027,
    "preagg": 1_848_843,
    "dc_preagg": 3_685_899,
    "dc_postagg": 3_685_899,
    "convst": 651_147,
    "modulated": 461_387,
    "semantic": 438_657,
}


@pytest.mark.parametrize(("layer", "count"), PUBLISHED.items())
def test_published_sizes(layer, count):
    model = make_model("graph_hourglass", layer=layer, pyramid="published")
    assert sum(parameter.numel() for parameter in model.parameters()) == count


@pytest.mark.parametrize("skeleton", [H36M_16, H36M_17], ids=lambda s: s.name)
@pytest.mark.parametrize("layer", list_layers())
def test_every_layer_stands_in_it(layer, skeleton):
    model = make_model(
        "graph_hourglass", skeleton=skeleton, layer=layer, channels=8, stacks=2
    ).eval()
    keypoints = torch.randn(3, skeleton.num_joints, 2)
    joints = model(keypoints)
    assert joints.shape == (3, skeleton.num_joints, 3)
    assert_close(model(keypoints[1:2]), joints[1:2])
    model.train()(keypoints[:1]).sum().backward()


@pytest.mark.parametrize(("stacks", "shares"), [(1, [8]), (3, [3, 3, 2]), (8, [1] * 8)])
def test_any_number_of_stacks_shares_the_width(stacks, shares):
    model = make_model("graph_hourglass", layer="vanilla", channels=8, stacks=stacks).eval()
    assert [share.out_features for share in model.shares] == shares
    assert model(torch.randn(1, 16, 2)).shape == (1, 16, 3)


def test_more_stacks_than_channels_are_refused():
    with pytest.raises(InputError, match="9 stacks need at least as many channels, got 8"):
        make_model("graph_hourglass", channels=8, stacks=9)


def test_published_pyramid_of_17_joints_is_refused():
    with pytest.raises(InputError, match="the pyramid of the public code is that of 'h36m_16'"):
        make_model("graph_hourglass", skeleton=H36M_17, pyramid="published")


def test_gate_sees_all_joints_and_scales_channels():
    gate = SqueezeExcitation(16)
    x = torch.rand(2, 5, 16) + 0.1
    gains = gate(x) / x
    assert_close(gains, gains[:, :1].expand_as(gains))
    assert ((gains > 0) & (gains < 1)).all()
    assert gate.squeeze.out_features == 2
    assert SqueezeExcitation(4)(torch.rand(1, 5, 4)).shape == (1, 5, 4)
