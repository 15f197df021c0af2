"""Gains that were measured in one setting, as advice takes them: with their errors, and how these go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.columns import REPEAT
from cohear.analysis.tables.in_setting import in_setting
from cohear.base.arrays import Array
from cohear.base.setting import Setting

MOST_TOGETHER = 0.9
"""Errors of a task's cells are never taken to be one and the same error."""


@dataclass(frozen=True)
class GainPlace:
    """A task in a combination.

    Attributes:
        task: its number.
        partners: theirs, sorted.
    """

    task: int
    partners: tuple[int, ...]


@dataclass(frozen=True)
class ObservedGains:
    """Mean gains of one setting and one score.

    Attributes:
        tasks: all that advice is of, by number.
        places: what each gain is of.
        gains: in the unit of the score, plus is better; ``(places,)``.
        errors: their standard errors, ``(places,)``.
        repeats: how many each is the mean of, ``(places,)``.
        together: correlation of the errors of a task's cells, which have its single runs in common.
        of_one: standard deviation of the gain of one repeat.
    """

    tasks: tuple[str, ...]
    places: tuple[GainPlace, ...]
    gains: Array
    errors: Array
    repeats: Array
    together: float
    of_one: float

    @classmethod
    def of(cls, statistics: Statistics, setting: Setting, tasks: Sequence[str]) -> ObservedGains:
        """Those of the combinations that hold none but these tasks.

        Args:
            statistics: of the study, in one of its scores.
            setting: features, encoder, arm.
            tasks: that advice is of.
        """
        number = {task: place for place, task in enumerate(tasks)}
        cells = _among(in_setting(statistics.judged.cells, setting), number)
        pairs = _among(in_setting(statistics.pairs, setting), number)
        names = zip(cells["task"], cells["combination"], strict=True)
        places = tuple(numbered_place(str(task), str(combination).split("+"), number) for task, combination in names)
        repeats = cells["repeats"].to_numpy(np.float64)
        gains, errors = cells["gain"].to_numpy(np.float64), cells["error"].to_numpy(np.float64)
        of_one = _of_one_repeat(gains, errors, repeats)
        errors = np.where(np.isfinite(errors), errors, of_one / np.sqrt(np.maximum(repeats, 1)))
        return cls(tuple(tasks), places, gains, errors, repeats, _together(pairs), of_one)

    def with_error(self, of_one: float) -> ObservedGains:
        """The same with another error of one repeat, where no gain tells it."""
        return replace(self, of_one=of_one)


def numbered_place(task: str, combination: Sequence[str], number: Mapping[str, int]) -> GainPlace:
    """A task in a combination, by numbers."""
    return GainPlace(number[task], tuple(sorted(number[name] for name in combination if name != task)))


def places_of(network: Sequence[int]) -> list[GainPlace]:
    """Every task of a network of several beside the others."""
    return [GainPlace(task, tuple(sorted(name for name in network if name != task))) for task in network]


def _among(rows: pd.DataFrame, tasks: Mapping[str, int]) -> pd.DataFrame:
    kept = [all(task in tasks for task in str(combination).split("+")) for combination in rows["combination"]]
    among: pd.DataFrame = rows[pd.Series(kept, index=rows.index, dtype=bool)]
    return among


def _of_one_repeat(gains: Array, errors: Array, repeats: Array) -> float:
    """What the error of one repeat typically is; where no error is known, half of what gains differ by is error."""
    known = np.isfinite(errors)
    if known.any():
        return float(np.median(errors[known] * np.sqrt(repeats[known])))
    return float(np.sqrt(np.square(gains).mean() / 2)) if len(gains) else 0.0


def _together(pairs: pd.DataFrame) -> float:
    """How much the cells of a task deviate alike in a repeat, of how much they deviate."""
    cells = pairs.groupby(["task", "combination"], sort=False)["difference"]
    left = pairs.assign(left=pairs["difference"] - cells.transform("mean"))
    products = squares = 0.0
    for _, rows in left.groupby(["task", *REPEAT], sort=False):
        values = rows["left"].to_numpy(np.float64)
        if len(values) > 1:
            squares += float(np.square(values).mean())
            products += float((values.sum() ** 2 - np.square(values).sum()) / (len(values) * (len(values) - 1)))
    return min(max(products / squares, 0.0), MOST_TOGETHER) if squares > 0 else 0.0
