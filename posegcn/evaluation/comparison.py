"""Comparison of results: ranked where their protocols agree, refused where they do not."""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from posegcn.errors import InputError
from posegcn.evaluation.protocol import PROTOCOL, UNKNOWN, protocol_of
from posegcn.evaluation.statistics import Difference, estimate, paired_difference
from posegcn.evaluation.statistics.clip_table import AVERAGINGS

# The hash is that of what these make; where one of them differs, it tells nothing more.
HASHED = ("data", "split", "keypoints", "joints", "excluded")
MEASURES = ("P1", "P2")
SEED = re.compile(r"[-_ ]?seed[-_ ]?\d+")


@dataclass(frozen=True)
class Row:
    """One place of a ranking: a network, trained from one seed or several.

    Args:
        name: Recipe and what was changed of it, other than :func:`shared_settings`; or the name of
            the result.
        mean: Headline errors, mean over the seeds, by measure.
        sd: Their standard deviation over the seeds; none of one seed.
        interval: 95 % interval of P1 over recordings, where the results hold a row for each clip.
        behind: P1 minus that of the first row, on the same poses, with its interval; where
            ``interval`` is, but for the first row.
        alone: Actions with a single recording, which add nothing to the width of the intervals.
        frames: Frames that the network sees, where the card says.
        seeds: Seeds, where the cards say.
        files: Names of the results.
    """

    name: str
    mean: Mapping[str, float]
    sd: Mapping[str, float]
    interval: tuple[float, float] | None
    behind: Difference | None
    alone: tuple[str, ...]
    frames: int | None
    seeds: tuple[int, ...]
    files: tuple[str, ...]


def compare(reports: Mapping[str, Mapping[str, Any]]) -> list[Row]:
    """Rank results by their headline P1, the best first.

    Args:
        reports: Contents of result files (:meth:`posegcn.evaluation.report.Report.to_dict`), by
            name. One recipe from several seeds makes one row.

    Raises:
        InputError: The protocols of two results differ, or are not known; there is one line for
            each key of ``posegcn.evaluation.protocol.PROTOCOL`` that does. Or a result has no P1.
    """
    if len(reports) < 2:
        raise InputError(f"a comparison takes two results or more, got {len(reports)}")
    for name, report in reports.items():
        _check(name, report)
    if lines := differences({name: report["card"] for name, report in reports.items()}):
        raise InputError("\n  ".join(["these results do not follow one known protocol", *lines]))
    networks = sorted(_by_network(reports), key=_mean_error)
    shared = shared_settings(reports)
    return [_row(members, networks[0], shared) for members in networks]


