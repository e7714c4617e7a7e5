"""What every lifting network promises, and the table of names."""

import copy
import json
import pickle

import pytest
import torch
from torch.testing import assert_close

from posegcn import InputError, list_models, make_model
from posegcn.models import model_options
from posegcn.skeleton import Skeleton
from posegcn.skeletons import COCO_17, H36M_16, H36M_17

SMALL = {
    "linear": {"channels": 16},
    "residual_gcn": {"channels": 8},
    "semgcn": {"channels": 8},
    "modulated_gcn": {"channels": 8, "non_local": True},
    "modulated_gcn_cpn": {"channels": 8, "skeleton": H36M_16},
    "modulated_gcn_refined": {"channels": 8, "skeleton": H36M_16},
    "graph_hourglass": {"channels": 8, "stacks": 2},
    "gla_gcn": {"channels": 8, "strides": (3, 3), "skeleton": H36M_16},
    "temporal_conv": {"channels": 8, "widths": (3, 3), "skeleton": H36M_16},
}
every_model = pytest.mark.parametrize("name", list_models())


def inputs(model, num_poses):
    """Something to lift: keypoints and, where the network asks for it, a camera."""
    torch.manual_seed(1)
    time = (model.receptive_field,) if hasattr(model, "receptive_field") else ()
    keypoints = torch.randn(num_poses, *time, model.skeleton.num_joints, 2)
    camera = torch.tensor([2.0, 2, 0, 0, 0, 0, 0, 0, 0]).expand(num_poses, -1)
    table = {"keypoints": keypoints, "intrinsics": camera}
    return tuple(table[name] for name in getattr(model, "inputs", ("keypoints",)))


def small(name, **options):
    torch.manual_seed(0)
    return make_model(name, **{**SMALL[name], **options}).eval()


@every_model
@pytest.mark.parametrize("skeleton", [H36M_16, H36M_17, COCO_17], ids=lambda s: s.name)
def test_lifts_any_body_and_a_batch_of_one(name, skeleton):
    model = small(name, skeleton=skeleton)
    batch = inputs(model, 5)
    joints = model(*batch)
    time = (1,) if hasattr(model, "receptive_field") else ()
    assert joints.shape == (5, *time, skeleton.num_joints, 3)
    alone = model(*(values[2:3] for values in batch))
    assert_close(alone, joints[2:3], rtol=1e-5, atol=1e-5)


@every_model
def test_wrong_number_of_joints_is_one_sentence(name):
    model = small(name)
    keypoints, *others = inputs(model, 2)
    wrong = torch.zeros(*keypoints.shape[:-2], 17, 2)
    with pytest.raises(InputError, match=r"expects .*, got \(2, .*17, 2\)"):
        model(wrong, *others)


@every_model
def test_config_builds_the_same_architecture(name):
    model = small(name)
    twin = make_model(**model.config)
    twin.load_state_dict(model.state_dict())
    batch = inputs(model, 2)
    assert_close(twin.eval()(*batch), model(*batch))


@every_model
def test_survives_copies(name):
    model = small(name)
    batch = inputs(model, 2)
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert_close(twin(*batch), model(*batch))


@every_model
def test_runs_in_double_precision(name):
    model = small(name)
    batch = inputs(model, 2)
    single = model(*batch)
    double = model.double()(*(values.double() for values in batch))
    assert_close(double.float(), single, rtol=1e-4, atol=1e-5)


@every_model
def test_every_parameter_learns(name):
    model = small(name).train()
    output = model(*inputs(model, 4))
    sum(pose.square().sum() for pose in output).backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


@pytest.mark.slow
@every_model
def test_compiles_without_graph_breaks(name):
    model = small(name)
    batch = inputs(model, 2)
    torch.compiler.reset()
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    assert_close(compiled(*batch), model(*batch))


@pytest.mark.slow
@every_model
def test_exports(name):
    model = small(name)
    batch = inputs(model, 2)
    exported = torch.export.export(model, batch).module()
    assert_close(exported(*batch), model(*batch))


@pytest.mark.cuda
@every_model
def test_runs_on_cuda(name):
    model = small(name)
    batch = inputs(model, 2)
    expected = model(*batch)
    joints = model.cuda()(*(values.cuda() for values in batch)).cpu()
    assert_close(joints, expected, rtol=1e-4, atol=1e-5)


def test_options_are_those_of_network_and_layer():
    options = model_options("semgcn")
    assert options["layer"] == "semantic"
    assert options["init"] == "per_matrix"
    assert "normalisation" not in options
    assert "normalisation" in model_options("residual_gcn", layer="vanilla")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("semgnc", {}, "unknown model 'semgnc', did you mean 'semgcn'"),
        ("semgcn", {"chanels": 8}, "unknown option of model 'semgcn' 'chanels', did you mean"),
        ("semgcn", {"skeleton": "h36m"}, "unknown skeleton 'h36m'"),
        ("residual_gcn", {"layer": "vanila"}, "unknown layer 'vanila', did you mean 'vanilla'"),
        ("semgcn", {"init": "small"}, "unknown initialisation 'small'"),
        ("semgcn", {"layer": []}, r"unknown layer '\[\]'"),
    ],
)
def test_wrong_names_are_refused_with_a_suggestion(name, options, message):
    with pytest.raises(InputError, match=message):
        make_model(name, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"channels": "x"}, "'channels' of model 'semgcn' takes a whole number from 1 on, got 'x'"),
        ({"channels": 0}, "takes a whole number from 1 on, got 0"),
        ({"channels": True}, "takes a whole number from 1 on, got True"),
        ({"num_blocks": -1}, "takes a whole number from 0 on, got -1"),
        ({"dropout": 1.5}, "takes a number from 0 to 1, got 1.5"),
        ({"dropout": float("nan")}, "takes a number from 0 to 1, got nan"),
        ({"non_local": "no"}, "takes true or false, got 'no'"),
        ({"init": None}, "takes a name, got None"),
    ],
)
def test_options_of_another_kind_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        make_model("semgcn", **options)


def test_config_holds_the_skeleton_itself():
    skeleton = Skeleton("mine", ("pelvis", "head"), (None, "pelvis"))
    config = make_model("semgcn", skeleton=skeleton, channels=8).config
    assert make_model(**json.loads(json.dumps(config))).skeleton == skeleton
