"""Networks over time, read from checkpoints of the public code and compared with it."""

import pickle
import re
import zipfile
from collections import OrderedDict

import numpy as np
import pytest
import torch
from support import parity
from torch import nn
from torch.testing import assert_close

from posegcn import InputError, load_published, make_model, predict
from posegcn.published import gla_gcn, temporal_conv
from posegcn.published.reading import clean_state, read_published
from posegcn.skeletons import COCO_17, H36M_17, HUMANEVA_15
from posegcn.skeletons.conversion import convert
from posegcn.training.losses import mpjpe

GLA = {
    "temporal/net_h36m_027f_c8": {},
    "temporal/net_h36m_027f_c6_T35": {},
    "temporal/net_h36m_081f_c8": {},
    "temporal/net_h36m_243f_c4": {},
    "temporal/net_3dhp_081f_c12": {"skeleton": "mpi_inf_3dhp_17", "links": "published_h36m"},
    "temporal/net_humaneva15_027f_c8": {},
    "temporal/net_humaneva13_15in_027f_c8": {"links": "published_humaneva_13"},
    "temporal/net_humaneva13_coco17in_027f_c8": {"links": "published_humaneva_13"},
}
VP3D = {
    "temporal/vp3d_dilated_333_c16": {},
    "temporal/vp3d_dilated_33333_c8": {},
    "temporal/vp3d_dilated_causal_335_c8": {"causal": True},
    "temporal/vp3d_optimized1f_333_c16": {},
    "temporal/vp3d_optimized1f_33333_c8": {},
    "temporal/vp3d_optimized1f_causal_335_c8": {"causal": True},
    "temporal/vp3d_traj_333_c8": {},
}
FLIPPED = (
    "temporal/net_h36m_027f_c8",
    "temporal/net_3dhp_081f_c12",
    "temporal/net_humaneva15_027f_c8",
    "temporal/net_humaneva13_coco17in_027f_c8",
)
EVALUATED_ONLY = "temporal/net_humaneva13_15in_027f_c8"
DENSE = "temporal/vp3d_dense_33_c8"
NETS = {**GLA, **VP3D}
# The README of the vectors: 1e-9 in double precision, 2e-5 in single; gradients within 1e-3 of
# the larger of themselves and a thousandth of the largest of all.
LIMITS = {torch.float64: {"rtol": 1e-9, "atol": 1e-9}, torch.float32: {"rtol": 0, "atol": 2e-5}}
both_precisions = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])


def keypoints_of(arrays, model, dtype, key="input"):
    keypoints = torch.from_numpy(arrays[key]).to(dtype)
    if keypoints.shape[2] == model.skeleton.num_joints:
        return keypoints
    before = keypoints.clone()
    converted = convert(keypoints, COCO_17, model.skeleton)
    assert torch.equal(keypoints, before)  # the public code overwrites them
    return converted


def read(case, arrays, dtype=torch.float32):
    """The network of a case; the dense one has no counterpart among checkpoints."""
    state = parity.tensors(arrays, "state")
    if case != DENSE:
        model, _ = load_published(state, **NETS[case])
        model.to(dtype)  # and again: the sum of three biases is rounded in single precision
        shapes = {name: value.shape for name, value in model.state_dict().items()}
        ours = as_ours(model, case, parity.tensors(arrays, "state", dtype), {})
        model.load_state_dict({name: v.reshape(shapes[name]) for name, v in ours.items()})
        return model, state
    model = make_model("temporal_conv", widths=(3, 3), channels=8, dense=True).to(dtype).eval()
    model.load_state_dict(as_ours(model, case, parity.tensors(arrays, "state", dtype), {}))
    return model, state


@both_precisions
@pytest.mark.parametrize("case", parity.cases(*NETS, DENSE))
def test_networks_equal_the_public_code(case, dtype):
    arrays = parity.load(case)
    model, _ = read(case, arrays, dtype)
    with torch.no_grad():
        joints = model(keypoints_of(arrays, model, dtype))
    reference = arrays["output" if dtype == torch.float32 else "output_f64"]
    assert_close(joints, torch.from_numpy(reference), **LIMITS[dtype])


@pytest.mark.parametrize("case", parity.cases(*FLIPPED))
def test_flip_averaging_equals_the_public_code(case):
    """Theirs mirrors COCO keypoints before it converts them, which comes to the same."""
    arrays = parity.load(case)
    model, _ = read(case, arrays)
    joints = predict(model, keypoints_of(arrays, model, torch.float32), flip=True)
    assert_close(joints, torch.from_numpy(arrays["tta/output"]), **LIMITS[torch.float32])


