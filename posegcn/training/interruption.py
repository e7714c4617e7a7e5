"""Signals that ask a training to end: it does so after its step, with everything kept."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Whether the process was asked to end, and by which signal."""

    def __init__(self):
        self.name = ""
        self.before: dict[signal.Signals, object] = {}  # handlers of the time before

    def __bool__(self) -> bool:
        return bool(self.name)

    def note(self, number: int, frame: object) -> None:
        """Remember a signal; a second one ends the process as it would have without us."""
        self.name = signal.Signals(number).name
        self.end()

    def watch(self) -> None:
        """Begin to watch."""
        self.before = {number: signal.signal(number, self.note) for number in SIGNALS}

    def end(self) -> None:
        """Let signals do again what they did before."""
        for number, handler in self.before.items():
            signal.signal(number, handler)


@contextmanager
def interruption(wanted: bool) -> Iterator[Interruption]:
    """Watch for SIGINT and SIGTERM, which end nothing for as long as they are watched.

    Args:
        wanted: Watch at all; signals reach the main thread alone, so that others never do.
    """
    caught = Interruption()
    if not wanted or threading.current_thread() is not threading.main_thread():
        yield caught
        return
    caught.watch()
    try:
        yield caught
    finally:
        caught.end()
