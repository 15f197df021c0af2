"""Whether related tasks are the best partners, at each label budget: what they are about, or chance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from cohear.analysis.answers.related_partners import RelatedBest, related_partners
from cohear.analysis.statistics import Statistics
from cohear.base.counting import counted
from cohear.base.tables import GAINS_NLL_CSV
from cohear.findings.figures import probability
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, StudyQuestion
from cohear.findings.pairs import of_pairs
from cohear.findings.sentences import setting_name
from cohear.findings.typed_figures import TypedFigures
from cohear.findings.words import Name, Words, joined, words


@dataclass(frozen=True)
class RelatedBestFigures(TypedFigures):
    """What is found, a line a setting.

    Attributes:
        own: by gains in the tasks' own metrics.
        log_loss: by gains in calibrated log loss; none where there are none.
    """

    own: Sequence[RelatedBest]
    log_loss: Sequence[RelatedBest]


class RelatedPartners(Kind):
    """How often a related partner is a task's best, of the whole study."""

    code: ClassVar[str] = "related-best"
    question: ClassVar[StudyQuestion] = "improve"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, where tasks had partners that are related, as the study file says, and others."""
        own = _found(statistics, statistics)
        if not own:
            return
        losses = [] if statistics.log_loss is None else _found(statistics, statistics.log_loss)
        yield StudyFinding(
            code=self.code,
            figures=RelatedBestFigures(own, losses),
            rows=(TableRows("gains.csv"), *([TableRows(GAINS_NLL_CSV.file)] if losses else [])),
        )

    def said(self, finding: StudyFinding) -> Said:
        """A sentence a setting; settings are named where there are several."""
        figures = RelatedBestFigures.of(finding)
        losses = {_setting(line): line for line in figures.log_loss}
        several = len(figures.own) > 1
        begin = words(
            "Are related tasks the better partners? Counted is the partner with the highest mean gain, sure or not; p "
            "is as if tasks were independent."
        )
        lines = [_told(line, losses.get(_setting(line)), several=several) for line in figures.own]
        return Said(joined([begin, *lines]))


def _found(statistics: Statistics, scored: Statistics) -> list[RelatedBest]:
    """By the gains of a score, of tasks that are learnt beside tasks that are."""
    return related_partners(statistics.advisable(of_pairs(scored.gains)), statistics.is_related)


def _setting(line: RelatedBest) -> tuple[str, str, str]:
    return line["features"], line["encoder"], line["arm"]


def _told(line: RelatedBest, loss: RelatedBest | None, *, several: bool) -> Words:
    where = words("In ", Name(setting_name(_setting(line))), " a") if several else words("A")
    own = f" related partner is the best for {line['related']} of {counted(line['tasks'], 'task')} ({_chance(line)})"
    by_loss = "" if loss is None else f", by log loss for {loss['related']} of {loss['tasks']} ({_chance(loss)})"
    return words(where, f"{own}{by_loss}.")


def _chance(line: RelatedBest) -> str:
    return f"by chance {line['chance']:.1f}; p {probability(line['p'])}"


FINDINGS.register(RelatedPartners.code)(RelatedPartners())
