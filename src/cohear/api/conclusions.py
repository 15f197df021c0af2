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
    from cohear.analysis.cell_tests import MARGIN
    from cohear.analysis.facts import looks_of, margins_of, ratios_of
    from cohear.analysis.pairs import paired_differences
    from cohear.analysis.power import family_table, power_table
    from cohear.analysis.results import read_results
    from cohear.analysis.sentences import Unit
    from cohear.analysis.variance_parts import variance_parts
    from cohear.report.folder import read_facts

    folder = Path(folder)
    refresh_tables(folder)
    data = read_facts(folder)
    pairs = paired_differences(read_results(folder))
    cells = power_table(pairs, margins_of(data) or MARGIN, ratios_of(data) or None, looks_of(data))
    return {
        "fractions": Unit.of(pairs).fraction,
        "parts": records(variance_parts(pairs)),
        "families": family_table(cells),
        "cells": records(cells),
    }


def answers(folder: str | Path, related: Sequence[str] = ()) -> dict[str, Any]:
    """Answers of a folder with a ``results.csv`` (:func:`cohear.analysis.answers.answers`).

    Args:
        folder: a study folder, or any folder with a ``results.csv``.
        related: pairs of related tasks, ``a+b`` each.

    Raises:
        UserError: there is no such table, it cannot be compared, or a pair names no two tasks of it.
    """
    from cohear.analysis.answers import Tables
    from cohear.analysis.answers import answers as answers_from
    from cohear.analysis.results import read_results
    from cohear.report.folder import read_costs, read_curves, read_facts, read_metrics

    folder = Path(folder)
    refresh_tables(folder)
    results = read_results(folder)
    known = set(results["task"])
    pairs = [frozenset(pair.split("+")) for pair in related]
    for pair, given in zip(pairs, related, strict=True):
        strange = sorted(pair - known)
        if strange:
            raise UserError(f"--related {given}: there is no task {strange[0]!r}{did_you_mean(strange[0], known)}")
        if len(pair) != 2:
            raise UserError(f"--related {given}: name two tasks with '+' between")
    curves, costs = read_curves(folder, results), read_costs(folder)
    tables = Tables(results, read_facts(folder), read_metrics(folder), curves, costs)
    return answers_from(tables, pairs)
