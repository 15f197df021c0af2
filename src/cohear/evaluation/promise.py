"""A score of new clips beside the one that a card lets expect, and whether the difference is more than chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from cohear.evaluation.intervals import SURE, ScoreInterval

NO_PROMISE = "the card promises no score of this task"
NO_SPREAD = "the card tells no interval: it rests on one test part"
FEW_GROUPS = "the new clips are of too few groups for an interval"
LARGEST_CHANCE = 0.05


@dataclass(frozen=True)
class Beside:
    """A difference, here less promised.

    Attributes:
        promised, promised_low, promised_high: of the card; None where it tells none.
        difference: here less promised; None where one of them is not known.
        low, high: 95 % interval of it; None where either has none.
        p: of a difference this large by chance (Welch 1947); None where either has no interval.
        more_than_chance: whether p is below 0.05; None where nothing is known of it.
        why: why that is so; empty where it is known.
    """

    promised: float | None
    promised_low: float | None
    promised_high: float | None
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    more_than_chance: bool | None
    why: str


def beside_promise(value: float, interval: ScoreInterval | None, expected: Mapping[str, object]) -> Beside:
    """Compare a score of new clips with that of the study's runs on clips that they did not see.

    Both are means of independent groups or parts, so that Welch's t of their difference tells how often chance makes
    one as large.

    Args:
        value: here.
        interval: of it, where there is one.
        expected: of the task's entry of the card.
    """
    mean, low, high = (_number(expected.get(key)) for key in ("mean", "low", "high"))
    if mean is None or not np.isfinite(value):
        return Beside(mean, low, high, None, None, None, None, None, NO_PROMISE)
    difference = value - mean
    parts = _number(expected.get("parts")) or _number(expected.get("repeats")) or 0.0
    if low is None or high is None or parts < 2:
        return Beside(mean, low, high, difference, None, None, None, None, NO_SPREAD)
    if interval is None:
        return Beside(mean, low, high, difference, None, None, None, None, FEW_GROUPS)
    promised_error = max(mean - low, high - mean) / float(stats.t.ppf(SURE, parts - 1))  # one end may be the scale's
    here, there = interval.error**2, promised_error**2
    error = float(np.sqrt(here + there))
    if not error:
        p, reach = (1.0 if difference == 0 else 0.0), 0.0
    else:
        freedom = (here + there) ** 2 / (here**2 / interval.freedom + there**2 / (parts - 1))
        p = float(2 * stats.t.sf(abs(difference) / error, freedom))
        reach = float(stats.t.ppf(SURE, freedom)) * error
    return Beside(mean, low, high, difference, difference - reach, difference + reach, p, p < LARGEST_CHANCE, "")


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
