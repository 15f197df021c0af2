"""What the controls say that effects of partners are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import pandas as pd

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.columns import CELL
from cohear.analysis.tables.in_setting import in_setting
from cohear.base.counting import counted
from cohear.base.setting import Setting
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, StudyQuestion
from cohear.findings.pairs import EXPLANATIONS, settings_in
from cohear.findings.sentences import listed
from cohear.findings.words import words


class ControlExplanations(Kind):
    """Effects that have controls, counted by what explains them."""

    code: ClassVar[str] = "control-explanations"
    question: ClassVar[StudyQuestion] = "improve"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """Of the whole study, and of every setting, where controls were run."""
        cells = controlled(statistics)
        if cells.empty:
            return
        yield _found(cells)
        for setting in settings_in(cells):
            yield _found(in_setting(cells, setting), setting)

    def said(self, finding: StudyFinding) -> Said:
        """What is explained, and what is sure and is not."""
        figures = finding.figures
        ran = f"Controls were run for {counted(figures['effects'], 'effect')} of partners."
        if not figures["sure"]:
            return Said(words(f"{ran} Not one of these is beyond chance: there is nothing to explain yet."))
        explained = [f"{number} {word}" for word, number in figures["explanations"].items()]
        cause = f"Explained: {listed(explained)}." if explained else "They explain none of these."
        unknown = figures["sure"] - sum(figures["explanations"].values())
        left = f" Sure, and not explained: {unknown}." if unknown else ""
        return Said(words(f"{ran} {cause}{left}"))


def controlled(statistics: Statistics) -> pd.DataFrame:
    """Rows of gains that have a control: of the combination, or of the task alone."""
    names = [name for name in CELL if name != "combination"]
    of_cell = {tuple(row) for row in statistics.controls[list(CELL)].itertuples(index=False)}
    alone = statistics.controls[statistics.controls["combination"] == statistics.controls["task"]]
    of_task = {tuple(row) for row in alone[names].itertuples(index=False)}
    gains = statistics.gains
    has = [
        cell in of_cell or task in of_task
        for cell, task in zip(
            gains[list(CELL)].itertuples(index=False, name=None),
            gains[names].itertuples(index=False, name=None),
            strict=True,
        )
    ]
    found: pd.DataFrame = gains[pd.Series(has, index=gains.index, dtype=bool)]
    return found


def _found(cells: pd.DataFrame, setting: Setting | None = None) -> StudyFinding:
    sure = cells[cells["verdict"].isin(["helps", "hurts"])]
    counts = {word: int((sure["explanation"] == word).sum()) for word in EXPLANATIONS}
    return StudyFinding(
        code=ControlExplanations.code,
        setting=setting,
        sureness="sure" if len(sure) else "open",
        figures={
            "effects": len(cells),
            "sure": len(sure),
            "explanations": {word: number for word, number in counts.items() if number},
        },
        rows=(TableRows("gains.csv"), TableRows("controls.csv")),
    )


FINDINGS.register(ControlExplanations.code)(ControlExplanations())