@pytest.mark.parametrize("case", parity.cases(*sorted({*NETS, DENSE} - {EVALUATED_ONLY})))
def test_gradients_and_statistics_equal_the_public_code(case):
    """One training step's gradient, in double precision against theirs in single."""
    arrays = parity.load(case)
    model, state = read(case, arrays, torch.float64)
    model.train()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    joints = model(keypoints_of(arrays, model, torch.float64))
    assert_close(joints, torch.from_numpy(arrays["train/output"]).double(), rtol=0, atol=2e-5)
    target = torch.from_numpy(arrays["train/target"]).double()
    loss = mpjpe(joints, target, model.skeleton)
    assert_close(loss.float(), torch.from_numpy(arrays["train/loss"]), rtol=0, atol=2e-5)
    loss.backward()
    published = parity.tensors(arrays, "grad", torch.float64)
    if published:
        compare_gradients(model, case, state, published)
    else:
        compare_norms(model, parity.tensors(arrays, "gradnorm", torch.float64))
    compare_statistics(model, case, state, parity.tensors(arrays, "post", torch.float64))


def as_ours(model, case, state, changed):
    """Published values under our names, from a state in which some are changed."""
    state = {**state, **changed}
    program = temporal_conv
    if case in GLA:
        program, state = gla_gcn, gla_gcn.gather(state, NETS[case])
    layout = program.layout(model)
    return {ours: state[layout.name(ours)] for ours in model.state_dict()}


def compare_gradients(model, case, state, published):
    nothing = {key: torch.zeros_like(value) for key, value in state.items()}
    expected = as_ours(model, case, state, {**nothing, **published})
    largest = max(value.norm() for value in published.values())
    for name, parameter in model.named_parameters():
        theirs = expected[name].reshape(parameter.shape)
        if case in GLA and name.endswith("conv.bias") and "space" in name:
            theirs = theirs / 3  # our one bias is the sum of three, whose gradients are equal
        size = max(theirs.norm(), 1e-3 * largest)
        assert (parameter.grad - theirs).norm() <= 1e-3 * size, name


def compare_norms(model, published):
    """Where only the norm of each gradient is known, three for one of our graph layers'."""
    layout = gla_gcn.layout(model)
    assert published
    largest = max(published.values())
    for name, parameter in model.named_parameters():
        theirs = layout.name(name)
        parts = [re.sub(r"(conv_[abd])\.", rf"\1.{part}.", theirs) for part in range(3)]
        norms = torch.stack([published[key] for key in sorted(set(parts))])
        expected = norms[0] if theirs.endswith("conv_d.bias") else norms.norm()
        limit = 1e-3 * max(expected, 1e-3 * largest)
        assert (parameter.grad.norm() - expected).abs() <= limit, name


def compare_statistics(model, case, state, published):
    expected = as_ours(model, case, state, published)
    names = [name for name in expected if name.endswith(("running_mean", "running_var"))]
    assert names
    for name in names:
        assert_close(model.state_dict()[name], expected[name], rtol=2e-5, atol=2e-5)


FILES = {
    "temporal/4_gt_9_supervised_epoch_1.bin": "temporal/checkpoint_gla_expected",
    "temporal/vp3d_epoch_1.bin": "temporal/checkpoint_vp3d_expected",
}
files = pytest.mark.parametrize(
    ("file", "expected"),
    [(file, case) for file, case in FILES.items() if parity.cases(case)],
)


@files
def test_checkpoints_with_a_pickled_random_state(file, expected):
    """Read without executing anything, to the same result as in the public program."""
    model, notes = load_published(parity.path(file))
    arrays = parity.load(expected)
    joints = predict(model, torch.from_numpy(arrays["input"]))
    assert_close(joints, torch.from_numpy(arrays["output"]), **LIMITS[torch.float32])
    assert any("receptive field" in note for note in notes)
    assert any("epoch = 1" in note for note in notes)


@files
@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "legacy"])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_both_formats_and_both_prefixes(file, expected, zipped, prefix, tmp_path):
    state, _ = read_published(parity.path(file))
    content = {
        "model_pos": OrderedDict((f"{prefix}{key}", value) for key, value in state.items()),
        "random_state": np.random.RandomState(1234),
        "epoch": 1,
    }
    path = tmp_path / "epoch_1.bin"
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    again, extras = read_published(path)
    assert set(again) == set(state)
    assert all(torch.equal(again[key], state[key]) for key in state)
    assert extras == {"epoch": 1}


