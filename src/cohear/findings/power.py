"""What a design could find, and what would decide what it left open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.columns import SETTING
from cohear.findings.pairs import in_setting, of_pairs
from cohear.findings.study_findings import Findings
from cohear.findings.tables import json_rows

LEGEND = (
    "alone: by a test of one cell; family: at the stricter level that a cell among the others must pass; repeats: "
    "so many more, over the open cells that they would decide with 80 % power, if gains are what they seem; new clips: "
    "open cells that no number of repeats decides so, since part of their spread is that of the folds; not known: open "
    "cells of which that cannot be told."
)
"""What the columns of families say."""


def power(findings: Findings) -> dict[str, Any]:
    """Variance parts, families and cells.

    Args:
        findings: of the study.

    Returns:
        ``fractions``: whether all figures are shares, which are shown as points; ``parts``
        (:func:`cohear.analysis.gains.variance_parts.variance_parts`), ``families`` and ``cells``
        (:mod:`cohear.analysis.looking.power`), as lists of rows in the unit of the scores, which each row names
        (``unit``); the keys are always there. A family has its ``cures`` too: what would decide its open cells; and a
        part why verdicts on the task's cells assume how much is the folds' (``assumed``,
        :func:`cohear.analysis.gains.spread.why_assumed`), empty where they don't.

    Raises:
        UserError: the results cannot be compared.
    """
    statistics = findings.statistics
    return {
        "fractions": statistics.unit_over(statistics.pairs).points,
        "parts": [
            {**part, "unit": _unit(statistics, part), "assumed": _assumed(statistics, part)}
            for part in json_rows(statistics.spread)
        ],
        "families": [
            {**family, "unit": _unit(statistics, family), "cures": _cures(findings, family)}
            for family in statistics.families
        ],
        "cells": [{**cell, "unit": _unit(statistics, cell)} for cell in json_rows(statistics.power)],
    }


def _unit(statistics: Statistics, row: Mapping[str, Any]) -> str:
    """Of a task's figures, or of those of all tasks of a setting."""
    here = in_setting(statistics.pairs, [str(row[name]) for name in SETTING])
    own = here[here["task"] == row["task"]] if row.get("task") else here
    return statistics.unit_over(own).name


def _assumed(statistics: Statistics, part: Mapping[str, Any]) -> str:
    """Why it is assumed for cells of a task, or for most cells of a setting."""
    cells = in_setting(statistics.power, [str(part[name]) for name in SETTING])
    pairs = of_pairs(cells)
    cells = pairs if len(pairs) else cells
    reasons = (cells[cells["task"] == part["task"]] if part["task"] else cells)["share_assumed"]
    return str(reasons.mode().iloc[0]) if len(reasons) else ""


def _cures(findings: Findings, family: Mapping[str, Any]) -> list[dict[str, Any]]:
    features, encoder, arm = (str(family[name]) for name in SETTING)
    code = "open-cells" if family["cells"] == "pairs" else "open-group-cells"
    found = findings.of(code, (features, encoder, arm))
    return [cure.to_json() for cure in found.settles] if found else []
