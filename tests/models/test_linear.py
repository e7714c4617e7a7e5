import pytest
import torch

from posegcn import InputError, make_model
from posegcn.skeletons import MPI_INF_3DHP_17


def test_root_is_zero_wherever_it_is_in_the_order():
    model = make_model("linear", skeleton=MPI_INF_3DHP_17, channels=8).eval()
    joints = model(torch.randn(3, 17, 2))
    assert joints.shape == (3, 17, 3)
    assert (joints[:, 14] == 0).all()
    assert (joints[:, [13, 15]] != 0).all()


def test_refuses_other_shapes_in_words():
    with pytest.raises(InputError, match=r"expects \(B, 16, 2\), got \(3, 17, 2\)"):
        make_model("linear")(torch.zeros(3, 17, 2))


def test_published_size():
    model = make_model("linear")
    assert sum(parameter.numel() for parameter in model.parameters()) == 4_288_557
