import pytest
import torch
from torch.testing import assert_close

from posegcn import InputError, count_multiply_adds, count_parameters, make_model
from posegcn.inspection import _input_shape


def small(**options):
    torch.manual_seed(0)
    return make_model("temporal_conv", channels=8, **options).double().eval()


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ({"widths": (3, 3, 3)}, 8_555_571),
        ({"widths": (3, 3, 3, 3)}, 12_753_971),
        ({}, 16_952_371),
        (
            {"widths": (3, 3, 3), "skeleton": "humaneva_15", "keypoint_skeleton": "coco_17"},
            8_549_421,
        ),
        ({"trajectory": True}, 16_903_171),
    ],
)
def test_published_sizes(options, count):
    assert count_parameters(make_model("temporal_conv", **options)) == count


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("widths", [(3, 3), (3, 5, 3), (5, 3), (1, 3), (3,)])
def test_dilated_and_strided_forms_agree(widths, causal):
    """A longer clip gives at each frame what its window gives alone."""
    model = small(widths=widths, causal=causal)
    frames = model.receptive_field
    clip = torch.randn(2, frames + 6, 17, 2).double()
    joints = model(clip)
    assert joints.shape == (2, 7, 17, 3)
    for start in range(7):
        window = clip[:, start : start + frames]
        assert_close(model(window)[:, 0], joints[:, start])


def test_receptive_field_ends_where_it_says():
    model = small(widths=(3, 5))
    clip = torch.randn(1, 15, 17, 2).double().requires_grad_()
    (gradient,) = torch.autograd.grad(model(clip).sum(), clip)
    assert (gradient.abs().sum(dim=(0, 2, 3)) > 0).all()


def test_causal_and_centred_differ_in_what_they_keep():
    causal, centred = small(widths=(3, 3), causal=True), small(widths=(3, 3))
    assert (causal.lookahead, centred.lookahead) == (0, 4)
    centred.load_state_dict(causal.state_dict())
    window = torch.randn(1, 9, 17, 2).double()
    assert not torch.allclose(causal(window), centred(window))


@pytest.mark.parametrize("shape", [(2, 8, 17, 2), (2, 9, 16, 2), (9, 17, 2), (2, 9, 17, 3)])
def test_other_shapes_are_refused_in_words(shape):
    with pytest.raises(InputError, match=r"expects \(B, T, 17, 2\) with at least 9 frames, got"):
        small(widths=(3, 3))(torch.zeros(shape).double())


def test_even_widths_have_no_middle():
    with pytest.raises(InputError, match="widths must be odd, .* got 4"):
        small(widths=(3, 4))


@pytest.mark.parametrize(
    ("options", "millions"),
    [({"widths": (3, 3, 3)}, 17.8), ({"widths": (3, 3, 3, 3)}, 57.4), ({}, 176.3)],
)
def test_published_cost_of_a_window(options, millions):
    model = make_model("temporal_conv", **options)
    assert _input_shape(model) == (model.receptive_field, 17, 2)
    assert count_multiply_adds(model) / 1e6 == pytest.approx(millions, abs=0.06)
