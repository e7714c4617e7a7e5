from importlib.resources import files

import pytest

from posegcn import InputError
from posegcn.evaluation.protocol import PROTOCOL, UNKNOWN
from posegcn.evaluation.published_results import published_results, user_results

# (data set, method, keypoints, frames): errors, from the publications
NUMBERS = {
    ("h36m", "Martinez (linear)", "gt", 1): {"P1": 44.40, "P2": 35.25},
    ("h36m", "SemGCN + non-local", "sh_ft", 1): {"P1": 61.24, "P2": 47.71},
    ("h36m", "Modulated GCN (repo)", "gt", 1): {"P1": 38.25, "P2": 30.06},
    ("h36m", "Modulated GCN", "cpn", 1): {"P1": 49.4, "P2": 39.1},
    ("h36m", "VideoPose3D", "cpn", 243): {"P1": 46.8, "P2": 36.5},
    ("h36m", "VideoPose3D", "gt", 243): {"P1": 37.2, "P2": 27.2},
    ("h36m", "GraphSH", "cpn", 1): {"P1": 51.9},
    ("h36m", "GLA-GCN * (3D sequence variant)", "gt", 243): {"P1": 21.0},
    ("h36m", "STCFormer", "cpn", 81): {"P1": 41.72, "P2": 32.94},
    ("humaneva", "VideoPose3D", "mask_rcnn", 27): {"P1": 33.0},
    ("3dhp", "PoseFormer (paper)", UNKNOWN, 9): {"P1": 77.1, "PCK": 88.6, "AUC": 56.4},
}
ALL = published_results(unverified=True)


@pytest.mark.parametrize("key", NUMBERS)
def test_numbers(key):
    dataset, method, keypoints, frames = key
    found = published_results(dataset, method, keypoints)
    assert [row.errors for row in found if row.frames == frames] == [NUMBERS[key]]


def test_verified_results_have_a_source_that_is_no_memory():
    for row in published_results():
        assert row.verified
        assert row.source
        assert "memory" not in f"{row.source} {row.note}", row
        assert row.errors or row.note


def test_unverified_results_come_only_when_asked_for():
    assert len(published_results()) == 73
    unverified = [row for row in ALL if not row.verified]
    assert len(unverified) == 20
    assert all(row.source == "from memory" for row in unverified)
    assert published_results("h36m", "Modulated GCN (paper)") == []
    (paper,) = published_results("h36m", "Modulated GCN (paper)", unverified=True)
    assert paper.errors == {"P1": 37.43, "P2": 29.73}


def test_one_source_of_two_does_not_vouch_for_the_other():
    looked_up, remembered = sorted(
        published_results("h36m", "MixSTE", "cpn", unverified=True), key=lambda row: -row.verified
    )
    assert (looked_up.verified, looked_up.errors) == (True, {"P1": 40.9})
    assert (remembered.verified, remembered.errors) == (False, {"P2": 32.6})


def test_cards_say_what_is_known_of_the_protocol():
    for row in [*ALL, *user_results()]:
        assert set(row.card) == {*PROTOCOL, "recipe", "frames"}
        assert row.card["data_hash"] == UNKNOWN
        assert row.card["data"] == row.dataset
    (semgcn,) = published_results("h36m", "SemGCN", "gt")
    assert semgcn.card["joints"] == "16, root included"
    assert (semgcn.card["split"], semgcn.card["flip"]) == ("S9, S11", False)
    assert semgcn.card["averaging"] == "action"
    assert semgcn.card["selected_on"] == "test subjects"
    assert semgcn.card["alignment"] == UNKNOWN  # depends on where the program ran
    video = published_results("h36m", "VideoPose3D", "cpn")[0].card
    assert (video["joints"], video["flip"]) == ("17, root included", True)
    assert (video["alignment"], video["pooling"]) == ("none", "released")
    assert video["keypoints"] == "cpn_ft_h36m_dbb"
    (paper,) = published_results("h36m", "GraphSH", "gt")
    assert {paper.card[key] for key in ("joints", "flip", "averaging")} == {UNKNOWN}


def test_users_results():
    (modulated,) = user_results("h36m", "Modulated GCN")
    assert (modulated.stated_mm, modulated.obtained_mm) == (49.4, (52.73, 52.73))
    (semgcn,) = user_results(method="SemGCN no non-local")
    assert semgcn.obtained_mm == (44.7, 45.9)
    assert semgcn.card["averaging"] == "frame"
    (gla,) = user_results(method="GLA-GCN")
    assert (gla.obtained, gla.obtained_mm) == ("not reproduced", None)
    assert len(user_results()) == 14
    assert all(row.source.startswith("https://github.com/") for row in user_results())


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"dataset": "h36"}, "unknown dataset 'h36', did you mean 'h36m'"),
        ({"method": "SemGNC"}, "unknown method 'SemGNC', did you mean 'SemGCN'"),
        ({"keypoints": "cnp"}, "unknown keypoints 'cnp', did you mean 'cpn'"),
    ],
)
def test_unknown_names_are_refused(wanted, message):
    with pytest.raises(InputError, match=message):
        published_results(**wanted)


def test_the_table_is_part_of_the_package():
    assert files("posegcn").joinpath("constants/published_results.json").is_file()
