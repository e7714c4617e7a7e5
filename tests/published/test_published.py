import pickle

import pytest
import torch
from support import parity
from torch.testing import assert_close

from posegcn import InputError, load_published, make_model, predict
from posegcn.published import published_state

NETS = (
    "single_frame/nets/semgcn_nonlocal_h16_l2",
    "single_frame/nets/linear_ls64",
    "single_frame/nets/semgcn_h128",
    "single_frame/nets/semgcn_nonlocal_h128",
    "single_frame/nets/modgcn_gt_h128",
    "single_frame/nets/modgcn_gt_nonlocal_h16_l2",
    "single_frame/nets/modgcn_bench_h64",
    "single_frame/nets/graphsh_vanilla_h16_l4",
    "single_frame/nets/graphsh_dc_vanilla_h16_l4",
    "single_frame/nets/graphsh_preagg_h16_l2",
    "single_frame/nets/graphsh_dc_preagg_h16_l2",
    "single_frame/nets/graphsh_dc_postagg_h16_l2",
    "single_frame/nets/graphsh_convst_h16_l4",
    "single_frame/nets/graphsh_nosharing_h8_l2",
    "single_frame/nets/graphsh_modulated_h16_l4",
    "single_frame/nets/graphsh_semantic_h16_l4",
    "single_frame/nets/graphsh_semantic_h64_l4",
)
FLIPPED = "single_frame/nets/modgcn_bench_flip_h16_l2"
CHECKPOINT = "single_frame/checkpoints/ckpt_semgcn_nonlocal_h8_l1_legacy"
HOURGLASS = "single_frame/checkpoints/ckpt_graphsh_dc_vanilla_h8_l2"
# What keys and shapes leave open.
OPTIONS = {name: {"layer": name} for name in ("dc_preagg", "dc_postagg")}


def options_of(case):
    return next((options for name, options in OPTIONS.items() if name in case), {})


def in_our_axes(values):
    """Vectors without root of the linear model; (B, C, frames, J, persons) of another program."""
    if values.ndim == 5:
        return values[:, :, 0, :, 0].mT
    if values.shape[-1] == 32:
        return values.unflatten(1, (16, 2))
    if values.shape[-1] == 45:
        return torch.nn.functional.pad(values.unflatten(1, (15, 3)), (0, 0, 1, 0))
    return values


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("case", parity.cases(*NETS))
def test_networks_equal_the_public_code(case, dtype):
    arrays = parity.load(case)
    state = parity.tensors(arrays, "state")
    model, _ = load_published(state, **options_of(case))
    published = published_state(model)
    names = {
        key for key in published if not key.endswith(("running_mean", "running_var", "tracked"))
    }
    assert sum(published[key].numel() for key in names) == parity.manifest(case)["params"]
    output = model.to(dtype)(in_our_axes(torch.from_numpy(arrays["input"])).to(dtype))
    if dtype == torch.float64:
        expected = in_our_axes(torch.from_numpy(arrays["output_f64"]))
        assert_close(output, expected, rtol=1e-9, atol=1e-9)
    else:
        reference = in_our_axes(torch.from_numpy(arrays["output"]))
        limit = 1e-5 + 1e-5 * reference.abs().max().item()
        assert_close(output, reference, rtol=0, atol=limit)


@pytest.mark.parametrize("case", parity.cases(*NETS))
def test_what_is_read_is_written_again(case):
    state = parity.tensors(parity.load(case), "state")
    model, _ = load_published(state, **options_of(case))
    written = published_state(model)
    assert set(written) == set(state)
    for key, value in state.items():
        if "nosharing" in case and key.endswith("gconv.W"):  # pairs without an edge never act
            continue
        assert_close(written[key], value, rtol=0, atol=0, check_dtype=False)
    again, _ = load_published(written, **options_of(case))
    keypoints = torch.randn(2, model.skeleton.num_joints, 2)
    assert_close(again(keypoints), model(keypoints), rtol=0, atol=0)


@pytest.mark.parametrize("case", parity.cases(FLIPPED))
def test_flip_averaging_equals_the_public_code(case):
    arrays = parity.load(case)
    model, notes = load_published(parity.tensors(arrays, "state"))
    lifted = predict(model, torch.from_numpy(arrays["input"])[:, 0], flip=True)
    expected = in_our_axes(torch.from_numpy(arrays["output"]))
    assert_close(lifted, expected, rtol=0, atol=1e-5 + 1e-5 * expected.abs().max().item())
    assert any("evaluate with flip" in note for note in notes)


@pytest.mark.parametrize("case", parity.cases(f"{HOURGLASS}_io"))
def test_graph_hourglass_checkpoint(case):
    model, notes = load_published(parity.path(f"{HOURGLASS}.pth.tar"))
    arrays = parity.load(case)
    output = model(torch.from_numpy(arrays["input"]))
    assert_close(output, torch.from_numpy(arrays["output"]), rtol=1e-5, atol=1e-5)
    assert notes[:2] == ["published Graph Stacked Hourglass checkpoint", "layer dc_vanilla"]
    assert any("exchanges the left and the right leg" in note for note in notes)
    mended, _ = load_published(parity.path(f"{HOURGLASS}.pth.tar"), pyramid="mended")
    assert not torch.equal(mended(torch.from_numpy(arrays["input"])), output)


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
    with pytest.raises(InputError, match="holds no state dict|damaged or holds a program"):
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
        ({"gconv_layers.0.gconv1.bn.weight": None}, "lacks 'gconv_layers.0.gconv1.bn.weight'"),
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
    with pytest.raises(InputError, match="which is not h36m_17$"):
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
