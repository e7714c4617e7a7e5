import json

import numpy as np
import pytest
import torch
from support.networks import inputs, network, trained
from torch.testing import assert_close

from posegcn import InputError, Lifter, make_model, to_onnx
from posegcn.export import lifter_to_onnx
from posegcn.prediction import input_names, keypoint_skeleton

onnxruntime = pytest.importorskip("onnxruntime")

NETWORKS = [
    "semgcn",
    "residual_gcn",
    "modulated_gcn",
    "modulated_gcn_refined",
    "graph_hourglass dc_preagg",
    "gla_gcn",
    "temporal_conv",
]


def run(path, names, batch):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    values = {name: value.numpy() for name, value in zip(names, batch, strict=True)}
    assert [value.name for value in session.get_outputs()] == ["joints"]
    return torch.from_numpy(session.run(None, values)[0]), session


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_another_program_computes_the_same_for_any_batch(name, tmp_path, capfd):
    model = trained(name).float()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    path = to_onnx(model, tmp_path / "deep" / "model.onnx")
    assert capfd.readouterr() == ("", "")
    assert model.training
    assert all(torch.equal(model.state_dict()[key], value) for key, value in before.items())
    model.eval()
    for size in (1, 7):
        batch = tuple(values.float() for values in inputs(model, size))
        joints, session = run(path, input_names(model), batch)
        expected = model(*batch)
        limit = 1e-5 * max(1, expected.abs().max().item())
        assert_close(joints, expected, rtol=0, atol=limit)
    stored = json.loads(session.get_modelmeta().custom_metadata_map["posegcn"])
    assert make_model(**stored).config == model.config


def test_needs_a_name_and_its_packages(tmp_path, monkeypatch):
    with pytest.raises(InputError, match=r"should end in \.onnx, got model\.pt"):
        to_onnx(network("semgcn"), "model.pt")
    monkeypatch.setitem(__import__("sys").modules, "onnxscript", None)
    with pytest.raises(InputError, match=r"needs the package onnxscript: pip install 'posegcn"):
        to_onnx(network("semgcn"), tmp_path / "model.onnx")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("modulated_gcn", {"num_blocks": 1, "keypoint_skeleton": "coco_17"}),
        ("temporal_conv", {"widths": (3, 3), "keypoint_skeleton": "coco_17"}),
        ("gla_gcn", {"strides": (3, 3)}),
    ],
)
def test_a_lifter_takes_pixels_of_a_video_of_any_length(tmp_path, name, options):
    torch.manual_seed(0)
    model = make_model(name, skeleton="h36m_17", channels=8, **options).eval()
    sizes = (0.05, 0.06, 0.07)
    path = lifter_to_onnx(model, tmp_path / "lifter.onnx", sizes)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert [i.name for i in session.get_inputs()] == ["keypoints_px", "image_size"]
    assert [i.shape[0] for i in (*session.get_inputs(), *session.get_outputs())][::2] == [
        "frames"
    ] * 2
    for frames in (2, 30):
        keypoints = 500 + 100 * torch.randn(frames, 17, 2)
        size = np.array([1920, 1080], dtype=np.float32)
        (joints,) = session.run(None, {"keypoints_px": keypoints.numpy(), "image_size": size})
        expected = Lifter(model, {"body_size": sizes})(keypoints, (1920, 1080)).joints
        assert_close(torch.from_numpy(joints), expected, rtol=1e-4, atol=1e-5)
    described = session.get_modelmeta().custom_metadata_map
    assert json.loads(described["joints"]) == list(model.skeleton.joints)
    assert json.loads(described["keypoints"]) == list(keypoint_skeleton(model).joints)
