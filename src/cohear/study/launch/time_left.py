"""How long the runs that are left will take, judged by those that are done.

What a run costs is processor time (device time on an accelerator), which is the same beside whatever else the machine
does: runs of 25 s took 444 to 661 s by the clock on a busy one, and say no more of those that are left than their 25 s.
How much longer runs take by the clock just now is told apart, by those that ended last: it is the machine's load, and
goes with it.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Mapping

from cohear.runs.cost import Cost
from cohear.study.plan.row import PlanRow

LATEST = 8
"""Runs that tell the load: enough for one among them that was odd, and few enough to be of now."""


class TimeLeft:
    """Seconds a unit takes, apart for each pace; at a pace of which no run is done, as at all others.

    Args:
        costs: of all runs that there can be.
    """

    def __init__(self, costs: Mapping[str, Cost]) -> None:
        self._costs = dict(costs)
        self._processor, self._clock = _Paces(), _Paces()
        self._latest: deque[tuple[float, float]] = deque(maxlen=LATEST)

    @classmethod
    def of_plan(cls, plan: Collection[PlanRow]) -> TimeLeft:
        """For the runs that ``plan.json`` lists."""
        return cls({row.run: row.time for row in plan})

    def trained(
        self, run: str, seconds: float, by_the_clock: float | None = None, *, timed_by_clock: bool = False
    ) -> None:
        """Learn from a run.

        Args:
            run: its key.
            seconds: it took of the processor, or of a device.
            by_the_clock: the same by the clock, of a run that ended just now; None of one from before.
            timed_by_clock: whether ``seconds`` are by the clock, as earlier versions wrote them: they count where
                nothing else is known.
        """
        if by_the_clock is not None and seconds > 0:
            self._latest.append((seconds, by_the_clock))
        cost = self._costs[run]
        paces = self._clock if timed_by_clock else self._processor
        paces.seconds[cost.pace] += seconds
        paces.units[cost.pace] += cost.units

    @property
    def load(self) -> float:
        """By the clock a run takes so many times its seconds just now; 1 where nothing ended yet."""
        seconds, by_the_clock = (sum(column) for column in zip(*self._latest, strict=True)) if self._latest else (1, 1)
        return by_the_clock / seconds

    def of(self, runs: Collection[str]) -> float | None:
        """Seconds that runs will take, one after the other, of a machine that is free; None before the first."""
        usual = self._processor.usual or self._clock.usual
        if usual is None:
            return None
        a_unit = {**self._clock.by_pace(), **self._processor.by_pace()}
        return sum(self._costs[run].units * a_unit.get(self._costs[run].pace, usual) for run in runs)


class _Paces:
    """Seconds that runs took, and their units, by their pace."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.units: dict[str, float] = defaultdict(float)

    @property
    def usual(self) -> float | None:
        """Seconds a unit of any; None before the first."""
        units = sum(self.units.values())
        return sum(self.seconds.values()) / units if units else None

    def by_pace(self) -> dict[str, float]:
        """Seconds a unit of each."""
        return {pace: self.seconds[pace] / units for pace, units in self.units.items() if units}
