"""Experiments: recipes trained, selected and tested on one data set, beside published errors."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from posegcn.checkpoints import start_from
from posegcn.data import open_source
from posegcn.data.clips import Clips
from posegcn.errors import InputError
from posegcn.evaluation import evaluate
from posegcn.evaluation.report import Report
from posegcn.files import write_atomically
from posegcn.models.refine import use_root_depth
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


@dataclass(frozen=True)
class Outcome:
    """What came out for one network and one seed.

    Args:
        entry: The network.
        seed: Where it began.
        results: Contents of its result files, by protocol.
        was_there: Whether they were finished before.
    """

    entry: Entry
    seed: int
    results: Mapping[str, Mapping[str, Any]]
    was_there: bool


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
    begun = _Reproduction(suite, Path(out), _data(suite, data), selection, device, progress)
    list(begun.finished())  # so that results of something else are noticed before the work
    # One data set after the other, because only one is held; all else in the suite's order.
    kinds = [(entry.keypoints, entry.recipe.skeleton) for entry in entries]
    entries = sorted(entries, key=lambda e: kinds.index((e.keypoints, e.recipe.skeleton)))
    return (begun.outcome(entry, seed) for entry in entries for seed in seeds)


def finished(
    suite: Suite, out: str | Path, *, data: str | None = None, selection: str = "held_out"
) -> list[Outcome]:
    """All that is finished in a folder, of every network and seed, in the order of the suite.

    Args:
        suite: Which networks.
        out: See :func:`reproduce`, as what follows.
        data: Source of the data.
        selection: Whom the epoch was chosen on.

    Raises:
        InputError: See :func:`reproduce`.
    """
    return list(_Reproduction(suite, Path(out), _data(suite, data), selection).finished())


def _data(suite: Suite, data: str | None) -> str:
    if data is None and suite.data is None:
        raise InputError(f"the suite wants data of your own, as --data {suite.form}")
    return data or suite.data


class _Reproduction:
    """The folder and the data of a reproduction."""

    def __init__(
        self,
        suite: Suite,
        out: Path,
        data: str,
        selection: str,
        device: str = "auto",
        progress: bool = False,
    ):
        self.suite, self.out, self.data, self.selection = suite, out, data, selection
        self.device, self.progress = device, progress
        self.splits = lru_cache(maxsize=1)(self._open)

    def outcome(self, entry: Entry, seed: int) -> Outcome:
        """Train and test, or read what was done before."""
        files = self._files(entry, seed)
        was_there = all(file.is_file() for file in files.values())
        if not was_there:
            run, test = self._train(entry, seed)
            for protocol, file in files.items():
                report = _test(run, test, self.device, entry.protocols[protocol])
                report.card["protocol"] = protocol
                told = {"command": self._command(entry, seed), "asked": self._asked(entry, seed)}
                result = {**report.to_dict(), **told, "training": _plain(run)}
                write_atomically(file, f"{json.dumps(result, indent=1)}\n".encode())
        results = {protocol: self._read(file, entry, seed) for protocol, file in files.items()}
        return Outcome(entry, seed, results, was_there)

    def finished(self) -> Iterator[Outcome]:
        """What is there of all networks and seeds."""
        for entry in self.suite.entries:
            of_entry = re.compile(rf"{re.escape(entry.name)}-seed(\d+)\.json")
            names = (of_entry.fullmatch(file.name) for file in self.out.glob("*.json"))
            for seed in sorted(int(name[1]) for name in names if name):
                if all(file.is_file() for file in self._files(entry, seed).values()):
                    yield self.outcome(entry, seed)

    def _files(self, entry: Entry, seed: int) -> dict[str, Path]:
        """Result files by protocol."""
        return {
            protocol: self.out / f"{entry.name}-seed{seed}{f'-{protocol}' if place else ''}.json"
            for place, protocol in enumerate(entry.protocols)
        }

    def _train(self, entry: Entry, seed: int) -> tuple[Run, Clips]:
        train, validation, test = self.splits(entry.source(self.data), entry.recipe.skeleton)
        model, start = entry.recipe.build(seed), None
        if entry.start is not None:
            start = f"{entry.start}, seed {seed}"
            start_from(model, self._folder(entry.start, seed))
        run = fit(
            model,
            train,
            validation,
            recipe=entry.recipe,
            seed=seed,
            start=start,
            device=self.device,
            out=self._folder(entry.name, seed),
            resume=True,
            progress=self.progress,
        )
        return run, test

    def _command(self, entry: Entry, seed: int) -> str:
        """What makes this result again."""
        words = ["posegcn", "reproduce", self.suite.name, "--data", self.data, "--only", entry.name]
        words += ["--seeds", str(seed), "--selection", self.selection]
        return shlex.join([*words, "--out", "DIR"])

    def _asked(self, entry: Entry, seed: int) -> dict[str, Any]:
        """What a result depends on, as JSON has it."""
        return json.loads(
            json.dumps(
                {
                    "recipe": asdict(entry.recipe),
                    "data": entry.source(self.data),
                    "seed": seed,
                    "selection": self.selection,
                }
            )
        )

    def _folder(self, name: str, seed: int) -> Path:
        return self.out / "runs" / f"{name}-seed{seed}"

    def _open(self, source: str, skeleton: str) -> Splits:
        return open_source(source, skeleton).split(self.selection)

    def _read(self, file: Path, entry: Entry, seed: int) -> Mapping[str, Any]:
        """A result file, if it is that of this network.

        Raises:
            InputError: It is not.
        """
        try:
            result = json.loads(file.read_text())
            found = result["asked"]
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise InputError(f"{file} is no result of this program; remove it") from error
        if found != self._asked(entry, seed):
            raise InputError(
                f"{file} was made with another recipe, data, seed or selection; "
                "remove it or choose another folder"
            )
        return result


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
