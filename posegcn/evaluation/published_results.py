"""Published errors: what papers, their programs and their users report, with source and card.

Numbers that nobody has looked up are marked and come only when asked for. Of MPI-INF-3DHP there are
two protocols: single-frame networks are trained on Human3.6M, networks over time on the data set
itself (https://github.com/jfzhang95/PoseAug/issues/40).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from posegcn.errors import look_up
from posegcn.evaluation.protocol import PROTOCOL, UNKNOWN


@dataclass(frozen=True)
class PublishedResult:
    """What a paper or the authors of a program report.

    Args:
        dataset: ``"h36m"``, ``"humaneva"`` or ``"3dhp"``.
        method: Network, and which variant of it.
        keypoints: 2D source in short: ``"gt"``, ``"cpn"``, ``"sh_ft"``, ..., or ``"unknown"``.
        frames: Frames that the network sees.
        source: Where the numbers were read.
        verified: Whether they were; if not, they are from memory.
        card: Protocol as far as it is known; what is not is ``"unknown"``.
        errors: Millimetres by measure, PCK and AUC in per cent; empty where there is only a note.
        note: What else the source says.
        year: Of the publication.
        venue: Where it was published.
        parameters_m: Millions of parameters.
    """

    dataset: str
    method: str
    keypoints: str
    frames: int
    source: str
    verified: bool
    card: Mapping[str, Any]
    errors: Mapping[str, float]
    note: str = ""
    year: int | None = None
    venue: str = ""
    parameters_m: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Card and errors, as :func:`posegcn.evaluation.comparison.compare` takes them."""
        return {"card": dict(self.card), "mean": dict(self.errors)}


@dataclass(frozen=True)
class UserResult:
    """What somebody obtained with a public program, and what its authors state.

    Args:
        dataset: ``"h36m"``, ``"humaneva"`` or ``"3dhp"``.
        method: Network and program.
        keypoints: As in :class:`PublishedResult`.
        frames: Frames that the network sees.
        source: Thread in which it is told.
        card: As in :class:`PublishedResult`.
        obtained: P1 as it was told, ``"44.7-45.9"`` or ``"not reproduced"``.
        obtained_mm: Lowest and highest P1, where it was told as such.
        stated_mm: P1 that the authors state.
        note: Explanations given in the thread.
    """

    dataset: str
    method: str
    keypoints: str
    frames: int
    source: str
    card: Mapping[str, Any]
    obtained: str
    obtained_mm: tuple[float, float] | None = None
    stated_mm: float | None = None
    note: str = ""


Result = TypeVar("Result", PublishedResult, UserResult)


def published_results(
    dataset: str | None = None,
    method: str | None = None,
    keypoints: str | None = None,
    *,
    unverified: bool = False,
) -> list[PublishedResult]:
    """Published results, all of them or those of a data set, method or 2D source.

    Args:
        dataset: Only of this data set.
        method: Only of this method.
        keypoints: Only of this 2D source.
        unverified: Also those that are from memory.

    Raises:
        InputError: There is no such name.
    """
    found = [PublishedResult(**{"errors": {}, **row}) for row in _rows("results")]
    wanted = _choose(found, dataset=dataset, method=method, keypoints=keypoints)
    return [result for result in wanted if result.verified or unverified]


def user_results(
    dataset: str | None = None, method: str | None = None, keypoints: str | None = None
) -> list[UserResult]:
    """What users of public programs obtained; see :func:`published_results`.

    Raises:
        InputError: There is no such name.
    """
    rows = [{**row, "obtained_mm": _pair(row.get("obtained_mm"))} for row in _rows("by_users")]
    found = [UserResult(**row) for row in rows]
    return _choose(found, dataset=dataset, method=method, keypoints=keypoints)


def _pair(numbers: list[float] | None) -> tuple[float, float] | None:
    return None if numbers is None else (numbers[0], numbers[1])


def _choose(results: list[Result], **wanted: str | None) -> list[Result]:
    for field, name in wanted.items():
        if name is not None:
            look_up(field, name, dict.fromkeys(getattr(result, field) for result in results))
    return [
        result
        for result in results
        if all(name in (None, getattr(result, field)) for field, name in wanted.items())
    ]


def _rows(kind: str) -> Iterable[dict[str, Any]]:
    """Rows of the table with their cards: of the data set, its program, and the row itself."""
    table = _table()
    for row in table[kind]:
        told = {
            "data": row["dataset"],
            "keypoints": row["keypoints"],
            **table["datasets"][row["dataset"]],
            **table["programs"].get(row.get("program"), {}),
            **row.get("card", {}),
        }
        protocol = {key: told.get(key, UNKNOWN) for key in PROTOCOL}
        facts = {key: value for key, value in row.items() if key != "program"}
        yield {**facts, "card": {"recipe": row["method"], "frames": row["frames"], **protocol}}


@cache
def _table() -> Mapping[str, Any]:
    return json.loads(files("posegcn").joinpath("constants/published_results.json").read_text())
