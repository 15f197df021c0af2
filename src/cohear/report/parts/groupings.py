"""The groupings of a setting as the page lists them: networks, their size and what they gain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cohear.analysis.answers.recommended import Recommended, Serving
from cohear.base.units import Unit
from cohear.findings.finding import StudyFinding
from cohear.findings.grouping import GroupingFigures
from cohear.findings.words import typeset
from cohear.report.parts.axis_ticks import Axis, axis_over

SHOWN = 5


@dataclass(frozen=True)
class ShownGrouping:
    """Networks that serve every task once.

    Attributes:
        serving: what they are.
        shared: the networks of several tasks, in the study's order.
        alone: tasks with a network of their own.
        share: their parameters beside those of all singles, in percent.
        unit: of gains.
    """

    serving: Serving
    shared: list[tuple[str, ...]]
    alone: list[str]
    share: int
    unit: Unit

    @property
    def networks(self) -> int:
        """How many there are."""
        return len(self.serving.groups)

    @property
    def whole(self) -> bool:
        """Whether one network serves all."""
        return self.serving.whole

    @property
    def expected(self) -> float:
        """Mean gain of a task to expect."""
        return self.serving.gain

    @property
    def low(self) -> float:
        """Lower end of its 95 % interval."""
        return self.serving.low

    @property
    def high(self) -> float:
        """Upper end of its 95 % interval."""
        return self.serving.high

    @property
    def verdict(self) -> str:
        """``helps`` or ``hurts`` where that is beyond chance, else ``undecided``."""
        return self.serving.verdict

    @property
    def expected_text(self) -> str:
        """In the unit of gains."""
        return typeset(self.unit.signed(self.expected))

    @property
    def interval_text(self) -> str:
        """Of what is expected."""
        return typeset(self.unit.interval(self.low, self.high))


@dataclass(frozen=True)
class Groupings:
    """All unbeaten groupings of a setting.

    Attributes:
        best: the one to train.
        picked: whether repeats chose it.
        all: at most ``SHOWN``, the cheapest first.
        on_all: whether one of these was estimated on all repeats.
        axis: that holds the gain to expect and its interval.
    """

    best: ShownGrouping
    picked: bool
    all: list[ShownGrouping]
    on_all: bool
    axis: Axis


def groupings_of(finding: StudyFinding, tasks: Sequence[str]) -> Groupings | None:
    """The groupings behind a finding, or None where there are none.

    Args:
        finding: of the kind ``grouping``.
        tasks: of the setting in the study's order.
    """
    if finding.missing:
        return None
    figures = GroupingFigures.of(finding)
    recommended, unit = figures.recommended, figures.gain.unit
    made = {serving.groups: _grouping(serving, recommended, tasks, unit) for serving in recommended.every}
    picked = made[recommended.picked.groups]
    every = list(made.values())
    shown = every if len(every) <= SHOWN else [*every[: SHOWN - 1], picked]
    on_all = any(one.serving.on_all for one in shown)
    best = _grouping(recommended.best, recommended, tasks, unit)
    axis = axis_over([0.0, best.expected, best.low, best.high])
    return Groupings(best, recommended.best is recommended.picked, shown, on_all, axis)


def _grouping(serving: Serving, recommended: Recommended, tasks: Sequence[str], unit: Unit) -> ShownGrouping:
    members = sorted((tuple(name.split("+")) for name in serving.groups), key=lambda group: tasks.index(group[0]))
    return ShownGrouping(
        serving=serving,
        shared=[group for group in members if len(group) > 1],
        alone=[group[0] for group in members if len(group) == 1],
        share=round(100 * serving.parameters / recommended.apart) if recommended.apart else 100,
        unit=unit,
    )
