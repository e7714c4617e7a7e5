"""Files that the public programs over time write: read without executing them, or refused."""

import pickle
import zipfile
from collections import OrderedDict

import numpy as np
import pytest
import torch
from support import parity
from torch import nn
from torch.testing import assert_close

from posegcn import InputError, load_published, make_model, predict
from posegcn.published import temporal_conv
from posegcn.published.reading import clean_state, read_published
from posegcn.skeletons import COCO_17, H36M_17, HUMANEVA_15

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
    assert_close(joints, torch.from_numpy(arrays["output"]), rtol=0, atol=2e-5)
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
