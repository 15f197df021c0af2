"""Gains of one arm, to be foretold from arms that differ from it in how many labels the task has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

import numpy as np

from cohear.advice.judging.given import GivenSetting
from cohear.advice.judging.schemes import Round
from cohear.advice.predictors.cells import KnownGains
from cohear.advice.predictors.learning_curves import FEWEST_BUDGETS, LABELLED, SINGLE

SCHEME = "leave-arm-out"


def other_budgets(given: GivenSetting, settings: Sequence[GivenSetting]) -> tuple[KnownGains, Round] | None:
    """Pairs of other budgets and, behind them, of this one, with what is to be foretold; None without enough budgets.

    Args:
        given: the arm that is foretold.
        settings: all of them.
    """
    others = [each for each in settings if each is not given and _is_beside(each, given)]
    if len(others) + 1 < FEWEST_BUDGETS or not np.isfinite(given.labelled).any():
        return None
    every = [_with_budget(each) for each in (*others, given)]
    common = [one for one in every[-1].cells.features if all(one in each.cells.features for each in every)]
    alike = (replace(each, cells=each.cells.only(common)) for each in every)
    whole = reduce(KnownGains.joined, alike)
    asked = np.arange(len(whole)) >= len(whole) - len(given.pairs)
    return whole, [(~asked, asked)]


def _is_beside(other: GivenSetting, given: GivenSetting) -> bool:
    """Whether it is of the same front-end, encoder and score, with budgets that are known."""
    same = other.setting[:2] == given.setting[:2] and other.score == given.score
    return same and bool(np.isfinite(other.labelled).any())


def _with_budget(given: GivenSetting) -> KnownGains:
    """The pairs, with the labels that the task has and its loss alone among the measurements."""
    cells = given.pairs.cells
    values = np.column_stack([cells.values, given.labelled, given.single])
    return replace(given.pairs, cells=replace(cells, features=(*cells.features, LABELLED, SINGLE), values=values))
