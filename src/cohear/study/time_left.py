"""How long the runs that are left will take, judged by those that are done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

Row = Mapping[str, Any]
"""A row of ``plan.json``."""

Kind = tuple[str, str]
"""Front-end and encoder: a window costs one encoder many times what it costs another."""

Cost = tuple[Kind, int]
"""The kind of a run's network, and the windows that it trains on."""


class TimeLeft:
    """Seconds a window takes, apart for each kind of network; of a kind that was never trained, as in all others.

    Args:
        costs: of all runs that there can be.
    """

    def __init__(self, costs: Mapping[str, Cost]) -> None:
        self._kinds = {run: kind for run, (kind, _) in costs.items()}
        self._costs = {run: windows for run, (_, windows) in costs.items()}
        self._seconds: dict[Kind, float] = defaultdict(float)
        self._windows: dict[Kind, int] = defaultdict(int)

    @classmethod
    def of_plan(cls, plan: Collection[Row]) -> TimeLeft:
        """For the runs that ``plan.json`` lists."""
        return cls({row["run"]: ((row["features"], row["encoder"]), row["cost"]) for row in plan})

    def trained(self, run: str, seconds: float) -> None:
        """Learn from a run of the plan that took so many seconds."""
        self._seconds[self._kinds[run]] += seconds
        self._windows[self._kinds[run]] += self._costs[run]

    def of(self, runs: Collection[str]) -> float | None:
        """Seconds that runs will take, one after the other; None as long as nothing is trained."""
        trained = sum(self._windows.values())
        if not trained:
            return None
        usual = sum(self._seconds.values()) / trained
        pace = {kind: self._seconds[kind] / windows for kind, windows in self._windows.items() if windows}
        return sum(self._costs[run] * pace.get(self._kinds[run], usual) for run in runs)
