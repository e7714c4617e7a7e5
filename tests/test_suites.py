import pytest

from posegcn import InputError
from posegcn.data import SOURCES, open_source
from posegcn.recipes import RECIPES
from posegcn.suites import SUITES, Entry


def test_names_are_unique_and_starts_come_first():
    for suite in SUITES.values():
        names = [entry.name for entry in suite.entries]
        assert len(set(names)) == len(names)
        for place, entry in enumerate(suite.entries):
            assert entry.start is None or entry.start in names[:place]


def test_sources_read_as_their_kind_says():
    for suite in SUITES.values():
        for entry in suite.entries:
            kind, *parts = entry.source(suite.data or suite.form).split(":")
            fewest, most = SOURCES[kind].num_parts
            assert fewest <= len(parts) <= most, entry.name


def test_every_recipe_of_a_data_set_is_in_its_suite():
    for dataset in ("h36m", "humaneva", "3dhp"):
        wanted = {name for name in RECIPES if f"-{dataset}-" in name}
        assert {entry.recipe.name for entry in SUITES[dataset].entries} == wanted
        for entry in SUITES[dataset].entries:
            assert entry.recipe == RECIPES[entry.recipe.name]  # as published, nothing changed
            assert [*entry.protocols] == ["corrected", "published"]


def test_cmu_has_every_layer_and_both_kinds_of_keypoints():
    names = {entry.name for entry in SUITES["cmu"].entries}
    layers = {r.model_options["layer"] for r in RECIPES.values() if r.model == "residual_gcn"}
    for suffix in ("", "-noisy"):
        assert {f"layer-{layer}{suffix}" for layer in layers} <= names
    assert {"gla_gcn-27-video", "temporal_conv-27-video", "modulated_gcn-video"} <= names
    assert {entry.recipe.skeleton for entry in SUITES["cmu"].entries} == {"h36m_17"}


def test_networks_of_smoke_fit_their_data(synthetic):
    for entry in SUITES["smoke"].entries:
        entry.recipe.build()
        source = open_source(entry.source("synthetic"), entry.recipe.skeleton)
        assert source.skeleton.name == entry.recipe.skeleton


def test_pattern_without_network_names_all():
    with pytest.raises(InputError, match=r"no network of the suite fits 'x\*'.*linear, semgcn"):
        SUITES["smoke"].choose("x*")


def test_source_without_keypoints_is_the_data():
    recipe = RECIPES["semgcn-h36m-gt"]
    assert Entry("a", recipe).source("cmu:there") == "cmu:there"
    assert Entry("a", recipe, "noisy").source("cmu:there") == "cmu:there:noisy"


def test_published_errors_stand_only_beside_keypoints_of_their_kind():
    entries = {entry.name: entry for entry in SUITES["cmu"].entries}
    assert entries["modulated_gcn"].published_mm == {"P1": 38.25, "P2": 30.06}
    assert entries["modulated_gcn-noisy"].published_mm == {}
    assert entries["modulated_gcn-video"].published_mm == {}
    for entry in SUITES["h36m"].entries:
        assert entry.published_mm == entry.recipe.published_mm


def test_published_evaluations_are_those_of_the_public_programs():
    protocols = {
        (suite, entry.name): entry.protocols["published"]
        for suite in ("h36m", "humaneva", "3dhp")
        for entry in SUITES[suite].entries
    }
    refined = protocols["h36m", "modulated_gcn_refined-cpn"]
    assert refined["root_depth"] == "published"
    for (suite, name), options in protocols.items():
        over_time = name.startswith(("temporal_conv", "gla_gcn"))
        assert (options.get("pooling") == "released") == over_time
        assert (options.get("by") == "subject") == (over_time and suite == "humaneva")
