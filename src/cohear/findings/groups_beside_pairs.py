"""Whether larger groups do what their pairs foretell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

import pandas as pd

from cohear.analysis.answers.combining import beside_pairs
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.in_setting import in_setting
from cohear.base.counting import counted
from cohear.base.setting import Setting
from cohear.findings.figures import are
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, StudyQuestion
from cohear.findings.missing import Missing
from cohear.findings.pairs import settings_in
from cohear.findings.words import words

WORSE = "surely worse than foretold"
"""What is said of a group cell, where there is room for a few words; of others :data:`verdict_words.WITHIN`."""


class GroupsBesidePairs(Kind):
    """Group cells that are surely worse than the mean of their pairs, of those that can be held against it."""

    code: ClassVar[str] = "groups-beside-pairs"
    question: ClassVar[StudyQuestion] = "combining"
    lacks: ClassVar[Mapping[str, Missing]] = {
        "pairs": Missing("No group can be held against its pairs, which were not all measured."),
        "errors": Missing("No group can be held against its pairs: how sure their gains are is not known."),
    }

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """Of the whole study, and of every setting with larger groups."""
        table = statistics.foretold
        if table.empty:
            return
        broken = pd.DataFrame(list(statistics.breaks), columns=list(table.columns[:5]))
        yield self._found(statistics, table, broken)
        for setting in settings_in(table):
            yield self._found(statistics, in_setting(table, setting), in_setting(broken, setting), setting)

    def said(self, finding: StudyFinding) -> Said:
        """How many, and by how much groups differ on average."""
        figures = finding.figures
        off = f"{figures['unit'].signed(figures['mean difference'])} {figures['unit'].name}"
        return Said(
            words(
                f"Of {counted(figures['cells'], 'group cell')} {are(figures['worse'])} surely worse than the mean of "
                f"its pairs foretells; on average a group differs from that by {off}."
            )
        )

    def _found(
        self, statistics: Statistics, table: pd.DataFrame, broken: pd.DataFrame, setting: Setting | None = None
    ) -> StudyFinding:
        held = table[beside_pairs(table)]
        cells = statistics.pairs if setting is None else in_setting(statistics.pairs, setting)
        known = table["mean_of_pairs"].notna() & table["gain"].notna()
        return StudyFinding(
            code=self.code,
            setting=setting,
            sureness="none" if held.empty else "sure" if len(broken) else "open",
            missing="" if len(held) else "errors" if known.any() else "pairs",
            figures={
                "cells": len(held),
                "worse": len(broken),
                "mean difference": float((held["gain"] - held["mean_of_pairs"]).mean()),
                "unit": statistics.unit_over(cells),
            },
            rows=(TableRows("gains.csv"),),
        )


FINDINGS.register(GroupsBesidePairs.code)(GroupsBesidePairs())
