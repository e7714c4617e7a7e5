"""Networks over time, read from checkpoints of the public code and compared with it."""

import re

import pytest
import torch
from support import parity
from torch import nn
from torch.testing import assert_close

from posegcn import load_published, make_model, predict
from posegcn.published import gla_gcn, temporal_conv
from posegcn.skeletons import COCO_17
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
