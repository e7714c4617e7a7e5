"""A folded network computes the same with fewer operations."""

import copy
import pickle

import pytest
import torch
from support.networks import SMALL, inputs, network, num_operations, trained
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.utils import parametrize
from torch.testing import assert_close

from posegcn import Graph, InputError, fold, list_layers, list_models, make_layer, make_model
from posegcn.layers import GraphConv, VanillaGraphConv
from posegcn.models.blocks import GraphConvBlock
from posegcn.prediction import context, input_names, keypoint_skeleton
from posegcn.skeletons import H36M_16

every_network = pytest.mark.parametrize("name", SMALL)


@every_network
def test_is_the_network_in_evaluation_mode(name):
    model = trained(name)
    folded = fold(model)
    batch = inputs(model, 5)
    expected = model.eval()(*batch)
    assert_close(folded(*batch), expected, rtol=1e-9, atol=1e-9)
    assert_close(folded(*(values[2:3] for values in batch)), expected[2:3], rtol=1e-9, atol=1e-9)
    single = copy.deepcopy(folded).float()(*(values.float() for values in batch))
    limit = 1e-4 * expected.abs().max().item()
    assert_close(single.double(), expected, rtol=0, atol=limit)


@pytest.mark.parametrize("layer", list_layers())
@pytest.mark.parametrize("widths", [(2, 5), (5, 5), (5, 2)])
def test_is_every_layer_of_any_width(layer, widths):
    module = make_layer(layer, *widths, Graph.from_skeleton(H36M_16)).double()
    for parameter in module.parameters():
        nn.init.normal_(parameter)
    x = torch.randn(2, 3, 16, widths[0]).double()
    folded = fold(module)
    assert_close(folded(x), module(x), rtol=1e-9, atol=1e-9)
    assert_close(folded(x[0, 0]), module(x)[0, 0], rtol=1e-9, atol=1e-9)


@every_network
def test_leaves_the_network_as_it_was(name):
    model = trained(name)
    assert model.training
    before = copy.deepcopy(model.state_dict())
    folded = fold(model)
    folded(*inputs(model, 2))
    assert model.training
    assert not folded.training
    assert all(parameter.requires_grad for parameter in model.parameters())
    assert not any(parameter.requires_grad for parameter in folded.parameters())
    after = model.state_dict()
    assert all(torch.equal(after[key], value) for key, value in before.items())
    ours = {parameter.data_ptr() for parameter in model.parameters()}
    assert not ours & {parameter.data_ptr() for parameter in folded.parameters()}


@every_network
def test_takes_fewer_operations(name):
    model = trained(name).eval()
    batch = inputs(model, 1)
    before, after = num_operations(model, *batch), num_operations(fold(model), *batch)
    assert after < before
    if name == "semgcn":  # gather, product with bias and ReLU, for each layer but the last
        assert after <= before / 2


@every_network
def test_has_neither_norms_nor_dropout(name):
    folded = fold(trained(name))
    left = [part for part, m in folded.named_modules() if isinstance(m, (_BatchNorm, nn.Dropout))]
    # GLA-GCN normalises its keypoints: no layer stands before that norm.
    assert left == (["norm"] if name.startswith("gla_gcn") else [])


@every_network
def test_says_the_same_of_itself(name):
    model = trained(name)
    folded = fold(model)
    assert type(folded) is type(model)
    assert folded.skeleton == model.skeleton
    assert folded.config == model.config
    for ask in (context, input_names, keypoint_skeleton):
        assert ask(folded) == ask(model)
    for attribute in ("takes_clips", "num_outputs"):
        assert getattr(folded, attribute, None) == getattr(model, attribute, None)


@every_network
def test_can_be_folded_copied_and_stored_again(name):
    folded = fold(trained(name))
    batch = inputs(folded, 3)
    expected = folded(*batch)
    for twin in (fold(folded), copy.deepcopy(folded), pickle.loads(pickle.dumps(folded))):
        assert_close(twin(*batch), expected, rtol=0, atol=0)
    other = fold(network(name).double())
    other.load_state_dict(folded.state_dict())
    assert_close(other(*batch), expected, rtol=0, atol=0)


@pytest.mark.parametrize("name", ["temporal_conv", "temporal_conv dense causal"])
@pytest.mark.parametrize("frames", [9, 20])
def test_whole_clips(name, frames):
    model = trained(name)
    clips = torch.randn(2, frames, 17, 2).double()
    assert_close(fold(model)(clips), model.eval()(clips), rtol=1e-9, atol=1e-9)


@every_network
def test_another_body_is_one_sentence(name):
    folded = fold(trained(name))
    keypoints, *others = inputs(folded, 2)
    wrong = torch.cat([keypoints, keypoints[..., :1, :]], dim=-2)
    with pytest.raises(InputError, match="expects"):
        folded(wrong, *others)


def test_every_model_is_here():
    assert set(list_models()) <= {name.split()[0] for name in SMALL}


def test_layers_without_bias():
    model = trained("semgcn", bias=False).eval()
    keypoints = inputs(model, 2)[0]
    assert_close(fold(model)(keypoints), model(keypoints), rtol=1e-9, atol=1e-9)


@pytest.mark.slow
@every_network
def test_compiles_without_graph_breaks(name):
    folded = fold(trained(name))
    batch = inputs(folded, 2)
    torch.compiler.reset()
    compiled = torch.compile(folded, fullgraph=True, backend="eager")
    assert_close(compiled(*batch), folded(*batch))


@pytest.mark.slow
@every_network
def test_exports(name):
    folded = fold(trained(name))
    batch = inputs(folded, 2)
    exported = torch.export.export(folded, batch).module()
    assert_close(exported(*batch), folded(*batch))


@pytest.mark.cuda
@every_network
def test_runs_on_cuda(name):
    model = trained(name)
    batch = inputs(model, 2)
    expected = fold(model)(*batch)
    on_device = tuple(values.cuda() for values in batch)
    assert_close(fold(model.cuda())(*on_device).cpu(), expected)
    assert_close(fold(model.cpu()).cuda()(*on_device).cpu(), expected)


class Doubled(nn.Module):
    def forward(self, weight):
        return 2 * weight


class Louder(VanillaGraphConv):
    def combine(self, x, bias=None):
        return 3 * super().combine(x, bias)


class Shifted(GraphConvBlock):
    def forward(self, x):
        return super().forward(x) + 1


def parametrised(model):
    for module in list(model.modules()):
        if isinstance(module, GraphConv):
            parametrize.register_parametrization(module, "weight", Doubled())


def with_a_layer_of_its_own(model):
    model.trunk[1].first.conv.__class__ = Louder


def with_a_block_of_its_own(model):
    model.trunk[0].__class__ = Shifted


def watched(model):
    model.trunk[1].second.conv.register_forward_hook(lambda module, given, found: found + 1)


@pytest.mark.parametrize(
    "change", [parametrised, with_a_layer_of_its_own, with_a_block_of_its_own, watched]
)
def test_what_a_user_has_changed_counts(change):
    model = make_model("residual_gcn", layer="vanilla", channels=4, num_blocks=1).double()
    change(model)
    x = torch.randn(8, 16, 2).double()
    for _ in range(3):
        model.train()(x)
    expected = model.eval()(x)
    assert_close(fold(model)(x), expected, rtol=1e-9, atol=1e-9)
    assert torch.equal(model(x), expected)
