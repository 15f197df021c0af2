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
        own = related_partners(of_pairs(statistics.gains), statistics.is_related)
        if not own:
            return
        second = statistics.log_loss
        losses = [] if second is None else related_partners(of_pairs(second.gains), statistics.is_related)
        yield StudyFinding(
            code=self.code,
            figures=RelatedBestFigures(own, losses),
            rows=(TableRows("gains.csv"), *([TableRows(GAINS_NLL_CSV)] if losses else [])),
        )

    def said(self, finding: StudyFinding) -> Said:
        """A sentence a setting; settings are named where there are several."""
        figures = RelatedBestFigures.of(finding)
        losses = {_setting(line): line for line in figures.log_loss}
        several = len(figures.own) > 1
        said = [_told(line, losses.get(_setting(line)), several=several) for line in figures.own]
        begin = words("Are related tasks the better partners? Best is who has the highest mean gain, shown or not:")
        return Said(joined([begin, *said]))


def _setting(line: RelatedBest) -> tuple[str, str, str]:
    return line["features"], line["encoder"], line["arm"]


def _told(line: RelatedBest, loss: RelatedBest | None, *, several: bool) -> Words:
    where = words(Name(", ".join(_setting(line))), ": ") if several else words()
    by_loss = "" if loss is None else f", and {loss['related']} by log loss (p {probability(loss['p'])})"
    return words(
        where,
        f"of {counted(line['tasks'], 'task')} {line['related']} have a related one as their best partner (by chance "
        f"{line['chance']:.1f}; p {probability(line['p'])}){by_loss}.",
    )


FINDINGS.register(RelatedPartners.code)(RelatedPartners())
