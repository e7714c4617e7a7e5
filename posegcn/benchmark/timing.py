"""Timing of things side by side: interleaved rounds, medians and quartiles of paired ratios."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from statistics import quantiles
from typing import Any

from posegcn.errors import InputError

FEWEST_ROUNDS = 2  # of quartiles; 15 for numbers that are shown


@dataclass(frozen=True)
class Spread:
    """A median between its quartiles."""

    median: float
    lower: float
    upper: float

    @classmethod
    def of(cls, values: list[float]) -> "Spread":
        """The quartiles of some values."""
        lower, median, upper = quantiles(values, n=4, method="inclusive")
        return cls(median, lower, upper)


@dataclass(frozen=True)
class Timing:
    """Seconds of several things, measured round by round.

    Args:
        seconds: Of one call, by name; entry r of each was measured in round r.
    """

    seconds: Mapping[str, list[float]]

    def of(self, name: str) -> Spread:
        """Seconds of one call."""
        return Spread.of(self.seconds[name])

    def each(self, counts: Mapping[str, int]) -> "Timing":
        """Seconds of one item, where a call does several."""
        return Timing({n: [s / counts[n] for s in values] for n, values in self.seconds.items()})

    def ratio(self, name: str, reference: str) -> Spread:
        """How many times faster than the reference: of each round first, then the quartiles."""
        pairs = zip(self.seconds[reference], self.seconds[name], strict=True)
        return Spread.of([slow / fast for slow, fast in pairs])

    def compared(self, reference: str) -> dict[str, dict[str, Any]]:
        """Seconds of each, and of the others how many times faster they are, as plain values."""
        rows = {name: {"seconds": asdict(self.of(name))} for name in self.seconds}
        for name in rows.keys() - {reference}:
            rows[name]["times_faster"] = asdict(self.ratio(name, reference))
        return rows


def interleave(
    calls: Mapping[str, Callable[[], object]],
    rounds: int = 15,
    warm_up: int = 2,
    *,
    block_seconds: float = 0.1,
    synchronise: Callable[[], None] = lambda: None,
    clock: Callable[[], float] = time.perf_counter,
    seed: int = 0,
) -> Timing:
    """Time some calls in turn, in an order that is drawn in every round.

    What else the machine does falls on all of them alike, so that ratios bear it better than
    seconds do.

    Args:
        calls: What to time, by name.
        rounds: How often each is measured.
        warm_up: Calls of each before that.
        block_seconds: A measurement repeats its call until about so much time has passed.
        synchronise: Waits until a device has done what it was told.
        clock: Seconds that pass.
        seed: Order within the rounds.

    Raises:
        InputError: There are fewer than two rounds.
    """
    if rounds < FEWEST_ROUNDS:
        raise InputError(f"quartiles need at least {FEWEST_ROUNDS} rounds, got {rounds}")
    order = random.Random(seed)

    def measure(call: Callable[[], object], repeats: int) -> float:
        synchronise()
        start = clock()
        for _ in range(repeats):
            call()
        synchronise()
        return (clock() - start) / repeats

    repeats = {}
    for name, call in calls.items():
        first = [measure(call, 1) for _ in range(max(warm_up, 1))]
        repeats[name] = max(1, round(block_seconds / max(first[-1], 1e-9)))
    seconds = {name: [] for name in calls}
    for _ in range(rounds):
        for name in order.sample(list(calls), len(calls)):
            seconds[name].append(measure(calls[name], repeats[name]))
    return Timing(seconds)
