"""GLA-GCN in JavaScript is GLA-GCN in torch: graphs, poses, and the frames of its levels."""

import pytest
import torch
from support.node import in_node, needs_node

import posegcn as pg
from posegcn.errors import InputError
from posegcn.inspection import measured_graphs
from posegcn.labs.fixed_point import fixed, fixed_data
from posegcn.labs.gla_gcn_data import frames_of, gla_gcn_data, page_network
from posegcn.models.adaptive_blocks import TemporalUnit

BODY = pg.skeletons.H36M_17


def network(strides=(3, 3), seed=0, **options):
    """A network whose norms are not those of the start, so that its graphs matter."""
    torch.manual_seed(seed)
    model = pg.make_model("gla_gcn", skeleton=BODY, strides=strides, channels=8, **options)
    with torch.no_grad():
        for part in model.modules():
            if isinstance(part, torch.nn.BatchNorm1d):
                part.weight.uniform_(0.5, 1.5)
                part.running_mean.normal_(0, 0.1)
                part.running_var.uniform_(0.5, 2)
        for name, values in model.named_parameters():
            if name.endswith("offsets"):
                values.normal_(0, 0.2)
    return model.eval()


def window(frames, seed=1):
    return 0.3 * torch.randn(frames, 17, 2, generator=torch.Generator().manual_seed(seed))


@needs_node
@pytest.mark.parametrize("strides", [(3, 3), (5,), (3, 5)], ids=str)
def test_poses_and_graphs(strides):
    model = page_network(network(strides))
    keypoints = window(model.receptive_field)
    found = in_node(
        "gla_gcn.js",
        "m.liftWindow(m.prepare(n.load(d.network)), d.keypoints)",
        more={"n": "network.js"},
        network=gla_gcn_data(model),
        keypoints=keypoints.tolist(),
    )
    model, keypoints = model.double(), keypoints[None].double()
    pose = torch.tensor(found["pose"], dtype=torch.float64)
    torch.testing.assert_close(pose, model(keypoints)[0, 0], rtol=1e-5, atol=1e-5)
    graphs = measured_graphs(model, keypoints)
    assert len(found["graphs"]) == len(graphs) == 1 + 2 * len(strides)
    for graph, expected in zip(found["graphs"], graphs.values(), strict=True):
        graph = torch.tensor(graph, dtype=torch.float64)
        torch.testing.assert_close(graph, expected[0], rtol=1e-5, atol=1e-5)


@needs_node
def test_a_measured_graph_by_itself():
    layer = page_network(network()).expand.space.conv.double()
    x = window(9).double()
    found = in_node(
        "gla_gcn.js",
        "m.measure(n.load(d.space), { frames: 9, joints: 17, channels: 2, values: d.x.flat(2) })",
        more={"n": "network.js"},
        space=gla_gcn_data(page_network(network()))["blocks"][0]["space"],
        x=x.tolist(),
    )
    found = torch.tensor(found, dtype=torch.float64)
    torch.testing.assert_close(found, layer.measured(x), rtol=1e-5, atol=1e-7)


@needs_node
@pytest.mark.parametrize("stride", [3, 5])
def test_a_frame_of_a_level_is_made_of_what_the_strip_draws(stride):
    frames = 3 * stride
    unit, x = TemporalUnit(2, 2, stride=stride).eval(), torch.randn(1, frames, 1, 2)
    x.requires_grad_()
    places = torch.arange(frames)[stride // 2 :: stride]
    made = in_node(
        "motion.js",
        "[0, 1, 2].map((place) => m.madeOf(d.stride, place, d.frames))",
        stride=stride,
        frames=frames,
    )
    for place, (same, taps) in enumerate((found["same"], found["taps"]) for found in made):
        (gradient,) = torch.autograd.grad(unit(x)[0, place].sum(), x)
        assert taps == gradient[0].abs().sum(dim=(1, 2)).nonzero().flatten().tolist()
        assert same == places[place]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"head": "per_joint"}, "one head for all joints"),
        ({"num_sequence_blocks": 1}, "no sequence blocks"),
        ({"links": "published_h36m_2021"}, "graphs of the tree of the body"),
        ({"input_norm": False}, "expects batch norm of the keypoints"),
    ],
)
def test_networks_that_a_page_cannot_compute_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        page_network(network(**options))


def test_other_networks_are_refused():
    with pytest.raises(InputError, match="expected a GLA-GCN, got TemporalConv"):
        page_network(pg.make_model("temporal_conv", skeleton=BODY, channels=8))


@needs_node
def test_twelve_bits_are_read_to_the_last_one():
    values = fixed(torch.tensor([[0.0, 1.0, -2.5], [6.1e-3, 3.99, -3.997]]))
    found = in_node("tensor.js", "m.decode(d.stored).values", stored=fixed_data(values))
    assert found == values.flatten().tolist()
    assert fixed_data(torch.zeros(2))["step"] == 1


def test_rounding_stays_below_half_a_step():
    values = torch.randn(1000, generator=torch.Generator().manual_seed(0))
    step = fixed_data(values)["step"]
    assert values.abs().max() <= 2047 * step < 2.01 * values.abs().max()
    assert (fixed(values) - values).abs().max() <= step / 2


def test_matrices_that_meet_no_frame_are_left_out():
    model = page_network(network((3, 3)))
    assert frames_of(model) == [9, 9, 9, 3, 3]
    kernels = [block["time"]["weight"]["shape"][0] for block in gla_gcn_data(model)["blocks"]]
    assert kernels == [9, 9, 9, 5, 5]
