import pytest
import torch
from torch.testing import assert_close

from posegcn import (
    Graph,
    InputError,
    count_multiply_adds,
    count_parameters,
    influence,
    list_layers,
    make_layer,
    make_model,
    measured_graphs,
)
from posegcn.published import published_state
from posegcn.skeletons import H36M_16

BODY = Graph.from_skeleton(H36M_16)
# Section 4.5 of the specification, measured on the public code.
PUBLISHED = {
    ("semgcn", ()): 267_343,
    ("semgcn", (("non_local", True),)): 434_703,
    ("linear", ()): 4_288_557,
    ("modulated_gcn", ()): 287_923,
    ("modulated_gcn", (("non_local", True),)): 455_283,
    ("modulated_gcn_cpn", ()): 2_731_840,
    ("modulated_gcn_cpn", (("channels", 256),)): 1_232_384,
    ("modulated_gcn_cpn", (("channels", 256), ("final_non_local", False))): 1_100_160,
    ("modulated_gcn_refined", ()): 2_731_840 + 140_322,
}
# Measured on a third-party implementation of the trunk of Liu et al.
TRUNK = {"vanilla": 0.135, "dc_vanilla": 0.267, "preagg": 2.111, "dc_preagg": 4.218}
TRUNK |= {"postagg": 2.111, "dc_postagg": 4.218, "convst": 0.399, "modulated": 0.288}


@pytest.mark.parametrize(("name", "options"), PUBLISHED)
def test_published_sizes(name, options):
    assert count_parameters(make_model(name, **dict(options))) == PUBLISHED[name, options]


@pytest.mark.parametrize("layer", TRUNK)
def test_sizes_of_the_residual_trunk(layer):
    count = count_parameters(make_model("residual_gcn", layer=layer))
    assert round(count / 1e6, 3) == TRUNK[layer]


def test_no_sharing_stores_its_edges_alone():
    """The public code stores 256 matrices where 46 act."""
    model = make_model(
        "graph_hourglass", layer="nosharing", pyramid="published", normalisation="column"
    )
    statistics = ("running_mean", "running_var", "num_batches_tracked")
    stored = published_state(model).items()
    assert sum(v.numel() for key, v in stored if not key.endswith(statistics)) == 19_967_499
    assert count_parameters(model) == 5_096_715


@pytest.mark.parametrize("name", list_layers())
def test_influence_of_a_layer_is_the_size_of_its_edge_matrices(name):
    layer = make_layer(name, 3, 4, BODY).double()
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter)
    if name == "adaptive":  # its matrices depend on the pose, and so does how it listens
        assert (influence(layer) > 0).all()
        return
    assert_close(influence(layer), layer.edge_matrices().flatten(2).norm(dim=-1))


def test_influence_of_a_network_reaches_as_far_as_its_layers():
    model = make_model("residual_gcn", layer="vanilla", channels=8, num_blocks=1)
    matrix = influence(model)
    assert matrix.shape == (16, 16)
    assert (matrix[BODY.hops > 4] == 0).all()
    assert (matrix.diagonal() > 0).all()
    assert model.training


def test_influence_of_any_module_on_given_features():
    block = torch.nn.Sequential(make_layer("vanilla", 3, 3, BODY), torch.nn.ReLU())
    matrix = influence(block, torch.randn(2, 16, 3))
    assert (matrix[~BODY.support] == 0).all()


def test_influence_of_given_poses():
    model = make_model("semgcn", channels=8)
    poses = torch.randn(3, 16, 2)
    each = torch.stack([influence(model, pose[None]) for pose in poses])
    assert_close(influence(model, poses), each.mean(dim=0))


def test_multiply_adds_by_hand():
    layer = make_layer("vanilla", 2, 5, BODY)  # mixes first: 16 x 16 x 2, then 16 x 2 x 5
    assert count_multiply_adds(layer) == 16 * 16 * 2 + 16 * 2 * 5
    linear = make_model("linear", channels=8, num_stages=1)
    assert count_multiply_adds(linear) == 32 * 8 + 2 * 8 * 8 + 8 * 45


@pytest.mark.parametrize("function", [influence, count_multiply_adds])
def test_a_network_with_refinement_is_looked_at_without_it(function):
    model = make_model("modulated_gcn_refined", channels=8, num_blocks=1)
    with pytest.raises(InputError, match="takes keypoints, intrinsics, expected .* its lifter"):
        function(model)
    function(model.lifter)


def test_influence_over_time_runs_over_the_window():
    model = make_model("temporal_conv", widths=(3,), channels=8)
    found = influence(model)
    assert found.shape == (17, 17)
    assert (found > 0).all()
    x = torch.randn(1, 3, 17, 2)
    jacobian = torch.autograd.functional.jacobian(lambda w: model.eval()(w)[0, 0], x)[:, :, 0]
    assert_close(influence(model, x), jacobian.square().sum(dim=(1, 2, 4)).sqrt())


def test_measured_graphs_of_every_adaptive_layer():
    model = make_model("gla_gcn", strides=(3, 3), channels=8).train()
    windows = torch.randn(4, 9, 17, 2)
    graphs = measured_graphs(model, windows)
    assert len(graphs) == 5
    assert model.training
    assert not any(module._forward_pre_hooks for module in model.modules())
    for graph in graphs.values():
        assert graph.shape == (4, 3, 17, 17)
        assert_close(graph.sum(dim=-1), torch.ones(4, 3, 17))
    first = model.expand.space.conv.measured(
        model.norm.eval()(windows.flatten(2).mT).mT.view(4, 9, 17, 2)
    )
    assert_close(graphs["expand.space.conv"], first)
    with pytest.raises(InputError, match="ResidualGCN has no adaptive layer"):
        measured_graphs(make_model("semgcn", channels=8), torch.randn(2, 16, 2))
