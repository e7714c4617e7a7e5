import pytest
import torch

from posegcn import make_model
from posegcn.benchmark import gate
from posegcn.benchmark.textbook import to_textbook
from posegcn.errors import WorkError


def wrong_output(textbook):
    textbook.head.bias.data[0] += 1e-8


def wrong_statistics(textbook):
    textbook.trunk[0].norm.momentum = 0.2


def wrong_in_evaluation(textbook):
    textbook.trunk[0].norm.eps = 1e-4


@pytest.fixture
def model():
    return make_model("semgcn", channels=8, num_blocks=1)


@pytest.mark.parametrize("damage", [wrong_output, wrong_statistics, wrong_in_evaluation])
def test_no_speed_is_told_of_another_network(model, monkeypatch, damage):
    def damaged(network):
        textbook = to_textbook(network)
        damage(textbook)
        return textbook

    monkeypatch.setattr(gate, "to_textbook", damaged)
    with pytest.raises(WorkError, match="differ: .* no speed is measured"):
        gate.check_equal(model)


def test_gradients_count(model, monkeypatch):
    def halved(network):
        textbook = to_textbook(network)
        textbook.head.weight.register_hook(lambda grad: grad / 2)
        return textbook

    monkeypatch.setattr(gate, "to_textbook", halved)
    with pytest.raises(WorkError, match="gradient of head.weight"):
        gate.check_equal(model)


def test_the_network_is_left_alone(model):
    before = {name: value.clone() for name, value in model.state_dict().items()}
    gate.check_equal(model)
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name])
    assert next(model.parameters()).dtype == torch.float32


@pytest.mark.parametrize(
    ("name", "options", "shape"),
    [
        ("semgcn", {}, (5, 16, 2)),
        ("gla_gcn", {"strides": (3, 3)}, (5, 9, 17, 2)),
        ("temporal_conv", {"widths": (3,), "keypoint_skeleton": "coco_17"}, (5, 3, 17, 2)),
    ],
)
def test_input_shape(name, options, shape):
    assert gate.input_shape(make_model(name, **options, channels=8), 5) == shape
