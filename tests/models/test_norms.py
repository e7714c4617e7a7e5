"""Biases that batch norm or a softmax takes away: named are exactly those without gradient."""

import pytest
import torch
from torch import nn

from posegcn.layers import VanillaGraphConv, list_layers
from posegcn.models import make_model
from posegcn.models.norms import cancelled_biases
from posegcn.prediction import keypoint_shape

SMALL = {"channels": 8, "num_blocks": 1}
NETWORKS = [
    *(("residual_gcn", {**SMALL, "layer": layer}) for layer in list_layers()),
    ("semgcn", {**SMALL, "non_local": True}),
    ("modulated_gcn_cpn", SMALL),
    ("graph_hourglass", {"layer": "dc_preagg", "channels": 16, "stacks": 1}),
    ("linear", {"channels": 8, "num_stages": 1}),
    ("temporal_conv", {"widths": (3, 3), "channels": 8}),
    ("gla_gcn", {"strides": (3, 3), "channels": 8}),
    ("gla_gcn", {"strides": (3, 3), "channels": 8, "sequence_head": True}),
]


@pytest.mark.parametrize(("name", "options"), NETWORKS, ids=str)
def test_named_are_exactly_the_biases_without_gradient(name, options):
    torch.manual_seed(0)
    model = make_model(name, **options).double().train()
    with torch.no_grad():  # also where a block begins as the identity
        for values in model.parameters():
            values.normal_(std=0.5)
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    given = model(torch.randn(6, *keypoint_shape(model)).double())
    given = given if isinstance(given, tuple) else (given,)
    sum(joints.square().mean() for joints in given).backward()
    named = {id(bias) for bias in cancelled_biases(model)}
    largest = {name: values.grad.abs().max().item() for name, values in model.named_parameters()}
    found = {name for name, values in model.named_parameters() if id(values) in named}
    assert found == {name for name, gradient in largest.items() if gradient < 1e-12}
    assert all("bias" in name for name in found)


class OwnLayer(VanillaGraphConv):
    """May do anything with its bias."""


def test_biases_of_unknown_layers_are_not_named():
    model = make_model("residual_gcn", **SMALL, layer="vanilla")
    before = len(cancelled_biases(model))
    own = OwnLayer(8, 8, model.trunk[0].conv.graph)
    model.trunk[0].conv = own
    after = cancelled_biases(model)
    assert len(after) == before - 1
    assert not any(bias is own.bias for bias in after)
