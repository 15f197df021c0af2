"""What the second primary score, calibrated log loss, says of pairs: it sees smaller effects than a count of hits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.columns import CELL
from cohear.base.counting import counted
from cohear.base.tables import GAINS_NLL_CSV
from cohear.findings.figures import Estimate, are
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, StudyQuestion
from cohear.findings.on_these_clips import HereFigures, here_figures, here_in_words
from cohear.findings.pairs import NO_MEAN_GAIN, counts, of_pairs, of_which_tasks
from cohear.findings.typed_figures import TypedFigures
from cohear.findings.words import words

LOG_LOSS = (
    "calibrated log loss in bits a clip (how far an answer is from being sure and right, at a temperature that was "
    "fitted on other folds)"
)
"""What it is, for people who do not know its name."""


@dataclass(frozen=True)
class SecondScoreFigures(TypedFigures):
    """Verdicts on pairs in log loss, beside those in the tasks' own metrics.

    Attributes:
        cells: in log loss.
        of_learnt: how many of them are of a task that is learnt.
        helps, hurts, harmless, undecided: how many of them are what.
        mean: gain of learnt tasks, with an interval over the tasks.
        decided_here_alone: cells that help or hurt in log loss and are open in the task's metric.
        decided_there_alone: the other way round.
        against: cells that help in one and hurt in the other.
        here: the same on these clips.
    """

    cells: int
    of_learnt: int
    helps: int
    hurts: int
    harmless: int
    undecided: int
    mean: Estimate
    decided_here_alone: int
    decided_there_alone: int
    against: int
    here: HereFigures


class SecondScore(Kind):
    """Verdicts over the cells of pairs in log loss, of the whole study."""

    code: ClassVar[str] = "second-score"
    question: ClassVar[StudyQuestion] = "improve"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, where log losses of pairs can be compared."""
        if statistics.log_loss is None:
            return
        pairs = of_pairs(statistics.log_loss.gains)
        if pairs.empty:
            return
        tally = counts(pairs, statistics.log_loss, statistics)
        both = pairs.merge(of_pairs(statistics.gains), on=list(CELL), suffixes=("", "_own"))
        here, own = _effect(both["verdict"]), _effect(both["verdict_own"])
        figures = SecondScoreFigures(
            cells=tally["cells"],
            of_learnt=tally["of_learnt"],
            helps=tally["helps"],
            hurts=tally["hurts"],
            harmless=tally["harmless"],
            undecided=tally["undecided"],
            mean=Estimate(tally["mean"], tally["low"], tally["high"], statistics.log_loss.unit_over(pairs)),
            decided_here_alone=int((here.ne(0) & both["verdict_own"].eq("undecided")).sum()),
            decided_there_alone=int((own.ne(0) & both["verdict"].eq("undecided")).sum()),
            against=int((here * own < 0).sum()),
            here=here_figures(statistics.log_loss),
        )
        yield StudyFinding(
            code=self.code,
            sureness="sure" if not figures.undecided else "partly" if figures.undecided < figures.cells else "open",
            figures=figures,
            rows=(TableRows(GAINS_NLL_CSV.file),),
        )

    def said(self, finding: StudyFinding) -> Said:
        """Counts, the mean gain, and where the two scores part."""
        figures = SecondScoreFigures.of(finding)
        tally = f"{figures.helps} of {counted(figures.cells, 'cell')} helped, {figures.hurts} hurt"
        average = f"the mean gain{of_which_tasks(figures.cells, figures.of_learnt)} is {figures.mean}"
        told = [
            f"In {LOG_LOSS}, of which a gain is what sharing takes off, {tally}, {are(figures.harmless)} harmless and "
            f"{are(figures.undecided)} undecided; {average if figures.of_learnt else NO_MEAN_GAIN}."
        ]
        if figures.decided_here_alone or figures.decided_there_alone:
            told.append(
                f"Of effects in log loss {are(figures.decided_here_alone)} open in the tasks' own metrics, and of "
                f"effects in these {are(figures.decided_there_alone)} open in log loss."
            )
        if figures.against:
            told.append(
                f"{counted(figures.against, 'cell')} helped in one and hurt in the other: sharing makes answers there "
                "right more often and less well weighed, or the other way round."
            )
        if figures.here.told:
            told.append(here_in_words(figures.here))
        return Said(words(" ".join(told)))


def _effect(verdicts: pd.Series[str]) -> pd.Series[int]:
    """1 where a cell helps, -1 where it hurts, else 0."""
    return verdicts.map({"helps": 1, "hurts": -1}).fillna(0).astype(int)


FINDINGS.register(SecondScore.code)(SecondScore())
