"""What is open of the effects of pairs and of larger groups, and what would decide it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

import pandas as pd

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.in_setting import in_setting
from cohear.base.counting import counted
from cohear.base.setting import Setting
from cohear.findings.deciding import cures_of
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, Section, StudyQuestion
from cohear.findings.pairs import of_groups, of_pairs, settings_in
from cohear.findings.words import NOTHING, Words, words


class OpenCells(Kind):
    """The undecided effects of pairs, counted by what would decide them."""

    code: ClassVar[str] = "open-cells"
    question: ClassVar[StudyQuestion] = "improve"
    part: ClassVar[Section] = "change"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """Of the whole study, and of every setting, where a pair was compared."""
        return _open(self.code, of_pairs(statistics.power))

    def said(self, finding: StudyFinding) -> Said:
        """Its cures say what would decide which."""
        if finding.figures["undecided"]:
            return Said(NOTHING, _undecided(finding.figures["undecided"], finding.figures["cells"]))
        return Said(words("Every effect of a pair is decided: more repeats would only narrow the intervals."))


class OpenGroups(Kind):
    """The undecided effects of larger groups, counted by what would decide them."""

    code: ClassVar[str] = "open-group-cells"
    question: ClassVar[StudyQuestion] = "combining"
    part: ClassVar[Section] = "page"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """Of the whole study, and of every setting, where a group was compared."""
        return _open(self.code, of_groups(statistics.power))

    def said(self, finding: StudyFinding) -> Said:
        """Its cures say what would decide which."""
        decided = "Every effect of a larger group is decided: more repeats would only narrow the intervals."
        return Said(NOTHING if finding.figures["undecided"] else words(decided))


def _undecided(number: int, of: int) -> Words:
    """How many effects are."""
    which = f"All {of} effects" if number == of > 1 else f"{number} of {counted(of, 'effect')}"
    return words(f"{which} of pairs {'is' if number == 1 else 'are'} undecided.")


def _open(code: str, cells: pd.DataFrame) -> Iterator[StudyFinding]:
    if len(cells):
        yield _of(code, cells, cells)
    for setting in settings_in(cells):
        yield _of(code, in_setting(cells, setting), None, setting)


def _of(code: str, cells: pd.DataFrame, among: pd.DataFrame | None, setting: Setting | None = None) -> StudyFinding:
    undecided = cells[cells["way"] != ""]
    ways = {str(way): len(rows) for way, rows in undecided.groupby("way", sort=True)}
    return StudyFinding(
        code=code,
        setting=setting,
        sureness="open" if len(undecided) else "sure",
        figures={"cells": len(cells), "undecided": len(undecided), "ways": ways},
        settles=cures_of(cells, among),
        rows=(TableRows("gains.csv"),),
    )


FINDINGS.register(OpenCells.code)(OpenCells())
FINDINGS.register(OpenGroups.code)(OpenGroups())
