"""How far a study has come, in words: the same for ``cohear status``, the page, and the line of ``cohear run``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cohear.base.counting import counted
from cohear.study.folder.status import Status


def done(status: Status) -> str:
    """``24 of at most 55``, beside what says that it is runs that are done."""
    return f"{status.done} of {at_most(status)}{status.planned}"


def runs_done(status: Status) -> str:
    """``all 44 runs done``, or ``24 of at most 55 runs done``."""
    every = f"all {counted(status.done, 'run')} done"
    return every if status.done == status.planned else f"{done(status)} runs done"


def left(status: Status) -> str:
    """``at most 9 left with those that failed``, for they are tried again."""
    among = " with those that failed" if status.failed else ""
    return f"{at_most(status)}{status.planned - status.done} left{among}"


def failed(number: int) -> str:
    """``2 failed``."""
    return f"{number} failed"


def time_left(status: Status, written: Callable[[float], str]) -> str:
    """``about 4:05``; nothing where none is left, or how long it takes is not known.

    Args:
        status: of the study.
        written: how seconds are written.
    """
    if status.done == status.planned or status.seconds_left is None:
        return ""
    return f"{at_most(status) or 'about '}{written(status.seconds_left)}"


def idle(nobody: str) -> str:
    """``no process is working on it``."""
    return f"{nobody} is working on it"


def cells(states: Mapping[str, int]) -> str:
    """``3 decided, 5 open, 1 given up``; nothing before the first look."""
    return ", ".join(f"{count} {name}" for name, count in states.items()) if any(states.values()) else ""


def at_most(status: Status) -> str:
    """``at most ``, where repeats may stop before; nothing where their number is fixed."""
    return "" if status.wanted is None else "at most "
