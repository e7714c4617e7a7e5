"""Layers and the non-local block against the public implementations."""

import pytest
import torch
from support import parity
from torch.testing import assert_close

from posegcn import Graph, make_layer
from posegcn.layers.nonlocal_block import EmbeddedGaussianNonLocal, GroupedNonLocal
from posegcn.models.blocks import GraphConvBlock
from posegcn.models.graph_hourglass import SqueezeExcitation
from posegcn.models.hourglass import Hourglass
from posegcn.pooling import Pyramid
from posegcn.skeletons import H36M_16

# The reference states 2e-6 absolute for float32 and 1e-9 for float64; its gradients are float32.
SINGLE = {"rtol": 0, "atol": 2e-6}
DOUBLE = {"rtol": 1e-9, "atol": 1e-9}

LAYERS = {
    "single_frame/layers/semgcn_SemGraphConv_j16": ("semantic", {}),
    "single_frame/layers/semgcn_SemGraphConv_j6_nobias": ("semantic", {}),
    "single_frame/layers/semgcn_SemCHGraphConv_j16": ("semantic_ch", {}),
    "single_frame/layers/modgcn_gt_ModulatedGraphConv_j16": ("modulated", {}),
    "single_frame/layers/modgcn_gt_ModulatedGraphConv_j6_nobias": ("modulated", {}),
    "single_frame/layers/modgcn_bench_ModulatedGraphConv_j17": ("modulated", {}),
    "single_frame/layers/graphsh_vanilla_j16": ("vanilla", {}),
    "single_frame/layers/graphsh_dc_vanilla_j16": ("dc_vanilla", {}),
    "single_frame/layers/graphsh_preagg_j16": ("preagg", {}),
    "single_frame/layers/graphsh_dc_preagg_j16": ("dc_preagg", {}),
    "single_frame/layers/graphsh_dc_postagg_j16": ("dc_postagg", {}),
    "single_frame/layers/graphsh_convst_j16": ("convst", {"partition": "index"}),
    "single_frame/layers/graphsh_nosharing_j16": ("nosharing", {"normalisation": "column"}),
    "single_frame/layers/graphsh_modulated_j16": ("modulated", {"normalisation": "row"}),
    "single_frame/layers/graphsh_semantic_j16": ("semantic", {}),
}
NAMES = {
    "W": "weight",
    "e": "logits",
    "M": "modulation",
    "adj2": "offsets",
    "bias": "bias",
}
both_precisions = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])


def check(module, arrays, names, dtype, layout=lambda x: x, back=None):
    """Output and all gradients of a module in evaluation mode.

    ``names`` gives our name of each published parameter; ``layout`` turns their axes into ours,
    ``back`` ours into theirs, where it is not the same.
    """
    module.eval()
    state = parity.tensors(arrays, "state", dtype)
    shapes = {name: value.shape for name, value in module.state_dict().items()}
    module.load_state_dict({names[k]: v.reshape(shapes[names[k]]) for k, v in state.items()})
    x = torch.from_numpy(arrays["input"]).to(dtype).requires_grad_()
    output = (back or layout)(module(layout(x)))
    reference = arrays["output" if dtype == torch.float32 else "output_f64"]
    limits = SINGLE if dtype == torch.float32 else DOUBLE
    assert_close(output, torch.from_numpy(reference), **limits)

    (output * torch.from_numpy(arrays["cotangent"]).to(dtype)).sum().backward()
    assert_close(x.grad, torch.from_numpy(arrays["grad_input"]).to(dtype), **SINGLE)
    parameters = dict(module.named_parameters())
    gradients = parity.tensors(arrays, "grad", dtype)
    assert {names[key] for key in gradients} == set(parameters)
    for key, expected in gradients.items():
        actual = parameters[names[key]].grad
        assert_close(actual, expected.reshape(actual.shape), **SINGLE)


def by_edge(arrays, layer):
    """The reference of no-sharing stores a matrix for every pair, source first: ours are picked."""
    for key in ("state/W", "grad/W"):
        pairs = torch.from_numpy(arrays[key])
        if key == "grad/W":  # a matrix without an edge never acts
            assert (pairs[~layer.graph.support.T] == 0).all()
        arrays[key] = pairs[layer.sources, layer.targets].numpy()