def shared_settings(reports: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What was changed alike of the recipes of all networks; nothing where there is only one."""
    cards = [report["card"] for report in reports.values()]
    cards = [card for card in cards if "settings" in card and card.get("seed") is not None]
    if len({_plain([card.get("recipe"), card["settings"]]) for card in cards}) < 2:
        return {}
    first, *others = (card["settings"] or {} for card in cards)
    return {
        name: value
        for name, value in first.items()
        if all(name in other and other[name] == value for other in others)
    }


def differences(cards: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """One line for each key of the protocol that differs or is unknown: key, value, whose it is."""
    protocols = {name: protocol_of(card) for name, card in cards.items()}
    lines = {}
    for key in PROTOCOL:
        owners = defaultdict(list)
        for name, protocol in protocols.items():
            owners[_plain(protocol[key])].append(name)
        if len(owners) > 1 or UNKNOWN in owners:
            found = (f"{value} ({_some(names)})" for value, names in owners.items())
            lines[key] = f"{key}: {' | '.join(found)}"
    known = all(protocol["data_hash"] != UNKNOWN for protocol in protocols.values())
    if known and any(key in lines for key in HASHED):
        lines.pop("data_hash", None)
    return list(lines.values())


def _check(name: str, report: Any) -> None:
    """Refuse what is no result."""
    match report:
        case {"card": {"subjects": [*subjects]} as card}:
            is_report = all(isinstance(subject, str) for subject in subjects)
        case {"card": {"split": str()} as card}:  # of a published result
            is_report = True
        case _:
            is_report = False
    if not is_report:
        raise InputError(f"{name} holds no report, as `posegcn evaluate --json` writes it")
    if not _is_number(_headline(report).get("P1")):
        raise InputError(f"{name} has no P1 averaged as its card says: {_averaging(card)}")
    if report.get("clips") and not _has_clips(report):
        raise InputError(f"{name} has rows of clips without action, poses or P1; measure it again")


def _has_clips(report: Mapping[str, Any]) -> bool:
    match report:
        case {"clips": [*clips], "actions": dict(), "pooled": dict()}:
            return all(
                isinstance(clip, dict)
                and isinstance(clip.get("action"), str)
                and all(_is_number(clip.get(key)) for key in ("poses", "P1"))
                for clip in clips
            )
    return False


def _headline(report: Mapping[str, Any]) -> Mapping[str, Any]:
    """The errors that the card calls the headline."""
    errors = report.get(AVERAGINGS.get(_averaging(report["card"]), "mean"))
    return errors if isinstance(errors, Mapping) else {}


def _averaging(card: Mapping[str, Any]) -> str:
    return protocol_of(card)["averaging"]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and isfinite(value)


def _by_network(reports: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Mapping[str, Any]]]:
    """Results of one network from different seeds, together."""
    groups = defaultdict(dict)
    for name, report in reports.items():
        card = report["card"]
        # An old card does not say what was changed of the recipe; the name of its file may.
        which = card.get("settings") if card.get("settings") is not None else SEED.sub("", name)
        keys = [card.get(key) for key in ("recipe", "frames", "train_subjects", "start")]
        groups[_plain([which, *keys])][name] = report
    return [part for group in groups.values() for part in _split(group)]


def _split(group: dict[str, Mapping[str, Any]]) -> list[dict[str, Mapping[str, Any]]]:
    """The group as it is, or each result alone where their seeds are not different numbers."""
    seeds = {_plain(report["card"].get("seed")) for report in group.values()}
    if len(seeds) == len(group) and _plain(None) not in seeds:
        return [group]
    return [{name: report} for name, report in group.items()]


def _mean_error(members: Mapping[str, Mapping[str, Any]]) -> float:
    return mean(_headline(report)["P1"] for report in members.values())


def _row(
    members: Mapping[str, Mapping[str, Any]],
    first: Mapping[str, Mapping[str, Any]],
    shared: Mapping[str, Any],
) -> Row:
    cards = [report["card"] for report in members.values()]
    headlines = [_headline(report) for report in members.values()]
    measures = [name for name in MEASURES if all(_is_number(e.get(name)) for e in headlines)]
    values = {name: [errors[name] for errors in headlines] for name in measures}
    return Row(
        name=_name(cards[0], next(iter(members)), shared),
        mean={name: mean(errors) for name, errors in values.items()},
        sd={name: stdev(errors) for name, errors in values.items() if len(errors) > 1},
        **_over_recordings(members, first, _averaging(cards[0])),
        frames=cards[0].get("frames"),
        seeds=tuple(card["seed"] for card in cards if card.get("seed") is not None),
        files=tuple(members),
    )


def _over_recordings(
    members: Mapping[str, Mapping[str, Any]], first: Mapping[str, Mapping[str, Any]], averaging: str
) -> dict[str, Any]:
    """What only results with a row for each clip tell of a network."""
    reports = [list(network.values()) for network in (members, first)]
    has_clips = all(report.get("clips") for part in reports for report in part)
    if averaging not in AVERAGINGS or not has_clips:
        return {"interval": None, "behind": None, "alone": ()}
    found = estimate(reports[0], averaging=averaging)
    behind = None if members is first else paired_difference(*reports, averaging=averaging)
    return {"interval": (found.low, found.high), "behind": behind, "alone": found.alone}


def _name(card: Mapping[str, Any], file: str, shared: Mapping[str, Any]) -> str:
    recipe, settings = card.get("recipe"), card.get("settings") or {}
    if recipe and card.get("seed") is not None and "settings" not in card:
        return f"{recipe} (settings unknown)"  # a report from before cards had them
    changes = [f"{name}={_plain(value)}" for name, value in settings.items() if name not in shared]
    return " ".join([str(recipe), *changes]) if recipe else Path(file).stem


def _plain(value: Any) -> str:
    """A value as text: words as they are, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _some(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
