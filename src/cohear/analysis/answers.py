"""The thesis' question and its parts, answered in figures from a study's tables."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from cohear.analysis import combining, wording, wording_of_networks
from cohear.analysis.caveats import notes
from cohear.analysis.cell_tests import LEVEL
from cohear.analysis.columns import VERDICTS
from cohear.analysis.persistence import told
from cohear.analysis.statistics import Statistics

QUESTIONS = ("improve", "measurements", "persistence", "combining", "savings")


def answers(statistics: Statistics, related: Sequence[frozenset[str]] = ()) -> dict[str, Any]:
    """All answers.

    Args:
        statistics: of the study.
        related: pairs of tasks that are related by what they are about; without any, ``related`` of
            ``data.json`` is taken, a list of pairs of names; without that, pairs are not told apart.

    Returns:
        A JSON object, always with the keys ``summary``, ``improve``, ``measurements``, ``persistence``, ``combining``,
        ``savings`` and ``caveats``. Each of the five in the middle is an object with ``answer`` (a sentence with
        figures), ``would_change`` (what would change it) and its tables, empty where nothing was measured.

    Raises:
        UserError: the results cannot be compared.
    """
    stated = statistics.tables.data.get("related", [])
    known = list(related) or [frozenset(map(str, pair)) for pair in stated if len(pair) == 2]
    parts = {
        "improve": _improve(statistics, known),
        "measurements": _measurements(statistics),
        "persistence": _persistence(statistics),
        "combining": _combining(statistics),
        "savings": _savings(statistics),
    }
    said = " ".join(part["answer"] for part in parts.values() if part["answer"])
    caveats = notes(statistics.results, statistics.pairs, statistics.design.looks)
    return {"summary": said, **parts, "caveats": caveats}


def _improve(statistics: Statistics, related: Sequence[frozenset[str]]) -> dict[str, Any]:
    gains, power, families = statistics.gains, statistics.power, statistics.families
    two = gains[gains["combination"].str.count(r"\+") == 1]
    kinds = two["combination"].map(lambda name: _kind(name, related))
    counts = {kind: _counts(two[kinds == kind]) for kind in ("related", "unrelated")}
    counts["all"] = _counts(two)
    decided = two[two["verdict"].isin(["helps", "hurts"])].sort_values("gain", ascending=False)
    of_pairs = power[power["combination"].str.count(r"\+") == 1]
    sentence, change = wording.improve(
        of_pairs, counts, [f for f in families if f["cells"] == "pairs"], statistics.unit
    )
    return {
        "answer": sentence,
        "would_change": change,
        "counts": counts,
        "decided": records(decided),
        "controls": records(statistics.contrasts),
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


def _measurements(statistics: Statistics) -> dict[str, Any]:
    lines = statistics.correlations
    sentence, change = wording.measurements(lines, statistics.gains["task"].nunique())
    return {"answer": sentence, "would_change": change, "correlations": [dict(line) for line in lines]}


def _persistence(statistics: Statistics) -> dict[str, Any]:
    found = statistics.agreements
    sentence, change = wording.persistence(found)
    return {"answer": sentence, "would_change": change, "agreements": [dict(one) for one in found]}


def _combining(statistics: Statistics) -> dict[str, Any]:
    held = int(combining.beside_pairs(statistics.foretold).sum())
    sentence, change = wording_of_networks.combining(
        statistics.sizes,
        statistics.foretelling,
        statistics.encoders,
        (held, len(statistics.breaks)),
        statistics.unit,
    )
    return {
        "answer": sentence,
        "would_change": change,
        "sizes": [dict(line) for line in statistics.sizes],
        "encoders": [dict(line) for line in statistics.encoders],
        "foretelling": [dict(line) for line in statistics.foretelling],
        "breaks": [dict(line) for line in statistics.breaks],
    }


def _savings(statistics: Statistics) -> dict[str, Any]:
    table, speed, best = statistics.costs, statistics.speed, statistics.groupings
    sentence, change = wording_of_networks.savings(table, speed, best, statistics.unit)
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
