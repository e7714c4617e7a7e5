"""What every graph convolution promises."""

import copy
import pickle

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from posegcn import Graph, InputError, list_layers, make_layer
from posegcn.layers import layer_options
from posegcn.skeletons import H36M_16, H36M_17

BODY = Graph.from_skeleton(H36M_16)
every_layer = pytest.mark.parametrize("name", list_layers())
every_width = pytest.mark.parametrize(("channels", "out"), [(2, 5), (5, 5), (5, 2)])


def layer_of(name, channels=3, out=4, graph=BODY, dtype=torch.float64, **options):
    """A layer whose every parameter is random, so that no term hides behind a zero or a one."""
    layer = make_layer(name, channels, out, graph, **options).to(dtype)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=dtype))
    return layer


def poses(*shape, dtype=torch.float64):
    return torch.randn(shape, generator=torch.Generator().manual_seed(1), dtype=dtype)


@every_layer
@every_width
def test_is_the_one_formula(name, channels, out):
    """y_i = b + sum_j a_ij x_j W_ij, as three loops."""
    layer = layer_of(name, channels, out)
    x = poses(2, 16, channels)
    measured = name == "adaptive"  # on the pose itself
    matrices = layer.edge_matrices(x) if measured else layer.edge_matrices().expand(2, *[-1] * 4)
    expected = layer.bias.expand(2, 16, out).clone()
    for pose in range(2):
        for i in range(16):
            for j in range(16):
                expected[pose, i] += x[pose, j] @ matrices[pose, i, j]
    assert_close(layer(x), expected)


@every_layer
@every_width
def test_gradients_are_those_of_the_formula(name, channels, out):
    """Of the features and of every parameter, whatever order the products are computed in."""
    layer = layer_of(name, channels, out)
    x = poses(3, 16, channels).requires_grad_()
    matrices = layer.edge_matrices(x) if name == "adaptive" else layer.edge_matrices()[None]
    plain = torch.einsum("bjn,bijno->bio", x, matrices.expand(3, *[-1] * 4)) + layer.bias
    wanted = [x, *layer.parameters()]
    direction = poses(3, 16, out)
    fast, slow = (torch.autograd.grad(y, wanted, direction) for y in (layer(x), plain))
    for found, expected in zip(fast, slow, strict=True):
        assert_close(found, expected, rtol=1e-9, atol=1e-9)


@every_layer
def test_results_lie_in_memory_as_they_are_read(name):
    """Or batch norm and the next layer would begin with a copy."""
    layer = layer_of(name, 5, 5)
    x = poses(2, 16, 5)
    if "postagg" not in name:  # its last product is over the joints
        assert layer(x).is_contiguous()


@every_layer
def test_takes_any_leading_axes(name):
    layer = layer_of(name)
    x = poses(2, 5, 16, 3)
    assert_close(layer(x)[1, 2], layer(x[1, 2]))
    assert layer(x[:1, 0]).shape == (1, 16, 4)
    assert layer(x[:0, 0]).shape == (0, 16, 4)


@every_layer
@pytest.mark.parametrize("shape", [(8, 17, 3), (8, 16, 2), (16,)])
def test_refuses_other_shapes_in_words(name, shape):
    layer = layer_of(name)
    with pytest.raises(InputError, match=r"expects \(\.\.\., 16, 3\), got"):
        layer(torch.zeros(shape, dtype=torch.float64))


@every_layer
@given(order=st.permutations(range(6)))
@settings(max_examples=10, deadline=None)
def test_relabelling_joints_permutes_outputs(name, order):
    """The same layer on a renumbered body gives the renumbered result."""
    edges = ((0, 1), (1, 2), (1, 3), (3, 4), (4, 5))
    new = {old: place for place, old in enumerate(order)}
    graph = Graph(6, edges)
    renamed = Graph(6, tuple((new[i], new[j]) for i, j in edges), root=new[0])
    layer, other = layer_of(name, graph=graph), layer_of(name, graph=renamed)
    carry_edge_parameters(name, layer, other, order)
    x = poses(2, 6, 3)
    assert_close(other(x[:, order]), layer(x)[:, order])


# Axes of a parameter that are joints, told by its first letter: t target, s source, e edge.
JOINT_AXES = {
    "preagg": {"weight": ".s"},
    "dc_preagg": {"weight": ".s"},
    "postagg": {"weight": ".t"},
    "dc_postagg": {"weight": ".t"},
    "nosharing": {"weight": "e"},
    "modulated": {"modulation": "s", "offsets": "ts"},
    "semantic": {"logits": ".e"},
    "semantic_ch": {"logits": ".e"},
    "adaptive": {"offsets": ".ts"},
}


def carry_edge_parameters(name, layer, other, order):
    """Give the renumbered layer the same weight on the same joint or edge."""
    for parameter, axes in JOINT_AXES.get(name, {}).items():
        value = getattr(layer, parameter).detach()
        for axis, kind in enumerate(axes):
            if kind in "ts":
                value = value.index_select(axis, torch.tensor(order))
            elif kind == "e":
                place = {pair: edge for edge, pair in enumerate(edges_of(layer))}
                moved = [place[order[i], order[j]] for i, j in edges_of(other)]
                value = value.index_select(axis, torch.tensor(moved))
        with torch.no_grad():
            getattr(other, parameter).copy_(value)


