"""What a reproduction has finished: result files in a folder, read if they are those asked for."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from posegcn.errors import InputError
from posegcn.suites import Entry, Suite


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


class Outcomes:
    """The folder of a reproduction.

    Args:
        suite: Which networks.
        out: The folder.
        data: Source of the data; where it is not given, that of the suite.
        selection: Whom the epoch was chosen on.

    Raises:
        InputError: The suite needs data.
    """

    def __init__(
        self,
        suite: Suite,
        out: str | Path,
        data: str | None = None,
        selection: str = "held_out",
    ):
        if data is None and suite.data is None:
            raise InputError(f"the suite wants data of your own, as --data {suite.form}")
        self.suite, self.out = suite, Path(out)
        self.data, self.selection = data or suite.data, selection

    def finished(self) -> Iterator[Outcome]:
        """What is there of all networks and seeds, in the order of the suite.

        Raises:
            InputError: A file is that of another network, or of none.
        """
        for entry in self.suite.entries:
            of_entry = re.compile(rf"{re.escape(entry.name)}-seed(\d+)\.json")
            names = (of_entry.fullmatch(file.name) for file in self.out.glob("*.json"))
            for seed in sorted(int(name[1]) for name in names if name):
                if self.has(entry, seed):
                    yield Outcome(entry, seed, self.read(entry, seed), was_there=True)

    def has(self, entry: Entry, seed: int) -> bool:
        """Whether all files of a network and a seed are there."""
        return all(file.is_file() for file in self.files(entry, seed).values())

    def files(self, entry: Entry, seed: int) -> dict[str, Path]:
        """Result files by protocol."""
        return {
            protocol: self.out / f"{entry.name}-seed{seed}{f'-{protocol}' if place else ''}.json"
            for place, protocol in enumerate(entry.protocols)
        }

    def folder(self, name: str, seed: int) -> Path:
        """Where a network is trained."""
        return self.out / "runs" / f"{name}-seed{seed}"

    def command(self, entry: Entry, seed: int) -> str:
        """What makes this result again."""
        words = ["posegcn", "reproduce", self.suite.name, "--data", self.data, "--only", entry.name]
        words += ["--seeds", str(seed), "--selection", self.selection]
        return shlex.join([*words, "--out", "DIR"])

    def asked(self, entry: Entry, seed: int) -> dict[str, Any]:
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

    def read(self, entry: Entry, seed: int) -> dict[str, Mapping[str, Any]]:
        """Contents of the files of a network and a seed, by protocol.

        Raises:
            InputError: A file is that of another network, or of none.
        """
        files = self.files(entry, seed)
        return {protocol: self._read(file, entry, seed) for protocol, file in files.items()}

    def _read(self, file: Path, entry: Entry, seed: int) -> Mapping[str, Any]:
        try:
            result = json.loads(file.read_text())
            found = result["asked"]
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise InputError(f"{file} is no result of this program; remove it") from error
        if found != self.asked(entry, seed):
            raise InputError(
                f"{file} was made with another recipe, data, seed or selection; "
                "remove it or choose another folder"
            )
        return result
