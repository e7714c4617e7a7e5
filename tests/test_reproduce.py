import json
import shutil
from dataclasses import replace

import pytest
import torch

from posegcn import evaluate, fit, load_checkpoint
from posegcn import reproduce as module
from posegcn.errors import InputError
from posegcn.outcomes import Outcomes
from posegcn.recipes import RECIPES
from posegcn.reproduce import reproduce, trial
from posegcn.suites import REFINED, Entry, Suite

RECIPE = RECIPES["semgcn-h36m-gt"].replace(
    name="tiny", epochs=1, model_options={"channels": 8, "num_blocks": 1}
)
BOTH = {"corrected": {}, "published": {"alignment": "root_zeroed"}}
SUITE = Suite(
    "tiny",
    (Entry("first", RECIPE, protocols=BOTH), Entry("second", RECIPE, start="first")),
    "synthetic",
    data="synthetic",
)
TIMES = ("seconds", "training_seconds")


@pytest.fixture
def few(synthetic, monkeypatch):
    """The data that suites find; a function that puts others in their place."""

    def use(splits):
        splits = [replace(part, source="synthetic") for part in splits]
        monkeypatch.setattr(
            module, "open_source", lambda *_: type("Few", (), {"split": lambda *_: splits})()
        )

    use(synthetic.every(200).split())
    return use


def run(out, seeds=(0,), **options):
    return list(reproduce(SUITE, out, seeds=seeds, device="cpu", progress=False, **options))


def without_times(value):
    if isinstance(value, dict):
        return {name: without_times(item) for name, item in value.items() if name not in TIMES}
    return [without_times(item) for item in value] if isinstance(value, list) else value


def contents(out):
    files = sorted(out.glob("*.json"))
    return {file.name: without_times(json.loads(file.read_text())) for file in files}


def test_a_trial_is_build_fit_and_evaluate(synthetic):
    splits = synthetic.every(40).split()
    report = trial(RECIPE, splits, seed=2, device="cpu")
    train, validation, test = splits
    run = fit(
        RECIPE.build(2), train, validation, recipe=RECIPE, seed=2, device="cpu", progress=False
    )
    assert report.mean["P1"] == pytest.approx(evaluate(run.model, test, device="cpu").mean["P1"])
    assert (report.card["recipe"], report.card["seed"]) == ("tiny", 2)
    assert report.card["selection"] == "lowest P1 on P5"


def test_twice_is_the_same_apart_from_times(few, tmp_path):
    run(tmp_path / "one", seeds=(0, 1))
    run(tmp_path / "two", seeds=(0, 1))
    one = contents(tmp_path / "one")
    command = "posegcn reproduce tiny --data synthetic --only first --seeds 0"
    command += " --selection held_out --out DIR"
    assert one["first-seed0.json"]["command"] == command
    assert one == contents(tmp_path / "two")
    assert set(one) == {
        *("first-seed0.json", "first-seed0-published.json"),
        *("first-seed1.json", "first-seed1-published.json"),
        *("second-seed0.json", "second-seed1.json"),
    }


def test_what_is_finished_is_not_run_again(few, tmp_path, monkeypatch):
    before = run(tmp_path)
    (tmp_path / "second-seed0.json").unlink()
    monkeypatch.setattr(module, "evaluate", lambda *_, **__: pytest.fail("ran again"))
    after = reproduce(SUITE, tmp_path, seeds=(0,), device="cpu", progress=False)
    found = next(after)
    assert found.was_there
    assert found.results == before[0].results
    with pytest.raises(pytest.fail.Exception, match="ran again"):
        next(after)  # its training is finished too: only the test is done again


def test_a_second_stage_begins_with_the_weights_of_the_first(few, tmp_path):
    second = run(tmp_path)[1]
    start = second.results["corrected"]["training"]["start"]
    assert start == "first, seed 0"
    shutil.rmtree(tmp_path / "runs")
    (tmp_path / "second-seed0.json").unlink()
    with pytest.raises(InputError, match="first-seed0"):
        run(tmp_path)


