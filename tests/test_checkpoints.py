import json

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch.testing import assert_close

from posegcn import InputError, load_checkpoint, make_model, save_checkpoint
from posegcn.checkpoints import start_from
from posegcn.cli import main
from posegcn.skeleton import Skeleton
from posegcn.skeletons import H36M_16, MPII_16


@pytest.fixture
def model():
    torch.manual_seed(0)
    return make_model("semgcn", channels=8, non_local=True, init="published").eval()


@pytest.fixture
def saved(model, tmp_path):
    return save_checkpoint(tmp_path / "model.safetensors", model, {"note": "hello"})


def test_round_trip(model, saved):
    loaded, card = load_checkpoint(saved)
    keypoints = torch.randn(2, 16, 2)
    assert_close(loaded(keypoints), model(keypoints), rtol=0, atol=0)
    assert not loaded.training
    assert card["note"] == "hello"
    assert card["model"] == {
        "name": "semgcn",
        "skeleton": {
            "name": "h36m_16",
            "joints": list(H36M_16.joints),
            "parents": list(H36M_16.parents),
        },
        "channels": 8,
        "non_local": True,
        "init": "published",
    }


def test_card_beside_it_is_the_card_inside(saved):
    assert json.loads(saved.with_suffix(".json").read_text()) == load_checkpoint(saved)[1]


def test_card_travels_with_the_weights(saved, tmp_path):
    moved = saved.rename(tmp_path / "elsewhere.safetensors")
    assert load_checkpoint(moved)[1]["note"] == "hello"


def test_adjacency_is_rebuilt_not_stored(model):
    assert not any("mixing" in key or "targets" in key for key in model.state_dict())


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.write_bytes(b""), "is damaged or no checkpoint of posegcn"),
        (lambda path: path.write_bytes(path.read_bytes()[:-100]), "is damaged"),
        (lambda path: path.unlink(), "there is no checkpoint"),
        (lambda path: save_file({"a": torch.zeros(1)}, path), "posegcn import"),
    ],
)
def test_damaged_files_are_one_sentence(saved, damage, message):
    damage(saved)
    with pytest.raises(InputError, match=message):
        load_checkpoint(saved)


def write_card(saved, card):
    save_file(load_file(saved), saved, metadata={"card": json.dumps(card)})


def with_card(saved, **changes):
    write_card(saved, json.loads(saved.with_suffix(".json").read_text()) | changes)


CONFIG = {"name": "semgcn", "skeleton": "h36m_16", "channels": 8}
TREE = {"name": "mine", "joints": ["a", "b"], "parents": [None, "a"]}


def test_other_architecture_names_the_key(saved):
    with_card(saved, model=CONFIG)
    with pytest.raises(InputError, match="lacks 'trunk.1.first.conv.bias': it holds another"):
        load_checkpoint(saved)
    with_card_of_width_16 = CONFIG | {"channels": 16, "non_local": True}
    save_checkpoint(saved, make_model("semgcn", channels=8, non_local=True), {})
    with_card(saved, model=with_card_of_width_16)
    message = r"'trunk.0.conv.bias' has shape \(8,\), the architecture expects \(16,\)"
    with pytest.raises(InputError, match=message):
        load_checkpoint(saved)


def test_other_format_is_refused(saved):
    with_card(saved, format=99)
    with pytest.raises(InputError, match="has format 99, this posegcn .* reads 1"):
        load_checkpoint(saved)


@pytest.mark.parametrize(
    "card",
    [
        [],
        None,
        {"format": 1},
        *({"format": 1, "model": model} for model in (None, "semgcn", {}, {"name": "semgcn"})),
        {"format": 1, "model": CONFIG | {"name": None}},
        {"format": 1, "model": CONFIG | {"skeleton": None}},
        {"format": 1, "model": CONFIG | {"skeleton": {"name": "h36m_16"}}},
        {"format": 1, "model": CONFIG | {"skeleton": TREE | {"joints": [1, 2]}}},
        {"format": 1, "model": CONFIG | {"skeleton": TREE | {"parents": [None, ["a"]]}}},
    ],
)
def test_card_that_describes_no_model_is_refused(saved, card):
    write_card(saved, card)
    with pytest.raises(InputError, match="the card in .* does not give name and skeleton of a mod"):
        load_checkpoint(saved)


