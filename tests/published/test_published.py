import pickle

import pytest
import torch
from support import parity
from torch.testing import assert_close

from posegcn import InputError, load_published, make_model

NETS = (
    "single_frame/nets/semgcn_nonlocal_h16_l2",
    "single_frame/nets/linear_ls64",
    "single_frame/nets/semgcn_h128",
    "single_frame/nets/semgcn_nonlocal_h128",
)
CHECKPOINT = "single_frame/checkpoints/ckpt_semgcn_nonlocal_h8_l1_legacy"


def lift(model, keypoints):
    """The public linear model takes and gives vectors, without the root."""
    if keypoints.ndim == 3:
        return model(keypoints)
    return model(keypoints.unflatten(1, (16, 2)))[:, 1:].flatten(1)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("case", parity.cases(*NETS))
def test_networks_equal_the_public_code(case, dtype):
    arrays = parity.load(case)
    model, _ = load_published(parity.tensors(arrays, "state"))
    parameters = sum(parameter.numel() for parameter in model.parameters())
    assert parameters == parity.manifest(case)["params"]
    output = lift(model.to(dtype), torch.from_numpy(arrays["input"]).to(dtype))
    if dtype == torch.float64:
        assert_close(output, torch.from_numpy(arrays["output_f64"]), rtol=1e-9, atol=1e-9)
    else:
        reference = torch.from_numpy(arrays["output"])
        limit = 1e-5 + 1e-5 * reference.abs().max().item()
        assert_close(output, reference, rtol=0, atol=limit)


@pytest.fixture
def legacy():
    return parity.path(f"{CHECKPOINT}.pth.tar")


@pytest.mark.parametrize("kind", ["legacy", "zip", "data-parallel", "bare"])
def test_checkpoint_files(kind, legacy, tmp_path):
    content = torch.load(legacy, weights_only=True)
    rewritten = {
        "legacy": None,
        "zip": content,
        "data-parallel": {
            "state_dict": {f"module.{k}": v for k, v in content["state_dict"].items()}
        },
        "bare": content["state_dict"],
    }[kind]
    path = legacy
    if rewritten is not None:
        path = tmp_path / "checkpoint.pth.tar"
        torch.save(rewritten, path)
    model, notes = load_published(path)
    arrays = parity.load(f"{CHECKPOINT}_io")
    output = model(torch.from_numpy(arrays["input"]))
    assert_close(output, torch.from_numpy(arrays["output"]), rtol=1e-5, atol=1e-5)
    assert notes[0] == "published SemGCN checkpoint"
    stored = "stored beside the weights: error = 47.25"
    assert (stored in notes) == (kind in ("legacy", "zip"))
    assert model.config["non_local"]


class Hostile:
    def __reduce__(self):
        import os

        return os.mkdir, ("hostile_pickle_was_here",)


@pytest.mark.parametrize("protocol", [None, 2])
def test_hostile_pickles_do_not_run(protocol, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "hostile.pth.tar"
    if protocol is None:
        torch.save({"state_dict": Hostile()}, path)
    else:
        path.write_bytes(pickle.dumps(Hostile(), protocol))
    with pytest.raises(InputError, match="damaged or holds more than tensors"):
        load_published(path)
    assert not (tmp_path / "hostile_pickle_was_here").exists()


def state_of(changes):
    state = {
        k: v.clone()
        for k, v in torch.load(parity.path(f"{CHECKPOINT}.pth.tar"))["state_dict"].items()
    }
    for key, value in changes.items():
        if value is None:
            del state[key]
        else:
            state[key] = value
    return state


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"gconv_layers.0.gconv1.bn.weight": None}, "lacks 'trunk.2.first.norm.weight'"),
        ({"gconv_extra.W": torch.zeros(2)}, "has an unknown 'gconv_extra.W'"),
        ({"gconv_output.bias": torch.zeros(4)}, r"'gconv_output.bias' has shape \(4,\)"),
        ({"gconv_output.e": torch.zeros(1, 99)}, "99 edge weights, which is not h36m_16 or"),
        ({"gconv_output.bias": "text"}, "holds no state dict"),
        ({7: torch.zeros(2)}, "holds no state dict"),
        ({"gconv_output.bias": torch.zeros(3).to_sparse()}, "holds no state dict"),
        ({"gconv_output.bias": torch.zeros(3, device="meta")}, "holds no state dict"),
        ({"gconv_output.bias": torch.zeros(3) * 1j}, "holds no state dict"),
        ({"gconv_output.bias": torch.tensor(1.0)}, r"'gconv_output.bias' has shape \(\)"),
        ({"gconv_output.bias": torch.full((3,), torch.nan)}, "'gconv_output.bias' holds NaN"),
        ({"gconv_output.e": torch.tensor(1.0)}, r"'gconv_output.e' .* 2 axes, .* got shape \(\)"),
        ({"gconv_output.W": torch.zeros(2, 0, 3)}, r"3 axes, .* got shape \(2, 0, 3\)"),
    ],
)
def test_what_does_not_fit_is_named(changes, message):
    with pytest.raises(InputError, match=message):
        load_published(state_of(changes))


def test_skeleton_can_be_named():
    model, _ = load_published(state_of({}), skeleton="mpii_16")
    assert model.skeleton.name == "mpii_16"
    with pytest.raises(InputError, match="which is not h36m_17; name its skeleton"):
        load_published(state_of({}), skeleton="h36m_17")


def test_linear_with_another_number_of_joints_is_refused():
    state = parity.tensors(parity.load("single_frame/nets/linear_ls64"), "state")
    with pytest.raises(InputError, match="takes 32 numbers, skeleton 'h36m_17' gives 34"):
        load_published(state, skeleton="h36m_17")


@pytest.mark.parametrize("weight", [torch.tensor(1.0), torch.zeros(0, 32)])
def test_linear_whose_input_tells_no_width_is_refused(weight):
    state = parity.tensors(parity.load("single_frame/nets/linear_ls64"), "state")
    with pytest.raises(InputError, match="'w1.weight' should have 2 axes, none of them empty"):
        load_published(state | {"w1.weight": weight})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "damaged"),
        (b"PK\x03\x04 truncated", "damaged"),
        (b"\x1b[31mno torch file", "damaged"),
        (None, "there is no file"),
    ],
)
def test_damaged_files_are_one_sentence(content, message, tmp_path):
    path = tmp_path / "checkpoint.pth.tar"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=message) as refusal:
        load_published(path)
    assert "weights_only" not in str(refusal.value)
    assert str(refusal.value).isprintable()


def test_unreadable_files_are_one_sentence(tmp_path):
    with pytest.raises(InputError, match="cannot read .*: Is a directory"):
        load_published(tmp_path)
    with pytest.raises(InputError, match="cannot read .*: File name too long"):
        load_published(tmp_path / ("n" * 300))


def test_other_networks_are_refused_by_their_keys():
    state = make_model("semgcn", channels=4).state_dict()
    with pytest.raises(InputError, match="no network known here .* begin with 'trunk.0.conv"):
        load_published(state)
