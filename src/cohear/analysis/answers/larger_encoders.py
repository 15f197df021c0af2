"""Does a larger encoder restore what a task lost beside others?"""

from collections.abc import Iterator
from itertools import permutations
from typing import TypedDict, cast

import pandas as pd

from cohear.analysis.gains.bounds import ENDS
from cohear.analysis.gains.cell_tests import cell_tests
from cohear.analysis.gains.design import USUAL, Design
from cohear.analysis.gains.pairs import differences, paired_differences
from cohear.analysis.gains.repeat_means import repeat_means
from cohear.analysis.tables.columns import CELL, REPEAT
from cohear.analysis.tables.results import checked_results
from cohear.base.units import finite

_ALIKE = ["features", "arm", "size"]


class EncoderChange(TypedDict):
    """What a larger encoder changes with so many tasks in the network (95 %, in the metric's own unit).

    ``change`` is of the gain; ``gain`` is against the smaller encoder's singles; None where it cannot be told.
    """

    features: str
    arm: str
    size: int
    smaller: str
    larger: str
    parameters_ratio: float | None
    cells: int
    repeats: int
    change: float | None
    change_low: float | None
    change_high: float | None
    gain: float | None
    gain_low: float | None
    gain_high: float | None


def larger_encoders(results: pd.DataFrame, design: Design = USUAL) -> list[EncoderChange]:
    """What a larger encoder changes, for each number of tasks in the network.

    Two differences, each the mean over the cells of that size that both encoders have, one value a repeat: the gain in
    the larger encoder minus the gain in the smaller one (each against singles of its own), and the accuracy in the
    larger encoder minus that of the *smaller* encoder's singles, which asks whether one larger network can take
    their place.

    Args:
        results: the table of results; encoders are ordered by the ``parameters`` of their networks, and left out where
            those are not known or equal.
        design: of the study.

    Returns:
        One per front-end, arm, size, and two encoders.
    """
    table = checked_results(results)
    table = table[table["control"] == ""].assign(size=lambda rows: rows["combination"].str.count(r"\+") + 1)
    pairs = paired_differences(results, design)
    found: list[EncoderChange] = []
    for (features, arm, size), smaller, larger, growth in _by_growth(table[table["size"] > 1]):
        here = table[(table["features"] == features) & (table["arm"] == arm)]
        both = _gains_of_both(pairs, features, arm, size, smaller, larger)
        if both.empty:
            continue
        change = both.assign(
            difference=both["difference_larger"] - both["difference_smaller"],
            least=both["least_larger"] - both["most_smaller"],
            most=both["most_larger"] - both["least_smaller"],
        )
        shared = here[here["encoder"] == larger].merge(both[["task", "combination", *REPEAT]])
        alone = here[(here["encoder"] == smaller) & (here["size"] == 1)]
        against = differences(shared.assign(encoder=smaller), alone, design)
        changed, low, high = _mean_over_tasks(change, design)
        gain, gain_low, gain_high = _mean_over_tasks(against, design)
        found.append(
            {
                "features": features,
                "arm": arm,
                "size": size,
                "smaller": smaller,
                "larger": larger,
                "parameters_ratio": finite(growth),
                "cells": len(both.drop_duplicates(list(CELL))),
                "repeats": len(both.drop_duplicates(list(REPEAT))),
                "change": changed,
                "change_low": low,
                "change_high": high,
                "gain": gain,
                "gain_low": gain_low,
                "gain_high": gain_high,
            }
        )
    return found


def _by_growth(shared: pd.DataFrame) -> Iterator[tuple[tuple[str, str, int], str, str, float]]:
    """Setting and size, a smaller and a larger encoder, and how many times the parameters the larger one has."""
    for setting, rows in shared.groupby(_ALIKE, sort=True):
        parameters = rows.groupby("encoder", sort=True)["parameters"].mean().dropna().astype(float)
        for smaller, larger in permutations(parameters.index, 2):
            if 0 < parameters[smaller] < parameters[larger]:
                alike = cast(tuple[str, str, int], setting)
                yield alike, str(smaller), str(larger), float(parameters[larger] / parameters[smaller])


def _gains_of_both(pairs: pd.DataFrame, features: str, arm: str, size: int, smaller: str, larger: str) -> pd.DataFrame:
    """Paired differences of one size in the two encoders, side by side, where both have them on the same clips."""
    here = pairs[
        (pairs["features"] == features) & (pairs["arm"] == arm) & (pairs["combination"].str.count(r"\+") + 1 == size)
    ]
    same = ["task", "combination", *REPEAT, "metric", "part"]
    wanted = here[here["encoder"] == larger][[*same, "difference", *ENDS]]
    return here[here["encoder"] == smaller].merge(wanted, on=same, suffixes=("_smaller", "_larger"))


def _mean_over_tasks(rows: pd.DataFrame, design: Design) -> tuple[float | None, float | None, float | None]:
    """A mean difference, and its interval."""
    whole = repeat_means(rows).assign(task="mean of all", combination="one size")
    line = cell_tests(whole, design.of_means()).iloc[0]
    return finite(line["gain"]), finite(line["low"]), finite(line["high"])
