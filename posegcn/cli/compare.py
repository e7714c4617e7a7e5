"""Rank results whose protocols agree, or say what differs.

posegcn compare semgcn-seed0.json semgcn-seed1.json modulated.json
"""

import argparse
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from posegcn.cli.options import STDOUT, add_json, alone_line, show
from posegcn.errors import InputError
from posegcn.evaluation.comparison import MEASURES, Row, compare, shared_settings
from posegcn.evaluation.protocol import protocol_of
from posegcn.evaluation.result_files import read_reports

LEGEND = (
    "mm; several seeds: mean ± standard deviation; 95 % intervals over recordings.\n"
    "Behind the first: difference on the same poses ± standard error that the seeds cause "
    "(± ?: one seed\n"
    "does not tell) and its interval. A difference should be large beside both."
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "results", nargs="+", metavar="FILE", help="written by posegcn evaluate --json FILE"
    )
    add_json(parser)


def run(options: argparse.Namespace) -> None:
    """Compare."""
    if options.json not in (None, STDOUT):
        _spare_results(options.json)
    reports = read_reports(options.results)
    rows = compare(reports)
    protocol = protocol_of(next(iter(reports.values()))["card"])
    ranks = [{"rank": rank, **_plain(row)} for rank, row in enumerate(rows, start=1)]
    settings = shared_settings(reports)
    result = {"rows": ranks, "protocol": protocol, "settings": settings}
    show(options, result, _table(rows, protocol, settings))


def _spare_results(target: str) -> None:
    """Refuse to write over a result, which was meant to be compared."""
    there = read_reports([target]).values() if Path(target).exists() else ()
    if any("card" in report for report in there):
        raise InputError(f"{target} is a result itself; --json comes last, with a file of its own")


def _plain(row: Row) -> dict[str, Any]:
    behind = None if row.behind is None else row.behind._asdict()
    return {**asdict(row), "behind": behind}


def _table(rows: list[Row], protocol: dict, settings: dict) -> str:
    """A line for each row, and the protocol and settings that all share."""
    width = max(len(row.name) for row in rows) + 2
    head = "".join(f"{measure:>15}" for measure in MEASURES)
    head = f"{head}{'P1, 95 %':>18}{'behind the first':>31}"
    lines = [f"{'rank':6}{'name':{width}}{head}{'frames':>8}  {'seeds':10}file"]
    for rank, row in enumerate(rows, start=1):
        errors = "".join(f"{_error(row, measure):>15}" for measure in MEASURES)
        errors += f"{_interval(row.interval):>18}{_behind(row):>31}"
        frames = "-" if row.frames is None else row.frames
        seeds = ",".join(map(str, row.seeds)) or "-"
        more = f" and {len(row.files) - 1} more" if len(row.files) > 1 else ""
        lines.append(
            f"{rank:<6}{row.name:{width}}{errors}{frames:>8}  {seeds:10}{row.files[0]}{more}"
        )
    lines += ["", LEGEND, *alone_line(rows[0].alone), ""]
    lines += [f"{key:13}{value}" for key, value in protocol.items()]
    if settings:
        changes = " ".join(f"{name}={value}" for name, value in settings.items())
        lines += ["", f"all networks with {changes}"]
    return "\n".join(lines)


def _error(row: Row, measure: str) -> str:
    if measure not in row.mean:
        return "-"
    deviation = f" ± {row.sd[measure]:.2f}" if measure in row.sd else ""
    return f"{row.mean[measure]:.2f}{deviation}"


def _behind(row: Row) -> str:
    if row.behind is None:
        return "-"
    deviation = row.behind.seed_error
    seeds = "?" if math.isnan(deviation) else f"{deviation:.2f}"
    return f"{row.behind.mean:+.2f} ± {seeds} {_interval((row.behind.low, row.behind.high))}"


def _interval(ends: tuple[float, float] | None) -> str:
    return "-" if ends is None or math.isnan(ends[0]) else f"[{ends[0]:.2f}, {ends[1]:.2f}]"