def edges_of(layer):
    return [tuple(edge) for edge in layer.graph.support.nonzero().tolist()]


@every_layer
def test_a_joint_hears_its_neighbours_or_whom_it_learns_to_hear(name):
    layer = layer_of(name)
    everybody = torch.ones(16, 16, dtype=torch.bool)
    expected = everybody if name in ("modulated", "adaptive") else BODY.support
    x = poses(1, 16, 3).requires_grad_()
    for joint in range(16):
        (gradient,) = torch.autograd.grad(layer(x)[0, joint].sum(), x)
        heard = gradient[0].abs().sum(dim=-1) > 0
        assert heard.tolist() == expected[joint].tolist()


@every_layer
def test_survives_copies_and_state_dicts(name):
    layer = layer_of(name)
    x = poses(2, 16, 3)
    for twin in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert_close(twin(x), layer(x), rtol=0, atol=0)
    fresh = make_layer(name, 3, 4, BODY).double()
    fresh.load_state_dict(layer.state_dict())
    assert_close(fresh(x), layer(x), rtol=0, atol=0)


@every_layer
def test_state_holds_parameters_only(name):
    layer = layer_of(name)
    assert set(layer.state_dict()) == {key for key, _ in layer.named_parameters()}


@every_layer
def test_gradients_agree_with_finite_differences(name):
    layer = layer_of(name, graph=Graph(3, ((0, 1), (1, 2))), channels=2, out=2)
    x = poses(2, 3, 2).requires_grad_()
    assert torch.autograd.gradcheck(layer, (x,))


@every_layer
def test_bias_can_be_left_out(name):
    layer = layer_of(name, bias=False)
    assert layer.bias is None
    assert_close(layer(torch.zeros(1, 16, 3).double()), torch.zeros(1, 16, 4).double())


@every_layer
def test_each_matrix_starts_by_its_own_fans(name):
    torch.manual_seed(0)
    layer = make_layer(name, 128, 128, BODY)
    bound = 1.414 * (6 / 256) ** 0.5
    assert 0.98 * bound < layer.weight.abs().max() <= bound
    torch.manual_seed(0)
    published = make_layer(name, 128, 128, BODY, init="published")
    if name == "adaptive":  # normal there, whose bias begins at zero
        assert published.weight.std().item() == pytest.approx((2 / (3 * 128**2)) ** 0.5, rel=0.02)
        assert (published.bias == 0).all()
        return
    bound = 1.414 * (6 / PUBLISHED_FANS[name]) ** 0.5
    assert 0.98 * bound < published.weight.abs().max() <= bound
    assert published.bias.abs().max() <= 1 / 128**0.5


# What the public code takes for the sum of the fans: the first two axes of its weight tensor,
# each times all the others.
PUBLISHED_FANS = {
    "vanilla": (1 + 128) * 128,
    "dc_vanilla": (2 + 128) * 128,
    "convst": (3 + 128) * 128,
    "preagg": (1 + 16) * 128 * 128,
    "dc_preagg": (2 + 16) * 128 * 128,
    "postagg": (1 + 16) * 128 * 128,
    "dc_postagg": (2 + 16) * 128 * 128,
    "nosharing": (16 + 16) * 128 * 128,
    "modulated": (2 + 128) * 128,
    "semantic": (2 + 128) * 128,
    "semantic_ch": (2 + 128) * 128,
}


@every_layer
def test_any_body_will_do(name):
    layer = layer_of(name, graph=Graph.from_skeleton(H36M_17))
    assert layer(poses(2, 17, 3)).shape == (2, 17, 4)
    lonely = layer_of(name, graph=Graph(2, ()))
    assert lonely(poses(2, 2, 3)).isfinite().all()


@every_layer
def test_describes_itself(name):
    assert "3, 4, joints=16" in repr(layer_of(name))
    assert {"bias", "init"} <= set(layer_options(name))


@pytest.mark.slow
@every_layer
def test_compiles_without_graph_breaks(name):
    layer = layer_of(name, dtype=torch.float32)
    x = poses(2, 16, 3, dtype=torch.float32)
    torch.compiler.reset()  # layers of all names have one forward
    compiled = torch.compile(layer, fullgraph=True, backend="eager")
    assert_close(compiled(x), layer(x))


@pytest.mark.slow
@every_layer
def test_exports(name):
    layer = layer_of(name, dtype=torch.float32)
    x = poses(2, 16, 3, dtype=torch.float32)
    exported = torch.export.export(layer, (x,)).module()
    assert_close(exported(x), layer(x))


@pytest.mark.cuda
@every_layer
def test_runs_on_cuda(name):
    layer = layer_of(name)
    x = poses(2, 16, 3)
    expected = layer(x)
    assert_close(layer.cuda()(x.cuda()).cpu(), expected)


def test_unknown_layer_suggests_the_nearest():
    with pytest.raises(InputError, match="did you mean 'semantic'"):
        make_layer("semantik", 2, 2, BODY)
