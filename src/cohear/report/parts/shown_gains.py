"""A cell of the sharing matrix as the page and the terminal show it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cohear.analysis.tables.columns import CELL
from cohear.base.units import Unit
from cohear.findings.figures import probability
from cohear.findings.not_learnt import are_not_learnt
from cohear.findings.pairs import briefly, in_one_network
from cohear.findings.verdict_words import OPEN, SIGNS, here_in_short, signed_verdict, told_verdict, when_decided
from cohear.findings.words import Name, Words, words
from cohear.report.numbers import interval, level, signed
from cohear.report.parts.verdict_looks import NOISE, strength_of


@dataclass(frozen=True)
class ShownGain:
    """One task in one combination: figures ready to be shown, and the numbers to draw.

    Attributes:
        task: the task that gains or loses.
        combination: its name.
        partners: the other tasks, in the study's order.
        whole: whether the combination holds every task of the study, and more than two.
        gain, low, high: in the metric's unit, NaN where unknown.
        strength: 1 (pale) to 4 (full), how large the gain is beside the largest of the view.
        for_new: whether the verdict is for new clips; with one test part it is for that part's alone.
        here: the verdict on these clips, where it is another reading than the verdict.
        unlearnt: of the combination's tasks those that are not learnt.
    """

    task: str
    combination: str
    partners: tuple[str, ...]
    whole: bool
    metric: str
    counted_in: Unit
    single: float
    shared: float
    gain: float
    low: float
    high: float
    p_adjusted: float
    repeats: int
    verdict: str
    explanation: str
    strength: int
    for_new: bool = True
    here: str = ""
    unlearnt: tuple[str, ...] = ()

    @property
    def sign(self) -> str:
        """The verdict as a sign."""
        return SIGNS[self.verdict]

    @property
    def pair(self) -> bool:
        """Whether there is one partner."""
        return len(self.partners) == 1

    @property
    def with_whom(self) -> str:
        """``keyword``, ``keyword + event``, or ``all others`` for the whole study."""
        return briefly(" + ".join(self.partners), len(self.partners) + 1 if self.whole else 0)

    @property
    def group(self) -> Words:
        """What the combination is called."""
        return words(
            in_one_network(len(self.partners) + 1) if self.whole else Name(self.combination.replace("+", " + "))
        )

    @property
    def verdict_told(self) -> str:
        """The verdict, with what explains it, and that it is older than the interval where it is."""
        return told_verdict(self.verdict, self.explanation, self.low, self.high)

    @property
    def when(self) -> str:
        """That the verdict is older than the interval, where it is."""
        return when_decided(self.verdict, self.low, self.high)

    @property
    def here_told(self) -> str:
        """The verdict on these clips with its sign; nothing where it cannot be told."""
        return signed_verdict(self.here) if self.here else ""

    @property
    def here_in_short(self) -> str:
        """The same where it is not that for new clips."""
        return here_in_short(self.verdict, self.here)

    @property
    def learning(self) -> Words:
        """Which of the tasks are not learnt; nothing where all are."""
        return are_not_learnt(self.unlearnt)

    @property
    def unit(self) -> str:
        """What a gain is counted in."""
        return self.counted_in.name

    @property
    def fraction(self) -> bool:
        """Whether its figures are shown as points."""
        return self.counted_in.points

    @property
    def gain_text(self) -> str:
        """The gain with its sign."""
        return signed(self.gain, self.fraction)

    @property
    def interval_text(self) -> str:
        """The 95 % interval."""
        return interval(self.low, self.high, self.fraction)

    @property
    def single_text(self) -> str:
        """The mean score alone."""
        return level(self.single, self.fraction)

    @property
    def shared_text(self) -> str:
        """The mean score together."""
        return level(self.shared, self.fraction)

    @property
    def p_text(self) -> str:
        """The p-value, adjusted for the family."""
        return probability(self.p_adjusted)


def cells_of(
    gains: pd.DataFrame,
    units: Mapping[str, Unit],
    tasks: Sequence[str],
    unlearnt: Collection[str] = (),
    one_part: pd.DataFrame | None = None,
) -> list[ShownGain]:
    """Cells as they are shown.

    Args:
        gains: rows of the table of gains, of one features x encoder x arm.
        units: of each metric.
        tasks: all tasks of the study.
        unlearnt: those that are not learnt here.
        one_part: cells with one test part, of any features, encoder and arm (``Statistics.on_one_part``): no verdict of
            theirs is for new clips, so they have a single reading.
    """
    single = set() if one_part is None else set(map(_key, one_part.to_dict("records")))
    largest = {metric: max(NOISE, rows["gain"].abs().max()) for metric, rows in gains.groupby("metric")}
    return [
        _cell(
            row,
            units,
            tasks,
            unlearnt,
            largest[row["metric"]],
            for_new=not single or _key(row) not in single,
        )
        for row in gains.to_dict("records")
    ]


def _key(row: dict[Any, Any]) -> tuple[str, ...]:
    """Of which cell a row of a table is."""
    return tuple(row[name] for name in CELL)


def _cell(
    row: dict[Any, Any],
    units: Mapping[str, Unit],
    tasks: Sequence[str],
    unlearnt: Collection[str],
    largest: float,
    *,
    for_new: bool,
) -> ShownGain:
    members = row["combination"].split("+")
    return ShownGain(
        task=row["task"],
        combination=row["combination"],
        partners=tuple(member for member in members if member != row["task"]),
        whole=set(members) == set(tasks) and len(members) > 2,
        metric=row["metric"],
        counted_in=units[row["metric"]],
        **{name: float(row[name]) for name in ("single", "shared", "gain", "low", "high", "p_adjusted")},
        repeats=int(row["repeats"]),
        verdict=row["verdict"] if row["verdict"] in SIGNS else OPEN,
        explanation=row["explanation"],
        strength=strength_of(row["gain"], largest),
        for_new=for_new,
        here=row["verdict_here"] if for_new and row["verdict_here"] in SIGNS else "",
        unlearnt=tuple(member for member in members if member in unlearnt),
    )
