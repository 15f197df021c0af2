"""The thesis' question and its parts, answered in figures from a study's tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from cohear.analysis import combining, savings, wording, wording_of_networks
from cohear.analysis.cell_tests import LEVEL, MARGIN, PerTask
from cohear.analysis.columns import VERDICTS
from cohear.analysis.controls import contrasts, control_gains, explained
from cohear.analysis.correlates import measured
from cohear.analysis.facts import looks_of, margins_of, ratios_of
from cohear.analysis.gains import notes
from cohear.analysis.larger_encoders import larger_encoders
from cohear.analysis.measurements import of_data
from cohear.analysis.pairs import paired_differences
from cohear.analysis.persistence import agreements, told
from cohear.analysis.power import family_table, power_table
from cohear.analysis.sentences import Unit
from cohear.analysis.sequential import gains_by_design
from cohear.analysis.speed import steps_to_score
from cohear.base.tables import COSTS_CSV, CURVE_CSV, METRICS_CSV

QUESTIONS = ("improve", "measurements", "persistence", "combining", "savings")
CURVES = ("run", *CURVE_CSV.names)
"""Columns of the learning curves of many runs."""


@dataclass(frozen=True)
class Tables:
    """What a study folder holds; only results must be there.

    Attributes:
        results: checked results.
        data: ``data.json``.
        metrics: ``metrics.csv``.
        curves: the runs' ``curve.csv`` with their ``run``.
        costs: ``costs.csv``, which ``cohear bench`` writes.
    """

    results: pd.DataFrame
    data: Mapping[str, Any] = field(default_factory=dict)
    metrics: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(METRICS_CSV.names)))
    curves: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CURVES)))
    costs: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(COSTS_CSV.names)))


def answers(tables: Tables, related: Sequence[frozenset[str]] = ()) -> dict[str, Any]:
    """All answers.

    Args:
        tables: of the study.
        related: pairs of tasks that are related by what they are about; without any, ``related`` of
            ``data.json`` is taken, a list of pairs of names; without that, pairs are not told apart.

    Returns:
        A JSON object, always with the keys ``summary``, ``improve``, ``measurements``, ``persistence``, ``combining``,
        ``savings`` and ``caveats``. Each of the five in the middle is an object with ``answer`` (a sentence with
        figures), ``would_change`` (what would change it) and its tables, empty where nothing was measured.

    Raises:
        UserError: the results cannot be compared.
    """
    results = tables.results
    ratio: PerTask | None = ratios_of(tables.data) or None
    margins: PerTask = margins_of(tables.data) or MARGIN
    pairs = paired_differences(results)
    unit = Unit.of(pairs)
    looks = looks_of(tables.data)
    gains = gains_by_design(pairs, margins, ratio, looks)
    beside = contrasts(results, ratio)
    gains = explained(gains, control_gains(results, margins, ratio), beside)
    power = power_table(pairs, margins, ratio, looks)
    known = list(related) or [frozenset(map(str, pair)) for pair in tables.data.get("related", []) if len(pair) == 2]
    parts = {
        "improve": _improve(gains, power, beside, known, unit),
        "measurements": _measurements(tables, gains, pairs),
        "persistence": _persistence(pairs),
        "combining": _combining(results, pairs, gains, ratio, unit),
        "savings": _savings(results, pairs, tables, ratio, unit),
    }
    said = " ".join(part["answer"] for part in parts.values() if part["answer"])
    return {"summary": said, **parts, "caveats": notes(results, pairs, looks)}


def _improve(
    gains: pd.DataFrame, power: pd.DataFrame, beside: pd.DataFrame, related: Sequence[frozenset[str]], unit: Unit
) -> dict[str, Any]:
    two = gains[gains["combination"].str.count(r"\+") == 1]
    kinds = two["combination"].map(lambda name: _kind(name, related))
    counts = {kind: _counts(two[kinds == kind]) for kind in ("related", "unrelated")}
    counts["all"] = _counts(two)
    decided = two[two["verdict"].isin(["helps", "hurts"])].sort_values("gain", ascending=False)
    families = family_table(power)
    of_pairs = power[power["combination"].str.count(r"\+") == 1]
    sentence, change = wording.improve(of_pairs, counts, [f for f in families if f["cells"] == "pairs"], unit)
    return {
        "answer": sentence,
        "would_change": change,
        "counts": counts,
        "decided": records(decided),
        "controls": records(beside),
        "power": [dict(family) for family in families],
    }


def _kind(combination: str, related: Sequence[frozenset[str]]) -> str:
    if not related:
        return ""
    return "related" if frozenset(combination.split("+")) in related else "unrelated"


def _counts(cells: pd.DataFrame) -> dict[str, Any]:
    """Verdicts, and the mean gain with an interval from the tasks, which are the sample."""
    by_task = cells.groupby("task")["gain"].mean().dropna() if len(cells) else pd.Series(dtype=float)
    mean, reach = float(cells["gain"].mean()) if len(cells) else np.nan, np.nan
    if len(by_task) > 2:
        reach = float(stats.t.ppf(1 - LEVEL / 2, len(by_task) - 1) * by_task.std() / np.sqrt(len(by_task)))
    verdicts = {name: int((cells["verdict"] == name).sum()) for name in VERDICTS}
    explained_as = {
        word: int((cells["explanation"] == word).sum()) for word in ("relation", "regularisation", "capacity", "domain")
    }
    figures = {"mean": told(mean), "low": told(mean - reach), "high": told(mean + reach)}
    return {"cells": len(cells), **verdicts, **figures, "explanations": explained_as}


def _measurements(tables: Tables, gains: pd.DataFrame, pairs: pd.DataFrame) -> dict[str, Any]:
    lines = measured(gains, of_data(tables.data), tables.results, tables.metrics, tables.curves, pairs)
    sentence, change = wording.measurements(lines, gains["task"].nunique())
    return {"answer": sentence, "would_change": change, "correlations": [dict(line) for line in lines]}


def _persistence(pairs: pd.DataFrame) -> dict[str, Any]:
    found = agreements(pairs)
    sentence, change = wording.persistence(found)
    return {"answer": sentence, "would_change": change, "agreements": [dict(one) for one in found]}


def _combining(
    results: pd.DataFrame, pairs: pd.DataFrame, gains: pd.DataFrame, ratio: PerTask | None, unit: Unit
) -> dict[str, Any]:
    encoders = larger_encoders(results, ratio)
    sizes = combining.by_size(pairs, ratio)
    table = combining.foretold(gains)
    foretelling = combining.foretelling(table)
    broken = combining.breaks(table)
    held = int(combining.beside_pairs(table).sum())
    sentence, change = wording_of_networks.combining(sizes, foretelling, encoders, (held, len(broken)), unit)
    return {
        "answer": sentence,
        "would_change": change,
        "sizes": [dict(line) for line in sizes],
        "encoders": [dict(line) for line in encoders],
        "foretelling": [dict(line) for line in foretelling],
        "breaks": [dict(line) for line in broken],
    }


def _savings(
    results: pd.DataFrame, pairs: pd.DataFrame, tables: Tables, ratio: PerTask | None, unit: Unit
) -> dict[str, Any]:
    table, speed = savings.costs(results, tables.costs), steps_to_score(results, tables.curves)
    best = [
        line for cost in savings.BUDGETS for line in savings.best_per_budget(results, pairs, cost, ratio, tables.costs)
    ]
    sentence, change = wording_of_networks.savings(table, speed, best, unit)
    return {
        "answer": sentence,
        "would_change": change,
        "costs": records(table),
        "speed": records(speed),
        "groupings": [dict(line) for line in best],
    }


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for JSON: None where a figure is not known."""
    return [{str(name): _plain(cell) for name, cell in row.items()} for row in table.to_dict("records")]


def _plain(cell: Any) -> Any:  # noqa: ANN401 - any cell
    if cell is pd.NA or (isinstance(cell, float) and not np.isfinite(cell)):
        return None
    return cell.item() if isinstance(cell, np.generic) else cell
