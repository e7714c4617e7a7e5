"""Train and test the networks of a suite, and print their errors beside published ones.

What is printed is also written to summary.json and summary.txt in the folder, with everything else
of the suite that is finished there.

posegcn reproduce smoke --out runs/smoke
posegcn reproduce cmu --data cmu:DIR --only 'layer-*' --out runs/cmu
"""

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from posegcn.cli.options import (
    add_device,
    add_json,
    add_selection,
    alone_line,
    show,
    to_json,
)
from posegcn.errors import look_up
from posegcn.evaluation.statistics import estimate
from posegcn.files import check_writable, write_atomically
from posegcn.outcomes import Outcome, Outcomes
from posegcn.reproduce import reproduce
from posegcn.suites import SUITES

LEGEND = (
    "mm, mean of actions ± standard deviation over seeds [95 % interval over recordings];\n"
    "published: on the data set that the name of the recipe says, on the same kind of keypoints"
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    forms = ", ".join(f"{name} ({suite.form})" for name, suite in SUITES.items())
    parser.add_argument("suite", metavar="SUITE", help=f"with its data: {forms}")
    parser.add_argument("--data", metavar="SOURCE", help="where the data are, see posegcn train")
    parser.add_argument("--out", metavar="DIR", required=True, help="folder for results and runs")
    parser.add_argument(
        "--only", default="*", metavar="PATTERN", help="networks whose name fits, as 'semgcn*'"
    )
    parser.add_argument(
        "--seeds", type=seeds, default=(0, 1, 2), metavar="N,N,...", help="default 0,1,2"
    )
    add_selection(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress bars")
    add_device(parser)
    add_json(parser)


def seeds(text: str) -> tuple[int, ...]:
    """Different whole numbers."""
    numbers = tuple(int(part) for part in text.split(","))
    if len(set(numbers)) != len(numbers):
        raise argparse.ArgumentTypeError(f"expected different numbers, got {text}")
    return numbers


def run(options: argparse.Namespace) -> None:
    """Train and test what is not finished, then show everything."""
    suite = look_up("suite", options.suite, SUITES)
    files = {kind: Path(options.out) / f"summary.{kind}" for kind in ("json", "txt")}
    check_writable(files["json"])
    where = {"data": options.data, "selection": options.selection}
    for outcome in reproduce(
        suite,
        options.out,
        **where,
        seeds=options.seeds,
        only=options.only,
        device=options.device,
        progress=not options.quiet,
    ):
        print(_progress(outcome), file=sys.stderr, flush=True)
    found = _by_network(Outcomes(suite, options.out, **where).finished())
    rows = [_row(name, outcomes) for name, outcomes in found.items()]
    summary = {"suite": options.suite, "rows": rows}
    table = _table(rows)
    write_atomically(files["json"], f"{to_json(options, summary)}\n".encode())
    write_atomically(files["txt"], f"{table}\n".encode())
    show(options, summary, table)


def _progress(outcome: Outcome) -> str:
    """One line for a run."""
    name = f"{outcome.entry.name}, seed {outcome.seed}"
    result = next(iter(outcome.results.values()))
    error = f"P1 {result['mean']['P1']:.1f} mm"
    if outcome.was_there:
        return f"{name}: {error}, was there"
    return f"{name}: {error} after {result['training']['seconds']:.0f} s of training"


def _by_network(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        found.setdefault(outcome.entry.name, []).append(outcome)
    return found


def _row(name: str, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Errors of a network by protocol, beside the published ones of its recipe."""
    entry, errors = outcomes[0].entry, {}
    for protocol in entry.protocols:
        reports = [outcome.results[protocol] for outcome in outcomes]
        errors[protocol] = {m: estimate(reports, measure=m)._asdict() for m in ("P1", "P2")}
    return {
        "name": name,
        "recipe": entry.recipe.name,
        "seeds": [outcome.seed for outcome in outcomes],
        "errors": errors,
        "published_mm": dict(entry.published_mm),
    }


def _table(rows: Sequence[dict[str, Any]]) -> str:
    """Networks by their first error; mean over actions, mean and standard deviation of seeds."""
    width = max(len(row["name"]) for row in rows) + 2
    head = f"{'protocol':12}{'P1':>28}{'P2':>28}{'seeds':>8}{'published P1':>15}{'P2':>8}  recipe"
    lines = [f"{'':{width}}{head}"]
    for row in sorted(rows, key=lambda row: next(iter(row["errors"].values()))["P1"]["mean"]):
        for protocol, errors in row["errors"].items():
            cells = "".join(f"{_error(errors[name]):>28}" for name in ("P1", "P2"))
            cells += f"{','.join(map(str, row['seeds'])):>8}"
            known = [row["published_mm"].get(name) for name in ("P1", "P2")]
            published = [f"{error:.2f}" if error else "-" for error in known]
            lines.append(
                f"{row['name']:{width}}{protocol:12}{cells}{published[0]:>15}{published[1]:>8}"
                f"  {row['recipe']}"
            )
    alone = next(iter(rows[0]["errors"].values()))["P1"]["alone"]
    lines += ["", LEGEND, *alone_line(alone)]
    return "\n".join(lines)


def _error(found: dict[str, Any]) -> str:
    deviation = "" if math.isnan(found["sd"]) else f" ± {found['sd']:.1f}"
    interval = "" if math.isnan(found["low"]) else f" [{found['low']:.1f}, {found['high']:.1f}]"
    return f"{found['mean']:.1f}{deviation}{interval}"
