from dataclasses import replace

import pytest
from support.clips import TOY

from posegcn import RECIPES
from posegcn.checkpoints import load_checkpoint, save_checkpoint
from posegcn.data import SOURCES
from posegcn.data.subset import subset
from posegcn.evaluation.protocol import (
    KEYPOINTS,
    PROTOCOL,
    card_of_training,
    protocol_of,
    source_card,
    split_of,
)
from posegcn.training.card import training_card

OLD = {  # as reports of the first version were written
    "data": "cmu:../data/cmu:video",
    "data_hash": "b5d3fed8c3cdf0b4",
    "subjects": ["C02", "C09"],
    "joints": "16, root included",
    "posegcn": "0.1.0",
    "alignment": "root",
    "flip": False,
    "selection": "lowest P1 on C127",
}


@pytest.mark.parametrize(
    ("source", "data", "keypoints", "excluded"),
    [
        ("synthetic", "synthetic", "exact", []),
        ("synthetic:noisy", "synthetic", "noisy", []),
        ("cmu:/home/me, myself/cmu:video", "cmu", "video", []),
        ("h36m:DIR:cpn_ft_h36m_dbb", "h36m", "cpn_ft_h36m_dbb", ["S11 Directions"]),
        ("humaneva:DIR:gt", "humaneva", "gt", ["all but Walk, Jog, Box"]),
        ("humaneva:DIR:gt:all", "humaneva", "gt", []),
        ("3dhp:DIR", "3dhp", "gt", []),
        ("cmu:DIR, 1 frame in 20, jitter=5", "cmu, 1 frame in 20, jitter=5", "exact", []),
        ("my own", "my own", "as given", []),
    ],
)
def test_source_tells_data_keypoints_and_what_is_excluded(source, data, keypoints, excluded):
    expected = {"data": data, "keypoints": keypoints, "excluded": excluded}
    assert source_card(source) == expected


def test_every_source_says_where_its_keypoints_are_named():
    assert set(KEYPOINTS) == set(SOURCES)


def test_what_is_done_to_clips_stays_in_the_name_of_the_data():
    clips = replace(TOY, source="cmu:DIR:noisy")
    changed = {
        clips.every(2): "cmu, 1 frame in 2",
        clips.targets_every(3): "cmu, 1 target in 3",
        subset(clips, 0.5).every(2): "cmu, 0.5 of the frames, 1 frame in 2",
    }
    for part, data in changed.items():
        assert source_card(part.source) == {"data": data, "keypoints": "noisy", "excluded": []}


def test_subjects_are_in_the_order_of_their_numbers():
    assert split_of({"S11", "S9"}) == "S9, S11"


@pytest.mark.parametrize(
    ("training", "expected"),
    [
        ({"selection": "lowest P1 on S8"}, "training subjects"),
        ({"selection": "lowest P1 on S11, S9"}, "test subjects"),
        ({"recipe": "semgcn-h36m-gt", "epoch": 50}, "last epoch"),
        ({"imported": "ckpt.pth.tar"}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_whom_the_epoch_was_chosen_on(training, expected):
    assert card_of_training(training, ["S9", "S11"])["selected_on"] == expected
    assert protocol_of({"subjects": ["S9", "S11"], **training})["selected_on"] == expected


def test_settings_are_what_differs_from_the_recipe_also_after_writing(tmp_path):
    recipe = RECIPES["temporal_conv-27-h36m-gt"].replace(epochs=3, batch_size=1024)
    changed = recipe.replace(model_options={"widths": (3, 3), "channels": 8})
    card = training_card(changed, TOY, None, seed=1)
    expected = {"epochs": 3, "model.widths": (3, 3), "model.channels": 8}
    assert card_of_training(card, ["A"])["settings"] == expected
    assert card_of_training(card, ["A"])["recipe"] == recipe.name
    _, stored = load_checkpoint(save_checkpoint(tmp_path / "m.safetensors", changed.build(0), card))
    assert card_of_training(stored, ["A"])["settings"] == {**expected, "model.widths": [3, 3]}
    assert card_of_training(stored, ["A"])["seed"] == 1


def test_reports_of_the_first_version_are_understood():
    assert protocol_of(OLD) == {
        "data": "cmu",
        "data_hash": "b5d3fed8c3cdf0b4",
        "split": "C02, C09",
        "keypoints": "video",
        "inputs": ["keypoints"],
        "joints": "16, root included",
        "excluded": [],
        "alignment": "root",
        "flip": False,
        "averaging": "action",
        "pooling": "all",
        "selected_on": "training subjects",
    }


def test_what_no_key_tells_is_unknown():
    told = {key: value for key, value in OLD.items() if key not in ("flip", "selection")}
    protocol = protocol_of(told)
    assert (protocol["flip"], protocol["selected_on"]) == ("unknown", "unknown")
    assert set(protocol_of({}).values()) == {"unknown"}
    assert list(protocol_of({})) == list(PROTOCOL)
