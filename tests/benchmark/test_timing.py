import pytest

from posegcn import InputError
from posegcn.benchmark.timing import Spread, Timing, interleave


class Clock:
    """Time that passes only when somebody works."""

    def __init__(self):
        self.now = 0.0
        self.done = []

    def __call__(self):
        return self.now

    def work(self, name, seconds):
        def call():
            self.done.append(name)
            self.now += seconds() if callable(seconds) else seconds

        return call


@pytest.fixture
def clock():
    return Clock()


def test_seconds_of_one_call(clock):
    calls = {"slow": clock.work("slow", 0.4), "fast": clock.work("fast", 0.1)}
    timing = interleave(calls, rounds=5, clock=clock)
    assert timing.of("slow").median == pytest.approx(0.4)
    assert timing.of("fast").median == pytest.approx(0.1)
    assert timing.ratio("fast", "slow").median == pytest.approx(4)


def test_every_round_has_every_call_in_a_drawn_order(clock):
    calls = {name: clock.work(name, 1.0) for name in "abc"}
    interleave(calls, rounds=40, warm_up=2, clock=clock)
    warm_up, measured = clock.done[:6], clock.done[6:]
    assert warm_up == ["a", "a", "b", "b", "c", "c"]
    rounds = [tuple(measured[first : first + 3]) for first in range(0, 120, 3)]
    assert all(set(names) == set("abc") for names in rounds)
    assert len(set(rounds)) == 6


def test_short_calls_are_repeated_within_a_measurement(clock):
    calls = {"short": clock.work("short", 0.01), "long": clock.work("long", 1.0)}
    timing = interleave(calls, rounds=3, warm_up=1, block_seconds=0.1, clock=clock)
    assert clock.done.count("short") == 1 + 3 * 10
    assert clock.done.count("long") == 1 + 3
    assert timing.of("short").median == pytest.approx(0.01)


def test_what_falls_on_a_whole_round_leaves_the_ratio_alone(clock):
    """A machine that gets slower and slower, for both alike."""
    paces = iter([1.0] * 2 + [1.0, 1.0, 2.0, 2.0, 4.0, 4.0, 8.0, 8.0])
    calls = {
        "slow": clock.work("slow", lambda: 3 * next(paces)),
        "fast": clock.work("fast", lambda: next(paces)),
    }
    timing = interleave(calls, rounds=4, warm_up=1, clock=clock)
    assert timing.ratio("fast", "slow") == Spread(3.0, 3.0, 3.0)
    assert timing.of("fast").upper > timing.of("fast").lower


def test_the_device_is_waited_for_on_both_ends(clock):
    """Work that is only begun: it takes its time when it is waited for."""
    pending = []

    def synchronise():
        clock.now += sum(pending)
        pending.clear()

    calls = {"begun": lambda: pending.append(2.0)}
    timing = interleave(calls, rounds=3, synchronise=synchronise, clock=clock)
    assert timing.of("begun") == Spread(2.0, 2.0, 2.0)


def test_quartiles():
    assert Spread.of([1.0, 2.0, 3.0, 4.0, 5.0]) == Spread(median=3.0, lower=2.0, upper=4.0)


def test_ratio_is_of_pairs_not_of_medians():
    timing = Timing({"textbook": [1.0, 10.0, 100.0], "ours": [1.0, 5.0, 10.0]})
    assert timing.ratio("ours", "textbook").median == 2.0
    shuffled = Timing({"textbook": [1.0, 10.0, 100.0], "ours": [10.0, 1.0, 5.0]})
    assert shuffled.ratio("ours", "textbook").median == 10.0


def test_seconds_of_one_item():
    timing = Timing({"windows": [6.0, 6.0], "clip": [10.0, 10.0]})
    each = timing.each({"windows": 3, "clip": 100})
    assert each.seconds == {"windows": [2.0, 2.0], "clip": [0.1, 0.1]}


def test_one_round_has_no_quartiles(clock):
    with pytest.raises(InputError, match="at least 2 rounds, got 1"):
        interleave({"a": clock.work("a", 1.0)}, rounds=1, clock=clock)
