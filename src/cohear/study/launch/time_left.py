"""How long the runs that are left will take, judged by those that are done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from cohear.runs.cost import Cost
from cohear.study.plan.row import PlanRow


class TimeLeft:
    """Seconds a unit takes, apart for each pace; at a pace of which no run is done, as at all others.

    Args:
        costs: of all runs that there can be.
    """

    def __init__(self, costs: Mapping[str, Cost]) -> None:
        self._costs = dict(costs)
        self._seconds: dict[str, float] = defaultdict(float)
        self._units: dict[str, float] = defaultdict(float)

    @classmethod
    def of_plan(cls, plan: Collection[PlanRow]) -> TimeLeft:
        """For the runs that ``plan.json`` lists."""
        return cls({row.run: row.time for row in plan})

    def trained(self, run: str, seconds: float) -> None:
        """Learn from a run that took so many seconds."""
        cost = self._costs[run]
        self._seconds[cost.pace] += seconds
        self._units[cost.pace] += cost.units

    def of(self, runs: Collection[str]) -> float | None:
        """Seconds that runs will take, one after the other; None as long as nothing is trained."""
        trained = sum(self._units.values())
        if not trained:
            return None
        usual = sum(self._seconds.values()) / trained
        a_unit = {pace: self._seconds[pace] / units for pace, units in self._units.items() if units}
        return sum(self._costs[run].units * a_unit.get(self._costs[run].pace, usual) for run in runs)
