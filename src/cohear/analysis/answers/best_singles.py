"""Which front-end and encoder, or which baseline, does each task best alone, and by how much?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from cohear.analysis.answers.ways_alone import (
    Comparison,
    Single,
    Test,
    WayAlone,
    lead_of,
    leads,
    on_common_repeats,
    test_parts_in,
    tests_of,
)
from cohear.analysis.gains.design import USUAL, Design


class OtherSingle(Single):
    """Another way, and how far the best one is ahead of it (plus is better; None where they have no repeat in common).

    The interval is of 95 % for all of the task's comparisons together (Bonferroni). ``surely`` is whether it is
    without nothing: then this way is surely not the best one, whichever was chosen as the best (Hsu 1984, Annals of
    Statistics 12: it would be a mistake of the comparison with the truly best one, which is among those).
    """

    ahead: float | None
    ahead_low: float | None
    ahead_high: float | None
    surely: bool


class BestSingle(Single):
    """Of a task the best way, and the others, the next best first.

    ``repeats`` is how many all have in common; ``parts`` of how many test parts these are.
    """

    task: str
    metric: str
    repeats: int
    parts: int
    others: list[OtherSingle]


@dataclass(frozen=True)
class _Ranking:
    """The ways to do a task.

    Attributes:
        ways: the best first, and last those that have no repeat in common with it.
        common: scores of the best on the repeats in common.
        comparisons: of it with each other one that has them, in their order.
    """

    task: str
    ways: Sequence[WayAlone]
    common: pd.DataFrame
    comparisons: Sequence[Comparison]


def best_singles(ways: Mapping[str, Sequence[WayAlone]], design: Design = USUAL) -> list[BestSingle]:
    """The best of the ways to do each task alone.

    Args:
        ways: of each task.
        design: of the study.

    Returns:
        One a task, in the order of the ways.
    """
    rankings = [_ranking(task, some) for task, some in ways.items()]
    comparisons = [one for ranking in rankings for one in ranking.comparisons]
    tests = tests_of(leads(comparisons, design), design) if comparisons else {}
    return [_best(ranking, tests) for ranking in rankings]


def _ranking(task: str, ways: Sequence[WayAlone]) -> _Ranking:
    tables, left = on_common_repeats([way.rows for way in ways], [way.means for way in ways])
    higher = bool(ways[0].rows["higher_is_better"].iloc[0])
    order = sorted(tables, key=lambda place: tables[place]["value"].mean(), reverse=higher)
    first = tables[order[0]]
    comparisons = [Comparison(number, first, tables[place]) for number, place in enumerate(order[1:])]
    return _Ranking(task, [ways[place] for place in (*order, *left)], first, comparisons)


def _best(ranking: _Ranking, tests: Mapping[tuple[str, int], Test]) -> BestSingle:
    best, *others = ranking.ways
    return BestSingle(
        **best.single,
        task=ranking.task,
        metric=best.metric,
        repeats=len(ranking.common),
        parts=test_parts_in(ranking.common),
        others=[
            _other(way.single, tests.get((ranking.task, number)), len(others)) for number, way in enumerate(others)
        ],
    )


def _other(single: Single, test: Test | None, comparisons: int) -> OtherSingle:
    if test is None:
        return OtherSingle(**single, ahead=None, ahead_low=None, ahead_high=None, surely=False)
    lead = lead_of(test, comparisons)
    return OtherSingle(**single, ahead=lead.ahead, ahead_low=lead.low, ahead_high=lead.high, surely=lead.surely)
