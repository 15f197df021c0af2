"""What does a task alone better than a network that is recommended for it, or exported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from cohear.analysis.answers.ways_alone import (
    Single,
    WayAlone,
    lead_of,
    leads,
    on_common_repeats,
    test_parts_in,
    tests_of,
)
from cohear.analysis.gains.design import USUAL, Design

_ROUNDING = 1e-9
"""Equal scores, as floating point has them."""


class BetterSingle(Single):
    """Of a task the single that is furthest above what serves it.

    ``here`` and ``served`` are the mean scores of the single and of what serves on the ``repeats`` that both have, of
    ``parts`` test parts; ``ahead`` is how far the single is above (plus is better), with a 95 % interval for all
    singles that the task was compared with together (Bonferroni). ``more`` is how many others are above too.
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
class _Compared:
    """A way beside what serves, on the repeats that both have."""

    way: WayAlone
    here: pd.DataFrame
    served: pd.DataFrame
    pairs: pd.DataFrame


def above(
    served: pd.DataFrame,
    ways: Mapping[str, Sequence[WayAlone]],
    design: Design = USUAL,
) -> dict[str, BetterSingle]:
    """By task the single that is furthest above what serves it, of the tasks that have one.

    Args:
        served: checked results of what is recommended: rows of each task in its network.
        ways: to do each task alone (:func:`cohear.analysis.answers.ways_alone.ways_alone`).
        design: of the study.

    Returns:
        In the order of ``ways``. A way that has no repeat in common with what serves, or is scored in another metric,
        cannot be told, and one is never above itself.
    """
    compared = {
        str(task): found
        for task, rows in served[served["value"].notna()].groupby("task", sort=True)
        if (found := _compared(rows, ways.get(str(task), ()), design))
    }
    tests = tests_of([one.pairs for some in compared.values() for one in some], design)
    best = {}
    for task in [task for task in ways if task in compared]:
        some = compared[task]
        told = [(one, lead_of(tests[task, number], len(some))) for number, one in enumerate(some)]
        better = [(one, lead) for one, lead in told if lead.ahead > _ROUNDING]
        if better:
            one, lead = max(better, key=lambda each: each[1].ahead)
            best[task] = BetterSingle(
                **one.way.single,
                task=task,
                metric=one.way.metric,
                here=float(one.here["value"].mean()),
                served=float(one.served["value"].mean()),
                ahead=lead.ahead,
                ahead_low=lead.low,
                ahead_high=lead.high,
                surely=lead.surely,
                repeats=len(one.here),
                parts=test_parts_in(one.here),
                more=len(better) - 1,
            )
    return best


def _compared(served: pd.DataFrame, ways: Sequence[WayAlone], design: Design) -> list[_Compared]:
    """Ways to do a task beside what serves it, by the number of their comparison."""
    found: list[_Compared] = []
    own = frozenset(map(str, served["run"]))
    for way in ways:
        if way.runs & own or way.metric != served["metric"].iloc[0]:
            continue
        tables, left = on_common_repeats([way.rows, served])
        if left or tables[0].empty:
            continue
        pairs = leads(tables[0], tables[1], len(found), design)
        found.append(_Compared(way, tables[0], tables[1], pairs))
    return found