def test_published_protocol_differs_only_in_its_options(few, tmp_path):
    ours, published = run(tmp_path, only="first")[0].results.values()
    assert (ours["card"]["alignment"], published["card"]["alignment"]) == ("root", "root_zeroed")
    assert ours["training"] == published["training"]
    assert ours["mean"]["P1"] != published["mean"]["P1"]


def test_labels_of_test_subjects_change_no_weight(few, synthetic, tmp_path):
    train, validation, test = synthetic.every(200).split()
    run(tmp_path / "one", only="first")
    order = torch.randperm(len(test.joints), generator=torch.Generator().manual_seed(0))
    test.joints.copy_(test.joints[order])
    few((train, validation, test))
    run(tmp_path / "two", only="first")
    folders = [tmp_path / name / "runs" / "first-seed0" for name in ("one", "two")]
    one, two = (load_checkpoint(folder)[0].state_dict() for folder in folders)
    assert all(torch.equal(one[name], two[name]) for name in one)
    results = [contents(tmp_path / name)["first-seed0.json"] for name in ("one", "two")]
    assert results[0]["mean"]["P1"] != results[1]["mean"]["P1"]  # the labels were others


def test_results_of_another_recipe_are_refused(few, tmp_path):
    run(tmp_path, only="first")
    other = Suite("tiny", (Entry("first", RECIPE.replace(learning_rate=0.5)),), "", "synthetic")
    with pytest.raises(InputError, match="made with another recipe"):
        list(reproduce(other, tmp_path, seeds=(0,), device="cpu", progress=False))
    with pytest.raises(InputError, match="seed or selection; remove it"):
        run(tmp_path, only="first", selection="published")
    (tmp_path / "first-seed0.json").write_text("[1")
    with pytest.raises(InputError, match="is no result of this program"):
        run(tmp_path, only="first")


def test_a_suite_without_data_says_what_it_wants(tmp_path):
    with pytest.raises(InputError, match="--data h36m:DIR"):
        reproduce(Suite("own", SUITE.entries, "h36m:DIR"), tmp_path)


def test_each_data_set_is_opened_once(few, synthetic, tmp_path, monkeypatch):
    kinds = ("noisy", "exact", "noisy", "exact")
    entries = tuple(Entry(f"network{n}", RECIPE, kind) for n, kind in enumerate(kinds))
    opened, give = [], module.open_source
    monkeypatch.setattr(module, "open_source", lambda *asked: opened.append(asked[0]) or give())
    monkeypatch.setattr(
        module._Reproduction,
        "outcome",
        lambda self, entry, _: self.splits(entry.source("synthetic"), entry.recipe.skeleton),
    )
    list(reproduce(Suite("tiny", entries, "", "synthetic"), tmp_path))
    assert opened == ["synthetic:noisy", "synthetic:exact"]


def test_everything_that_is_finished_is_found(few, tmp_path):
    run(tmp_path, seeds=(1,))
    run(tmp_path, seeds=(0,), only="first")
    (tmp_path / "first-seed1-published.json").unlink()
    found = list(Outcomes(SUITE, tmp_path).finished())
    assert [(outcome.entry.name, outcome.seed) for outcome in found] == [
        ("first", 0),
        ("second", 1),
    ]
    assert all(outcome.was_there for outcome in found)


def test_results_of_something_else_are_noticed_before_the_work(few, tmp_path, monkeypatch):
    run(tmp_path, only="first")
    monkeypatch.setattr(module, "fit", lambda *_, **__: pytest.fail("trained"))
    with pytest.raises(InputError, match="first-seed0.json was made with another recipe"):
        reproduce(SUITE, tmp_path, seeds=(1,), only="second", selection="published")


def test_the_published_root_depth_is_only_that_of_its_protocol(few, tmp_path):
    recipe = RECIPES["modulated_gcn_refined-h36m-cpn"].replace(
        epochs=1,
        skeleton="h36m_16",
        model_options={"channels": 8, "num_blocks": 1},
    )
    entry = Entry("refined", recipe, protocols=REFINED)
    suite = Suite("tiny", (entry,), "synthetic", data="synthetic")
    (found,) = reproduce(suite, tmp_path, seeds=(0,), device="cpu", progress=False)
    ours, published = (result["card"]["inputs"] for result in found.results.values())
    assert published == [*ours, "root"]
