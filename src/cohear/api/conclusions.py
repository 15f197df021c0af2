"""What a table of results answers, and what it could find."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cohear.api.tables import refresh_tables
from cohear.base.errors import UserError
from cohear.base.registry import did_you_mean


def power(folder: str | Path) -> dict[str, Any]:
    """Variance parts, families and cells of a folder with a ``results.csv``: what it could find, and what it lacks.

    Returns:
        ``fractions``: whether all scores lie between 0 and 1; ``parts``
        (:func:`cohear.analysis.variance_parts.variance_parts`), ``families`` and ``cells``
        (:mod:`cohear.analysis.power`), as lists of rows in the unit of the scores; the keys are always there.

    Raises:
        UserError: there is no such table, or it cannot be compared.
    """
    from cohear.analysis.answers import records
    from cohear.analysis.statistics import Statistics

    refresh_tables(Path(folder))
    statistics = Statistics.of_folder(Path(folder))
    return {
        "fractions": statistics.unit.fraction,
        "parts": records(statistics.spread),
        "families": statistics.families,
        "cells": records(statistics.power),
    }


def answers(folder: str | Path, related: Sequence[str] = ()) -> dict[str, Any]:
    """Answers of a folder with a ``results.csv`` (:func:`cohear.analysis.answers.answers`).

    Args:
        folder: a study folder, or any folder with a ``results.csv``.
        related: pairs of related tasks, ``a+b`` each.

    Raises:
        UserError: there is no such table, it cannot be compared, or a pair names no two tasks of it.
    """
    from cohear.analysis.answers import answers as answers_from
    from cohear.analysis.statistics import Statistics

    refresh_tables(Path(folder))
    statistics = Statistics.of_folder(Path(folder))
    known = set(statistics.results["task"])
    pairs = [frozenset(pair.split("+")) for pair in related]
    for pair, given in zip(pairs, related, strict=True):
        strange = sorted(pair - known)
        if strange:
            raise UserError(f"--related {given}: there is no task {strange[0]!r}{did_you_mean(strange[0], known)}")
        if len(pair) != 2:
            raise UserError(f"--related {given}: name two tasks with '+' between")
    return answers_from(statistics, pairs)
