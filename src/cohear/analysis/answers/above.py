"""What does a task alone better than a network that is recommended for it, or exported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cohear.analysis.answers.ways_alone import (
    Comparison,
    Lead,
    Single,
    Test,
    WayAlone,
    lead_of,
    leads,
    means_of_parts,
    on_common_repeats,
    test_parts_in,
    tests_of,
)
from cohear.analysis.gains.bounds import ENDS
from cohear.analysis.gains.design import USUAL, Design
from cohear.analysis.gains.pairs import first_half, halved_by

_ROUNDING = 1e-9
"""Equal scores, as floating point has them."""


class BetterSingle(Single):
    """Of a task the single that is furthest above what serves it.

    ``here`` and ``served`` are the mean scores of the single and of what serves on the ``repeats`` that both have and
    that judge; ``parts`` is of how many test parts those are that both have. ``ahead`` is how far the single is above
    (plus is better), with a 95 % interval for all singles that the task was compared with together (Bonferroni).
    ``more`` is how many others are above too.
    """

    task: str
    metric: str
    here: float
    served: float
    ahead: float
    ahead_low: float | None
    ahead_high: float | None
    surely: bool
    repeats: int
    parts: int
    more: int


@dataclass(frozen=True)
class Judging:
    """Repeats that judge what others chose.

    Attributes:
        by: what tells them, ``fold`` or ``seed``.
        numbers: of these.
    """

    by: str
    numbers: frozenset[int]

    @classmethod
    def of(cls, pairs: pd.DataFrame) -> Judging:
        """The half of a setting's repeats that :func:`cohear.analysis.gains.pairs.first_half` leaves to judge."""
        by = halved_by(pairs)
        return cls(by, frozenset(map(int, pairs.loc[~first_half(pairs), by])))

    def hold(self, table: pd.DataFrame) -> pd.Series[bool]:
        """Which rows of a table are of them."""
        return table[self.by].isin(list(self.numbers))


@dataclass(frozen=True)
class _Compared:
    """A way beside what serves.

    Attributes:
        comparison: on the repeats that both have.
        used: which of them judge, ``[repeats]``.
    """

    way: WayAlone
    comparison: Comparison
    used: pd.Series[bool]

    def mean(self, table: pd.DataFrame) -> float:
        """Mean score on the repeats that judge."""
        return float(table.loc[self.used.to_numpy(), "value"].mean())


def above(
    served: pd.DataFrame,
    ways: Mapping[str, Sequence[WayAlone]],
    design: Design = USUAL,
    judging: Judging | None = None,
) -> dict[str, BetterSingle]:
    """By task the single that is furthest above what serves it, of the tasks that have one.

    How far repeats lie apart is learned from all of them, whoever chose
    (:func:`cohear.analysis.answers.chosen.estimated_on`).

    Args:
        served: checked results of what is recommended: rows of each task in its network.
        ways: to do each task alone (:func:`cohear.analysis.answers.ways_alone.ways_alone`).
        design: of the study.
        judging: the repeats that did not choose what serves; None where all may judge.

    Returns:
        In the order of ``ways``. A way that has no repeat in common with what serves, or is scored in another metric,
        cannot be told, and one is never above itself.
    """
    scored = {str(task): rows for task, rows in served[served["value"].notna()].groupby("task", sort=True)}
    every = {task: _compared(scored[task], some, judging) for task, some in ways.items() if task in scored}
    comparisons = [one.comparison for some in every.values() for one in some]
    if not comparisons:
        return {}
    pairs = leads(comparisons, design)
    tests, used = tests_of(pairs, design), _on_those_that_judge(pairs, judging)
    best = {}
    for task, some in every.items():
        told = [(one, _lead(tests, used, (task, one.comparison.number), len(some))) for one in some]
        better = [(one, lead) for one, lead in told if lead.ahead > _ROUNDING]
        if better:
            one, lead = max(better, key=lambda each: each[1].ahead)
            best[task] = _better(task, one, lead, len(better) - 1)
    return best


def _compared(served: pd.DataFrame, ways: Sequence[WayAlone], judging: Judging | None) -> list[_Compared]:
    """Ways to do a task beside what serves it, by the number of their comparison."""
    found: list[_Compared] = []
    own, means = frozenset(map(str, served["run"])), means_of_parts(served)
    for way in ways:
        if way.runs & own or way.metric != served["metric"].iloc[0]:
            continue
        rows, own_means = (table[table["fold"].isin(means["fold"])] for table in (way.rows, way.means))
        tables, left = on_common_repeats([rows, served], [own_means, means])
        if left or tables[0].empty:
            continue
        both = (tables[place].sort_values(["fold", "seed"], ignore_index=True) for place in (0, 1))
        comparison = Comparison(len(found), *both)
        used = judging.hold(comparison.ahead) if judging else pd.Series(True, index=comparison.ahead.index)
        if used.any():
            found.append(_Compared(way, comparison, used))
    return found


def _on_those_that_judge(pairs: pd.DataFrame, judging: Judging | None) -> Mapping[tuple[str, int], Mapping[str, float]]:
    """Mean lead, its ends and the number of repeats, of each comparison by task and number."""
    rows = pairs[judging.hold(pairs)] if judging else pairs
    grouped = rows.groupby(["task", "combination"])
    means = grouped[["difference", *ENDS]].mean().assign(used=grouped.size())
    return {(str(task), int(number)): row for (task, number), row in means.to_dict("index").items()}


def _lead(
    tests: Mapping[tuple[str, int], Test],
    used: Mapping[tuple[str, int], Mapping[str, float]],
    key: tuple[str, int],
    comparisons: int,
) -> Lead:
    """On the repeats that judge, fewer than told how far they lie apart."""
    test, here = tests[key], used[key]
    error = test["error"] * np.sqrt(float(test["repeats"]) / here["used"])
    judged: Test = {**test, "gain": here["difference"], "error": error, **{name: here[name] for name in ENDS}}
    return lead_of(judged, comparisons)


def _better(task: str, one: _Compared, lead: Lead, more: int) -> BetterSingle:
    return BetterSingle(
        **one.way.single,
        task=task,
        metric=one.way.metric,
        here=one.mean(one.comparison.ahead),
        served=one.mean(one.comparison.behind),
        ahead=lead.ahead,
        ahead_low=lead.low,
        ahead_high=lead.high,
        surely=lead.surely,
        repeats=int(one.used.sum()),
        parts=test_parts_in(one.comparison.ahead),
        more=more,
    )
