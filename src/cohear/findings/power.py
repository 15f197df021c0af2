"""What a design could find, and what would decide what it left open."""

from __future__ import annotations

from typing import TypedDict, cast

from cohear.analysis.gains.verdicts import FEWEST_REPEATS
from cohear.analysis.looking.power import FamilyPower
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.in_setting import in_setting
from cohear.base.setting import InSetting, setting_of
from cohear.base.units import NONE
from cohear.findings.cures import CureInWords
from cohear.findings.pairs import of_pairs
from cohear.findings.study_findings import Findings
from cohear.findings.tables import json_rows

LEGEND = (
    "alone: by a test of one cell; family: at the stricter level that a cell among the others must pass; repeats: "
    "so many more, over the open cells that they would decide with 80 % power, if gains are what they seem; new clips: "
    "open cells that no number of repeats decides so, since part of their spread is that of the folds; not known: open "
    "cells of which that cannot be told."
)
"""What the columns of families say."""


class SpreadParts(InSetting):
    """A row of :func:`cohear.analysis.gains.variance_parts.variance_parts`: of a task, or of all (``task`` empty).

    ``assumed`` is why verdicts on the task's cells assume how much is the folds'
    (:func:`cohear.analysis.gains.spread.why_assumed`), empty where they don't.
    """

    task: str
    cells: int
    fold_sd: float | None
    seed_sd: float | None
    single_sd: float | None
    residual_sd: float | None
    fold_share: float | None
    estimated: bool
    unit: str
    assumed: str


class PowerOfFamily(FamilyPower):
    """A family, and what would decide its open cells."""

    unit: str
    cures: list[CureInWords]


class PowerOfCell(InSetting):
    """A row of :func:`cohear.analysis.looking.power.power_table`."""

    task: str
    combination: str
    gain: float | None
    error: float | None
    repeats: int
    verdict: str
    smallest: float | None
    smallest_in_family: float | None
    more_repeats: float | None
    share_measured: bool
    share_assumed: str
    way: str
    unit: str


class Power(TypedDict):
    """Variance parts, families and cells, in the unit of the scores, which each row names.

    ``fractions``: whether all figures are shares, which are shown as points. ``nll``: the same of the second primary
    score; None where no run has it.
    """

    fractions: bool
    parts: list[SpreadParts]
    families: list[PowerOfFamily]
    cells: list[PowerOfCell]
    nll: Power | None


def power(findings: Findings) -> Power:
    """Variance parts, families and cells; the keys are always there.

    Args:
        findings: of the study.

    Raises:
        UserError: the results cannot be compared.
    """
    statistics = findings.statistics
    of_loss = statistics.log_loss
    parts = cast(list[SpreadParts], json_rows(statistics.spread))
    cells = cast(list[PowerOfCell], json_rows(statistics.power))
    return {
        "fractions": statistics.unit_over(statistics.pairs).points,
        "parts": [
            {**part, "unit": _unit(statistics, part, part["task"]), "assumed": _assumed(statistics, part)}
            for part in parts
        ],
        "families": [
            {**family, "unit": _unit(statistics, family), "cures": _cures(findings, family)}
            for family in statistics.families
        ],
        "cells": [{**cell, "unit": _unit(statistics, cell, cell["task"])} for cell in cells],
        "nll": None if of_loss is None else power(Findings(of_loss)),
    }


def in_few_words(cell: PowerOfCell) -> str:
    """What would decide a cell, for a column; empty where it is decided."""
    if not cell["way"]:
        return ""
    if cell["error"] is None:
        return NONE
    shown = {
        "fewest": f"at least {FEWEST_REPEATS - cell['repeats']:.0f}",
        "looks": "goes on",
        "clips": "none",
        "repeats": f"{cell['more_repeats'] or 0:.0f}",
    }
    return shown.get(cell["way"], "not known")


def _unit(statistics: Statistics, row: InSetting, task: str = "") -> str:
    """Of a task's figures, or of those of all tasks of a setting."""
    here = in_setting(statistics.pairs, setting_of(row))
    return statistics.unit_over(here[here["task"] == task] if task else here).name


def _assumed(statistics: Statistics, part: SpreadParts) -> str:
    """Why it is assumed for cells of a task, or for most cells of a setting."""
    cells = in_setting(statistics.power, setting_of(part))
    pairs = of_pairs(cells)
    cells = pairs if len(pairs) else cells
    reasons = (cells[cells["task"] == part["task"]] if part["task"] else cells)["share_assumed"]
    return str(reasons.mode().iloc[0]) if len(reasons) else ""


def _cures(findings: Findings, family: FamilyPower) -> list[CureInWords]:
    code = "open-cells" if family["cells"] == "pairs" else "open-group-cells"
    found = findings.of(code, setting_of(family))
    return [cure.to_json() for cure in found.settles] if found else []
