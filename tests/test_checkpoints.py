import json

import pytest
import torch
from safetensors.torch import save_file
from torch.testing import assert_close

from posegcn import InputError, load_checkpoint, make_model, save_checkpoint


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
        "skeleton": "h36m_16",
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


def with_card(saved, **changes):
    model, card = load_checkpoint(saved)
    text = json.dumps(card | changes)
    save_file(dict(model.state_dict()), saved, metadata={"card": text})


def test_other_architecture_names_the_key(saved):
    config = {"name": "semgcn", "skeleton": "h36m_16", "channels": 8}
    with_card(saved, model=config)
    with pytest.raises(InputError, match="lacks 'trunk.1.first.conv.bias': it holds another"):
        load_checkpoint(saved)
    with_card_of_width_16 = config | {"channels": 16, "non_local": True}
    save_checkpoint(saved, make_model("semgcn", channels=8, non_local=True), {})
    with_card(saved, model=with_card_of_width_16)
    message = r"'trunk.0.conv.bias' has shape \(8,\), the architecture expects \(16,\)"
    with pytest.raises(InputError, match=message):
        load_checkpoint(saved)


def test_other_format_is_refused(saved):
    with_card(saved, format=99)
    with pytest.raises(InputError, match="has format 99, this posegcn .* reads 1"):
        load_checkpoint(saved)
