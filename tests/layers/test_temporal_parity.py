"""The adaptive layer and the blocks of GLA-GCN against the public code."""

import pytest
import torch
from support import parity
from torch import nn
from torch.testing import assert_close

from posegcn import Graph
from posegcn.models.adaptive_blocks import SpatialBlock, SpatioTemporalBlock, TemporalUnit
from posegcn.published.gla_gcn import LAYERS, gather
from posegcn.published.keys import Layout
from posegcn.skeletons import H36M_17, HUMANEVA_15

BODY = Graph.from_skeleton(H36M_17)
HUMANEVA = Graph.from_skeleton(HUMANEVA_15)
OPTIONS = {"dropout": 0.0, "links": "tree"}


def space(channels, out, graph=BODY, links="tree"):
    return SpatialBlock(channels, out, graph, dropout=0.0, links=links)


def both(channels, out, **options):
    return SpatioTemporalBlock(channels, out, BODY, **OPTIONS, **options)


CASES = {
    "temporal/layer_gcn_same": (space, (8, 8), {}),
    "temporal/layer_gcn_expand": (space, (2, 8), {}),
    "temporal/layer_gcn_change": (space, (8, 12), {}),
    "temporal/layer_gcn_c2_fallback": (space, (2, 2), {}),
    "temporal/layer_gcn_he13": (
        space,
        (6, 6),
        {"graph": HUMANEVA, "links": "published_humaneva_13"},
    ),
    "temporal/layer_tcn_s1": (TemporalUnit, (6, 6), {}),
    "temporal/layer_tcn_s3": (TemporalUnit, (6, 10), {"stride": 3}),
    "temporal/layer_tcn_k1": (TemporalUnit, (2, 6), {"kernel": 1}),
    "temporal/layer_block_expand": (both, (2, 8), {}),
    "temporal/layer_block_s1": (both, (8, 8), {}),
    "temporal/layer_block_s3_nores": (both, (8, 8), {"stride": 3, "shortcut": False}),
    "temporal/layer_block_s3_res": (both, (6, 8), {"stride": 3}),
}
# Where our parts stand in a network, so that its table of names can be used.
PLACE = {SpatialBlock: ("space.", "gcn1."), TemporalUnit: ("time.", "tcn1.")}
LAYOUT = Layout(LAYERS)


def build(case):
    torch.manual_seed(0)
    make, channels, options = CASES[case]
    return make(*channels, **options)


def under_our_names(module, values):
    ours, theirs = PLACE.get(type(module), ("", ""))
    gathered = gather({f"{theirs}{key}": value for key, value in values.items()}, {})
    shapes = {name: value.shape for name, value in module.state_dict().items()}
    return {
        name: gathered[LAYOUT.name(f"{ours}{name}")].reshape(shape)
        for name, shape in shapes.items()
    }


def channels_last(x):
    return x.permute(0, 2, 3, 1).contiguous()  # (N, C, T, V) -> (B, T, J, C)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("case", parity.cases(*CASES))
def test_outputs(case, dtype):
    arrays = parity.load(case)
    module = build(case).to(dtype).eval()
    module.load_state_dict(under_our_names(module, parity.tensors(arrays, "state", dtype)))
    x = channels_last(torch.from_numpy(arrays["input"]).to(dtype))
    single = dtype == torch.float32
    expected = torch.from_numpy(arrays["output" if single else "output_f64"])
    assert_close(module(x), channels_last(expected), rtol=0, atol=5e-6 if single else 1e-9)
    for part, theirs in enumerate((0, 2, 1)):
        if f"attention/{theirs}" in arrays:
            measured = torch.from_numpy(arrays[f"attention/{theirs}"]).to(dtype).mT
            assert_close(module.conv.measured(x)[:, part], measured, rtol=0, atol=5e-6)


@pytest.mark.parametrize("case", parity.cases(*CASES))
def test_gradients_and_statistics(case):
    arrays = parity.load(case)
    module = build(case).double().train()
    state = parity.tensors(arrays, "state", torch.float64)
    module.load_state_dict(under_our_names(module, state))
    x = channels_last(torch.from_numpy(arrays["input"]).double()).requires_grad_()
    output = module(x)
    expected = channels_last(torch.from_numpy(arrays["train/output"]).double())
    assert_close(output, expected, rtol=0, atol=5e-6)
    probe = channels_last(torch.from_numpy(arrays["train/probe"]).double())
    (output * probe).mean().backward()

    published = parity.tensors(arrays, "grad", torch.float64)
    nothing = {key: torch.zeros_like(value) for key, value in state.items()}
    gradients = under_our_names(module, {**nothing, **published})
    largest = max(value.norm() for value in published.values())
    for name, parameter in module.named_parameters():
        theirs = gradients[name]
        if name.endswith("conv.bias") and not isinstance(module_of(module, name), nn.Conv2d):
            theirs = theirs / 3  # one bias is the sum of three with the same gradient
        limit = 1e-3 * max(theirs.norm(), 1e-3 * largest)
        assert (parameter.grad - theirs).norm() <= limit, name
    assert_close(
        x.grad, channels_last(torch.from_numpy(arrays["grad_input"]).double()), rtol=0, atol=1e-6
    )
    after = under_our_names(module, {**state, **parity.tensors(arrays, "post", torch.float64)})
    for name, value in module.state_dict().items():
        if name.endswith(("running_mean", "running_var")):
            assert_close(value, after[name], rtol=1e-5, atol=1e-5)


def module_of(module, name):
    return module.get_submodule(name.rpartition(".")[0])
