import pytest
import torch
from torch.testing import assert_close

from posegcn import InputError, list_layers, make_model
from posegcn.benchmark.gate import check_equal
from posegcn.benchmark.textbook import to_textbook
from posegcn.skeletons import H36M_17

PUBLIC_LAYERS = [name for name in list_layers() if name != "adaptive"]
SMALL = {"channels": 8}
NETWORKS = {
    "semgcn": ("semgcn", SMALL),
    "semgcn non-local": ("semgcn", {**SMALL, "non_local": True}),
    "semgcn dropout": ("semgcn", {**SMALL, "dropout": 0.2}),
    "modulated": ("modulated_gcn", SMALL),
    "modulated non-local": ("modulated_gcn", {**SMALL, "non_local": True}),
    "modulated cpn": ("modulated_gcn_cpn", SMALL),
    "gla_gcn": ("gla_gcn", {**SMALL, "strides": (3, 3, 3)}),
    "gla_gcn wide": ("gla_gcn", {"channels": 12, "strides": (3, 5)}),
    "gla_gcn links": ("gla_gcn", {**SMALL, "strides": (3,), "links": "published_h36m_2021"}),
    "temporal_conv": ("temporal_conv", {**SMALL, "widths": (3, 3, 3)}),
    "temporal_conv causal": ("temporal_conv", {**SMALL, "widths": (3, 3), "causal": True}),
    "published pyramid": ("graph_hourglass", {**SMALL, "pyramid": "published"}),
    "spine apart": ("graph_hourglass", {**SMALL, "skeleton": H36M_17}),
    "by index": ("graph_hourglass", {**SMALL, "layer": "convst", "partition": "index"}),
    "by column": ("graph_hourglass", {**SMALL, "layer": "nosharing", "normalisation": "column"}),
    "without bias": ("residual_gcn", {**SMALL, "layer": "dc_preagg", "bias": False}),
    "no sharing without bias": (
        "residual_gcn",
        {**SMALL, "layer": "nosharing", "num_blocks": 1, "bias": False},
    ),
}


@pytest.mark.parametrize("case", NETWORKS)
def test_networks_equal_ours_in_outputs_and_gradients(case):
    name, options = NETWORKS[case]
    assert check_equal(make_model(name, **options)) < 1e-9


@pytest.mark.parametrize("layer", PUBLIC_LAYERS)
@pytest.mark.parametrize("network", ["residual_gcn", "graph_hourglass"])
def test_every_layer_equals_ours_in_outputs_and_gradients(network, layer):
    size = {"num_blocks": 1} if network == "residual_gcn" else {"stacks": 2}
    assert check_equal(make_model(network, layer=layer, **SMALL, **size)) < 1e-9


def test_it_is_a_copy():
    model = make_model("semgcn", **SMALL)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    textbook = to_textbook(model)
    textbook(torch.randn(4, 16, 2)).sum().backward()
    with torch.no_grad():
        for parameter in textbook.parameters():
            parameter.zero_()
    assert_close(model.state_dict(), before)
    assert all(parameter.grad is None for parameter in model.parameters())


@pytest.mark.parametrize("training", [True, False])
def test_it_keeps_the_mode(training):
    assert to_textbook(make_model("semgcn", **SMALL).train(training)).training is training


def test_no_sharing_stores_a_matrix_for_every_pair():
    model = make_model("residual_gcn", layer="nosharing", channels=4, num_blocks=0)
    assert to_textbook(model).head.weight.shape == (16, 16, 4, 3)
    assert model.head.weight.shape == (46, 4, 3)


REFUSED = {
    "unknown network with a textbook form 'LinearLifter'": ("linear", {}),
    "unknown layer with a textbook form 'AdaptiveGraphConv'": (
        "graph_hourglass",
        {"layer": "adaptive"},
    ),
    "only the released GLA-GCN has a textbook form": ("gla_gcn", {"sequence_head": True}),
    "with a shared head": ("gla_gcn", {"head": "per_joint"}),
    "without option 'dense'": ("temporal_conv", {"dense": True, "widths": (3, 3)}),
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_nobody_published_is_refused(message):
    name, options = REFUSED[message]
    with pytest.raises(InputError, match=message):
        to_textbook(make_model(name, **{"channels": 8, **options}))