class Trap:
    """What a hostile file asks for."""

    def __init__(self, target):
        self.target = str(target)

    def __reduce__(self):
        return (open, (self.target, "w"))


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "legacy"])
def test_what_a_pickle_asks_for_is_not_done(zipped, tmp_path):
    path, trace = tmp_path / "hostile.bin", tmp_path / "trace"
    content = {"model_pos": {"weight": torch.zeros(2)}, "random_state": Trap(trace)}
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    state, _ = read_published(path)
    assert not trace.exists()
    assert list(state) == ["weight"]
    with path.open("wb") as stream:
        pickle.dump({"weight": Trap(trace)}, stream)
    with pytest.raises(InputError, match="damaged or holds a program"):
        read_published(path)
    assert not trace.exists()


def test_programs_are_refused(tmp_path):
    path = tmp_path / "model.pt"
    with pytest.warns(DeprecationWarning, match="torch.jit"):
        torch.jit.script(nn.Linear(2, 2)).save(path)
    assert zipfile.is_zipfile(path)
    with pytest.raises(InputError, match="holds a program"):
        read_published(path)


def gla_state(**options):
    """What the public program would store of a small network."""
    arrays = parity.load("temporal/checkpoint_gla_expected")
    assert arrays
    state, _ = read_published(parity.path("temporal/4_gt_9_supervised_epoch_1.bin"))
    return clean_state({**state, **options}, "the test")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"strides": (3, 3, 3)}, "the checkpoint has 2 levels, got strides"),
        ({"skeleton": "humaneva_15"}, "the checkpoint has 17 joints, 'humaneva_15' is another"),
        ({"links": "tre"}, "did you mean 'tree'"),
        ({"links": "published_humaneva_13"}, "are of 15 joints, the graph has 17"),
        ({"causal": True}, "'causal' says nothing about a GLA-GCN checkpoint"),
    ],
)
@pytest.mark.skipif(not parity.cases("temporal/checkpoint_gla_expected"), reason="no vectors")
def test_what_does_not_fit_is_one_sentence(options, message):
    with pytest.raises(InputError, match=message):
        load_published(gla_state(), **options)


@pytest.mark.skipif(not parity.cases("temporal/checkpoint_gla_expected"), reason="no vectors")
def test_missing_and_misshapen_parameters_are_named():
    state = gla_state()
    del state["layers_tcngcn.0.gcn1.conv_d.1.weight"]
    with pytest.raises(InputError, match=r"lacks 'layers_tcngcn\.0\.gcn1\.conv_d\.1\.weight'"):
        load_published(state)
    with pytest.raises(InputError, match="should be 1x1 convolutions of one shape"):
        load_published(gla_state(**{"expand_gcn.gcn1.conv_a.0.weight": torch.zeros(5, 2, 1, 1)}))


@pytest.mark.skipif(not parity.cases("temporal/checkpoint_gla_expected"), reason="no vectors")
def test_graph_of_2021_is_another_network():
    new, _ = load_published(gla_state())
    old, notes = load_published(gla_state(), links="published_h36m_2021")
    keypoints = torch.randn(1, 9, 17, 2, generator=torch.Generator().manual_seed(0))
    assert (predict(new, keypoints) - predict(old, keypoints)).abs().max() > 1e-3
    assert any("one too low" in note for note in notes)


def vp3d_state(num_keypoints, num_joints):
    model = make_model("temporal_conv", widths=(3, 3), channels=4)
    layout = temporal_conv.layout(model)
    state = {layout.name(key): value for key, value in model.state_dict().items()}
    state["expand_conv.weight"] = torch.zeros(4, 2 * num_keypoints, 3)
    state["shrink.weight"] = torch.zeros(3 * num_joints, 4, 1)
    state["shrink.bias"] = torch.zeros(3 * num_joints)
    return state


def test_keypoints_of_another_body():
    model, notes = load_published(vp3d_state(17, 15))
    assert model.skeleton.same_body(HUMANEVA_15)
    assert model.keypoint_skeleton.same_body(COCO_17)
    assert any("coco_17" in note for note in notes)
    keypoints = torch.randn(2, 9, 17, 2)
    assert predict(model, keypoints, flip=True).shape == (2, 1, 15, 3)
    both, _ = load_published(vp3d_state(17, 17), keypoint_skeleton="coco_17")
    assert both.skeleton.same_body(H36M_17)
    with pytest.raises(InputError, match="lifts 13 keypoints to 17 joints"):
        load_published(vp3d_state(13, 17))
