"""Runs that fail one after another of the same cause: the others would fail of it too, and are not begun."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from cohear.base.errors import RunFailed
from cohear.runs.spec import Spec

ENOUGH = 3
"""So many runs in a row that fail alike are no accident."""

_OF_ONE_RUN = re.compile(r"[0-9a-f]{16}|\d+")
"""What differs between two tellings of one cause: keys of runs, numbers."""


class FailuresAlike:
    """Watches how runs end, in the order in which they end.

    A cause that lies in one encoder, front-end, arm, task or repeat ends only the runs that have it. So what the failed
    runs have in common is kept, and a run that lacks some of it is tried first. Where none is left that does, the cause
    is taken to be that of all the rest.
    """

    def __init__(self) -> None:
        self._cause = self._error = ""
        self._runs = 0
        self._common: frozenset[str] = frozenset()

    def finished(self) -> None:
        """A run finished: what failed before it was not the cause of all."""
        self._runs = 0

    def failed(self, spec: Spec, error: str) -> None:
        """A run failed."""
        cause = _OF_ONE_RUN.sub("#", error)
        if cause != self._cause or not self._runs:
            self._cause, self._runs, self._common = cause, 0, _parts(spec)
        self._error, self._runs, self._common = error, self._runs + 1, self._common & _parts(spec)

    def next_of(self, waiting: Iterable[Spec]) -> Spec | None:
        """Which of the waiting runs is begun next; None where there is none, or all would fail as the last did."""
        return next((spec for spec in waiting if self._runs < ENOUGH or not self._common <= _parts(spec)), None)

    def as_error(self, left: int) -> RunFailed:
        """What ends the study.

        Args:
            left: runs that are not begun.
        """
        return RunFailed(
            f"{self._runs} runs in a row failed with the same error, so the {left} that are left were not begun; mend "
            f"its cause and run the same command again: {self._error}"
        )


def _parts(spec: Spec) -> frozenset[str]:
    """What a run may have the cause of a failure from: its tasks, and each other field of its specification."""
    fields = spec.model_dump(mode="json", exclude={"tasks", "needs"})
    return frozenset(
        [
            f"job {spec.job}",
            *(f"{name} {json.dumps(value, sort_keys=True)}" for name, value in fields.items()),
            *(f"task {task.name}" for task in spec.tasks),
        ]
    )
