"""How many of its steps a task takes beside partners to the score that it has alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from cohear.analysis.answers.speed import SHARE
from cohear.analysis.statistics import Statistics
from cohear.base.counting import counted
from cohear.findings.figures import share
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, StudyQuestion
from cohear.findings.words import words


class LearningSpeed(Kind):
    """The median over cells whose learning curves tell."""

    code: ClassVar[str] = "learning-speed"
    question: ClassVar[StudyQuestion] = "savings"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, of the whole study, where curves tell."""
        ratios = statistics.speed["ratio"].dropna()
        if len(ratios):
            figures = {"cells": len(ratios), "ratio": float(ratios.median())}
            yield StudyFinding(code=self.code, figures=figures, rows=(TableRows("curve.csv"),))

    def said(self, finding: StudyFinding) -> Said:
        """The share of the steps."""
        figures = finding.figures
        return Said(
            words(
                f"At the median of {counted(figures['cells'], 'cell')} a task takes {share(figures['ratio'])} of the "
                f"steps of its single run to {share(SHARE)} of that run's score on validation."
            )
        )


FINDINGS.register(LearningSpeed.code)(LearningSpeed())
