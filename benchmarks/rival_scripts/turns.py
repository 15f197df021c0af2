"""Taking turns: a process trains some steps when its standard input says so, and tells what processor time they took.

All rivals of two tasks are alive at once, and one of them runs at a time, so that a busy machine slows them alike.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Call ``step`` before each step, and ``end`` behind the last."""

    def __init__(self, size: int) -> None:
        self._size, self._taken, self._begun = size, 0, 0.0

    def step(self) -> None:
        """Where a turn is over, tell its time and wait for the next one."""
        if self._taken % self._size == 0:
            if self._taken:
                self.end()
            if not sys.stdin.readline():
                sys.exit("nobody gives turns any more")
            self._begun = time.process_time()
        self._taken += 1

    def end(self) -> None:
        """Tell the time of the last turn."""
        print(f"\nTURN {time.process_time() - self._begun}", flush=True)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What is done inside is no part of a step, and its time is not told."""
        begun = time.process_time()
        yield
        self._begun += time.process_time() - begun