def test_card_nested_too_deeply_is_damaged(saved):
    save_file(load_file(saved), saved, metadata={"card": "[" * 100_000})
    with pytest.raises(InputError, match="is damaged"):
        load_checkpoint(saved)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"channels": "x"}, "option 'channels' of model 'semgcn' takes a whole number .*, got 'x'"),
        ({"channels": 10**9}, "gives channels 1000000000, which its weights cannot have"),
        ({"num_blocks": 10**9}, "gives num_blocks 1000000000, which its weights"),
        ({"skeleton": TREE | {"parents": ["b", "a"]}}, "'mine' needs exactly one root"),
    ],
)
def test_card_with_impossible_values_is_refused(saved, changes, message):
    with_card(saved, model=CONFIG | changes)
    with pytest.raises(InputError, match=message):
        load_checkpoint(saved)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused(model, tmp_path, number):
    model.head.bias.data[1] = number
    saved = save_checkpoint(tmp_path / "model.safetensors", model, {})
    with pytest.raises(InputError, match="'head.bias' holds NaN or infinite numbers"):
        load_checkpoint(saved)


@pytest.mark.parametrize("name", ["n" * 300, "null\0byte"])
def test_impossible_file_name_is_one_sentence(tmp_path, name):
    with pytest.raises(InputError, match="there is no checkpoint"):
        load_checkpoint(tmp_path / name)


def test_folder_in_place_of_the_weights_is_one_sentence(tmp_path):
    (tmp_path / "best.safetensors").mkdir()
    with pytest.raises(InputError, match="there is no checkpoint .* that can be read"):
        load_checkpoint(tmp_path)


@pytest.mark.parametrize("recipe", [None, "of my own"])
def test_evaluate_takes_any_recipe_in_the_card(model, tmp_path, capsys, recipe):
    saved = save_checkpoint(tmp_path / "model.safetensors", model, {"recipe": recipe})
    data = ["--data", "synthetic", "--split", "validation"]
    assert main(["evaluate", str(saved), *data, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["card"]["recipe"] == recipe


@pytest.mark.parametrize(
    "skeleton",
    [
        Skeleton("mine", ("pelvis", "chest", "head"), (None, "pelvis", "chest")),
        Skeleton("h36m_16", MPII_16.joints, MPII_16.parents),
    ],
    ids=["unknown name", "name of a preset"],
)
def test_own_skeleton_travels_with_the_weights(tmp_path, skeleton):
    model = make_model("semgcn", skeleton=skeleton, channels=8).eval()
    loaded, _ = load_checkpoint(save_checkpoint(tmp_path / "own.safetensors", model, {}))
    assert loaded.skeleton == skeleton
    keypoints = torch.randn(2, skeleton.num_joints, 2)
    assert_close(loaded(keypoints), model(keypoints), rtol=0, atol=0)


def test_card_that_only_names_its_skeleton_is_read(saved):
    with_card(saved, model=CONFIG | {"non_local": True})
    assert load_checkpoint(saved)[0].skeleton is H36M_16


def test_other_suffix_is_refused(model, tmp_path):
    with pytest.raises(InputError, match=r"should end in .safetensors, got .*model.json"):
        save_checkpoint(tmp_path / "model.json", model, {})
    assert not list(tmp_path.iterdir())


def hourglass(**options):
    return make_model("graph_hourglass", channels=8, stacks=2, **options)


@pytest.mark.parametrize(
    ("given", "other", "message"),
    [
        (hourglass(), hourglass(layer="dc_postagg"), "layer 'dc_preagg', .* 'dc_postagg'"),
        (hourglass(), hourglass(pyramid="mended"), "pyramid 'derived', .* 'mended'"),
        (
            hourglass(layer="convst"),
            hourglass(layer="convst", partition="index"),
            "partition 'spatial', .* 'index'",
        ),
        (
            make_model("semgcn", channels=8),
            make_model("semgcn", skeleton=MPII_16, channels=8),
            "lifts skeleton 'h36m_16', this network 'mpii_16'",
        ),
    ],
)
def test_weights_that_would_mean_something_else_are_no_start(given, other, message, tmp_path):
    path = save_checkpoint(tmp_path / "given.safetensors", given, {})
    with pytest.raises(InputError, match=message):
        start_from(other, path)


def test_training_options_may_differ_from_those_of_the_start(tmp_path):
    given = hourglass(dropout=0.5, init="published")
    path = save_checkpoint(tmp_path / "given.safetensors", given, {})
    other = hourglass()
    start_from(other, path)
    for one, two in zip(given.parameters(), other.parameters(), strict=True):
        assert torch.equal(one, two)