@both_precisions
@pytest.mark.parametrize("case", parity.cases(*LAYERS))
def test_layer(case, dtype):
    name, options = LAYERS[case]
    arrays = parity.load(case)
    graph = Graph(len(arrays["adj"]), tuple(map(tuple, arrays["edges"].tolist())))
    channels, out = arrays["state/W"].shape[-2:]
    options = {"bias": "state/bias" in arrays, **options}
    layer = make_layer(name, channels, out, graph, **options).to(dtype)
    if name == "nosharing":
        by_edge(arrays, layer)
    check(layer, arrays, NAMES, dtype)


@both_precisions
@pytest.mark.parametrize("case", parity.cases("single_frame/blocks/graph_conv_bn_relu"))
def test_block(case, dtype):
    arrays = parity.load(case)
    block = GraphConvBlock(4, 6, Graph.from_skeleton(H36M_16), layer="dc_vanilla").to(dtype)
    names = {"gconv.W": "conv.weight", "gconv.bias": "conv.bias"}
    names |= {f"bn.{key}": f"norm.{key}" for key in block.norm.state_dict()}
    check(block, arrays, names, dtype)


@both_precisions
@pytest.mark.parametrize(
    ("case", "groups"),
    [
        ("single_frame/blocks/graph_non_local_sub2", [[j, j + 1] for j in range(0, 16, 2)]),
        ("single_frame/blocks/graph_non_local_sub1_nobn", [[j] for j in range(10)]),
    ],
)
def test_non_local(case, groups, dtype):
    arrays = parity.load(case)
    batch_norm = "state/W.1.weight" in arrays
    block = GroupedNonLocal(arrays["input"].shape[1], groups, batch_norm=batch_norm).to(dtype)
    check(block, arrays, non_local_names(arrays), dtype, layout=lambda x: x.mT)


def non_local_names(arrays):
    """Our name of each published parameter of a non-local block."""
    ours = {"g": "value", "phi": "phi", "theta": "theta", "concat_project": "project"}
    names = {}
    for key in (key.removeprefix("state/") for key in arrays if key.startswith("state/")):
        module, *middle, kind = key.split(".")
        name = ours.get(module) or ("norm" if middle == ["1"] else "output")
        names[key] = f"{name}.{kind}"
    return names


@both_precisions
@pytest.mark.parametrize("case", parity.cases("single_frame/blocks/embedded_gaussian_non_local_2d"))
def test_embedded_gaussian(case, dtype):
    arrays = parity.load(case)
    block = EmbeddedGaussianNonLocal(8).to(dtype)
    check(
        block,
        arrays,
        non_local_names(arrays),
        dtype,
        layout=lambda x: x.movedim(1, -1),
        back=lambda y: y.movedim(-1, 1),
    )


@both_precisions
@pytest.mark.parametrize("case", parity.cases("single_frame/blocks/se_block"))
def test_squeeze_excitation(case, dtype):
    arrays = parity.load(case)
    names = {
        f"{theirs}.{kind}": f"{ours}.{kind}"
        for theirs, ours in (("fc1", "squeeze"), ("fc2", "excite"))
        for kind in ("weight", "bias")
    }
    check(SqueezeExcitation(16).to(dtype), arrays, names, dtype, layout=lambda x: x.mT)


@both_precisions
@pytest.mark.parametrize("case", parity.cases("single_frame/blocks/hourglass_dc_vanilla"))
def test_hourglass(case, dtype):
    arrays = parity.load(case)
    block = Hourglass(4, Pyramid.published(H36M_16), layer="dc_vanilla").to(dtype)
    blocks = ("down_fine", "down_middle", "bottom", "up_middle", "up_fine")
    names = {}
    for number, ours in enumerate(blocks, start=1):
        names[f"gconv{number}.gconv.W"] = f"{ours}.conv.weight"
        names[f"gconv{number}.gconv.bias"] = f"{ours}.conv.bias"
        for key in block.up_fine.norm.state_dict():
            names[f"gconv{number}.bn.{key}"] = f"{ours}.norm.{key}"
    check(block, arrays, names, dtype)
