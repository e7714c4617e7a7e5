import pytest
import torch
from torch import nn
from torch.testing import assert_close

from posegcn import InputError, count_parameters, make_model
from posegcn.skeletons import H36M_17

# Section 1.9 of the specification counts biases that we leave out or add up: three of the graph
# layers' sources (their width a part) and two of three that follow the matrices.
PUBLISHED = {
    (3,): (339_296, 96, 17),
    (3, 3): (591_686, 96, 17),
    (3, 3, 3): (844_076, 96, 17),
    (3, 3, 3, 3): (1_096_466, 96, 17),
    (3, 3, 3, 3, 3): (1_348_856, 96, 17),
}


@pytest.mark.parametrize("strides", PUBLISHED)
def test_published_sizes(strides):
    count, channels, _ = PUBLISHED[strides]
    layers = 1 + 2 * len(strides)
    without = layers * (3 * (channels // 4) + 2 * channels)
    assert count_parameters(make_model("gla_gcn", strides=strides)) == count - without


def test_published_size_of_the_wide_and_of_the_small_body():
    wide = make_model("gla_gcn", strides=(3, 3, 3, 3), channels=256)
    assert count_parameters(wide) == 7_703_106 - 9 * (3 * 64 + 2 * 256)
    small = make_model("gla_gcn", strides=(3, 3, 3), skeleton="humaneva_15")
    assert count_parameters(small) == 842_724 - 7 * (3 * 24 + 2 * 96)
    unshared = make_model("gla_gcn", head="per_joint")
    assert count_parameters(unshared) == 1_353_512 - 11 * (3 * 24 + 2 * 96)


@pytest.mark.parametrize("strides", [(3,), (3, 5), (5, 3), (3, 9, 13), (1, 3)])
def test_receptive_field_is_the_product(strides):
    """The public code says 9, 25 and 81 for the three unequal ones."""
    model = make_model("gla_gcn", strides=strides, channels=4).eval()
    frames = model.receptive_field
    assert frames == torch.tensor(strides).prod()
    assert model.lookahead == frames // 2
    assert model(torch.randn(2, frames, 17, 2)).shape == (2, 1, 17, 3)


@pytest.mark.parametrize("frames", [0, 28, 29, 30, 37])
def test_other_numbers_of_frames_are_refused(frames):
    model = make_model("gla_gcn", strides=(3, 3, 3), channels=4).eval()
    with pytest.raises(InputError, match=f"expects windows of 27 frames, got {frames}"):
        model(torch.zeros(2, frames, 17, 2))


@pytest.mark.parametrize("shape", [(27,), (27, 17, 2), (1, 27, 16, 2), (1, 27, 17, 3)])
def test_other_shapes_are_refused_in_words(shape):
    model = make_model("gla_gcn", strides=(3, 3, 3), channels=4).eval()
    with pytest.raises(InputError, match=r"GLAGCN expects \(B, T, 17, 2\), got"):
        model(torch.zeros(shape))


@pytest.mark.parametrize("frames", [27, 35, 36, 54])
def test_some_pass_as_in_the_public_code(frames):
    model = make_model("gla_gcn", strides=(3, 3, 3), channels=4).eval()
    assert model(torch.zeros(2, frames, 17, 2)).shape == (2, 1, 17, 3)


def test_even_strides_have_no_middle():
    with pytest.raises(InputError, match="strides must be odd, .* got 2"):
        make_model("gla_gcn", strides=(3, 2))


@pytest.mark.parametrize("strides", [[], [3, 0], [3, 3.0], 3, "3,3"])
def test_strides_are_a_list_of_counts(strides):
    with pytest.raises(InputError, match="takes a list of whole numbers from 1 on"):
        make_model("gla_gcn", strides=strides)


def test_every_frame_of_the_window_counts():
    model = make_model("gla_gcn", strides=(3, 3), channels=8).eval()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d):
            nn.init.ones_(module.weight)
    keypoints = torch.randn(1, 9, 17, 2, requires_grad=True)
    (gradient,) = torch.autograd.grad(model(keypoints).sum(), keypoints)
    assert (gradient.abs().sum(dim=(0, 2, 3)) > 0).all()


def test_sequence_head_gives_all_frames_in_training_only():
    model = make_model(
        "gla_gcn", strides=(3, 3), channels=8, sequence_head=True, num_sequence_blocks=1
    )
    keypoints = torch.randn(2, 9, 17, 2)
    centre, sequence = model.train()(keypoints)
    assert centre.shape == (2, 1, 17, 3)
    assert sequence.shape == (2, 9, 17, 3)
    assert (sequence < 0).any()  # no ReLU at its end
    assert model.eval()(keypoints).shape == (2, 1, 17, 3)


def test_each_joint_has_a_head_of_its_own():
    torch.manual_seed(0)
    shared, own = (make_model("gla_gcn", strides=(3,), channels=8, head=h) for h in HEADS)
    own.load_state_dict(
        {**own.state_dict(), **{k: v for k, v in shared.state_dict().items() if "head" not in k}}
    )
    with torch.no_grad():
        own.head.weight.copy_(shared.head.weight.mT.expand(17, -1, -1))
        own.head.bias.copy_(shared.head.bias.expand(17, -1))
    keypoints = torch.randn(2, 3, 17, 2)
    assert_close(own.eval()(keypoints), shared.eval()(keypoints))
    with torch.no_grad():
        own.head.bias[H36M_17.index("head")] += 1
    moved = (own(keypoints) - shared(keypoints)).abs().sum(dim=(0, 1, 3)) > 1e-5
    assert moved.nonzero().flatten().tolist() == [H36M_17.index("head")]


HEADS = ("shared", "per_joint")


def test_trains_with_dropout():
    """The public code cannot, since torch forbids what its in-place dropout does."""
    model = make_model("gla_gcn", strides=(3, 3), channels=8).train()
    model(torch.randn(4, 9, 17, 2)).square().mean().backward()
    assert all(parameter.grad.isfinite().all() for parameter in model.parameters())


def test_a_fresh_network_begins_without_its_graph_layers():
    """A fresh spatial block is its shortcut, up to a millionth."""
    torch.manual_seed(0)
    model = make_model("gla_gcn", strides=(3,), channels=8).eval()
    block = model.levels[0].first.space
    x = torch.randn(2, 3, 17, 8)
    assert_close(block(x), x.relu(), rtol=0, atol=1e-4)
