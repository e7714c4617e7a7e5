"""Experiments: recipes trained, selected and tested on one data set, beside published errors."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from posegcn.checkpoints import start_from
from posegcn.data import open_source
from posegcn.data.clips import Clips
from posegcn.evaluation import evaluate
from posegcn.evaluation.report import Report
from posegcn.files import write_atomically
from posegcn.models.refine import use_root_depth
from posegcn.outcomes import Outcome, Outcomes
from posegcn.recipes import Recipe
from posegcn.suites import Entry, Suite
from posegcn.training import Run, fit

Splits = Sequence[Clips]


def trial(
    recipe: Recipe, splits: Splits, *, seed: int = 0, device: str = "auto", **options
) -> Report:
    """The test report of one network, trained from one seed.

    Args:
        recipe: What to train and how.
        splits: Training, validation and test clips, in the order of
            :meth:`~posegcn.data.clips.Clips.split`.
        seed: Initial weights, order of the poses and dropout.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.
        **options: Of :func:`posegcn.evaluation.evaluate`.
    """
    train, validation, test = splits
    model = recipe.build(seed)
    settings = {"recipe": recipe, "seed": seed, "device": device, "progress": False}
    return _test(fit(model, train, validation, **settings), test, device, options)


def reproduce(
    suite: Suite,
    out: str | Path,
    *,
    data: str | None = None,
    seeds: Sequence[int] = (0, 1, 2),
    only: str = "*",
    selection: str = "held_out",
    device: str = "auto",
    progress: bool = True,
) -> Iterator[Outcome]:
    """Train and test the networks of a suite, one after another; what is finished stays.

    Every network is trained in ``OUT/runs/NAME-seedN`` and goes on there after an interruption. Its
    errors are written to ``OUT/NAME-seedN.json``, those under another protocol to
    ``OUT/NAME-seedN-PROTOCOL.json``.

    Args:
        suite: Which networks.
        out: Folder for all of it.
        data: Source of the data; where it is not given, that of the suite.
        seeds: Initial weights, order of the poses and dropout.
        only: Pattern of the names of networks, as ``semgcn*``.
        selection: Whom the epoch is chosen on, see :meth:`~posegcn.data.clips.Clips.part`.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.
        progress: Show a progress bar for each training on stderr.

    Raises:
        InputError: The suite needs data, has no such network, or ``out`` holds other results.
        WorkError: See :func:`posegcn.training.fit`.
    """
    entries = suite.choose(only)
    outcomes = Outcomes(suite, out, data, selection)
    list(outcomes.finished())  # so that results of something else are noticed before the work
    begun = _Reproduction(outcomes, device, progress)
    # One data set after the other, because only one is held; all else in the suite's order.
    kinds = [(entry.keypoints, entry.recipe.skeleton) for entry in entries]
    entries = sorted(entries, key=lambda e: kinds.index((e.keypoints, e.recipe.skeleton)))
    return (begun.outcome(entry, seed) for entry in entries for seed in seeds)


class _Reproduction:
    """Trains and tests what is not finished."""

    def __init__(self, outcomes: Outcomes, device: str, progress: bool):
        self.outcomes, self.device, self.progress = outcomes, device, progress
        self.splits = lru_cache(maxsize=1)(self._open)

    def outcome(self, entry: Entry, seed: int) -> Outcome:
        """Train and test, or read what was done before."""
        was_there = self.outcomes.has(entry, seed)
        if not was_there:
            self._write(entry, seed)
        return Outcome(entry, seed, self.outcomes.read(entry, seed), was_there)

    def _write(self, entry: Entry, seed: int) -> None:
        run, test = self._train(entry, seed)
        told = {
            "command": self.outcomes.command(entry, seed),
            "asked": self.outcomes.asked(entry, seed),
            "training": _plain(run),
        }
        for protocol, file in self.outcomes.files(entry, seed).items():
            report = _test(run, test, self.device, entry.protocols[protocol])
            report.card["protocol"] = protocol
            result = {**report.to_dict(), **told}
            write_atomically(file, f"{json.dumps(result, indent=1)}\n".encode())

    def _train(self, entry: Entry, seed: int) -> tuple[Run, Clips]:
        train, validation, test = self.splits(
            entry.source(self.outcomes.data), entry.recipe.skeleton
        )
        model, start = entry.recipe.build(seed), None
        if entry.start is not None:
            start = f"{entry.start}, seed {seed}"
            start_from(model, self.outcomes.folder(entry.start, seed))
        run = fit(
            model,
            train,
            validation,
            recipe=entry.recipe,
            seed=seed,
            start=start,
            device=self.device,
            out=self.outcomes.folder(entry.name, seed),
            resume=True,
            progress=self.progress,
        )
        return run, test

    def _open(self, source: str, skeleton: str) -> Splits:
        return open_source(source, skeleton).split(self.outcomes.selection)


def _test(run: Run, test: Clips, device: str, options: Mapping[str, Any]) -> Report:
    """Errors of a finished run, with how it was trained on the card."""
    options = dict(options)
    if (depth := options.pop("root_depth", None)) is not None:
        use_root_depth(run.model, depth)
    return evaluate(run.model, test, device=device, training=run.card, **options)


def _plain(run: Run) -> dict[str, Any]:
    """Card and history of a training, without the times of its epochs."""
    history = [epoch._asdict() for epoch in run.history]
    for epoch in history:
        del epoch["seconds"]
    return {**run.card, "history": history}
