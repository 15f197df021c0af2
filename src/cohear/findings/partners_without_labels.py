"""What tasks without labels are: partners, of which no table has a score."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from cohear.analysis.statistics import Statistics
from cohear.base.counting import counted
from cohear.findings.caveats import Caveat
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Said
from cohear.findings.typed_figures import TypedFigures
from cohear.findings.words import Name, Words, joined, words


@dataclass(frozen=True)
class PartnerWithoutLabels:
    """A task that needs nothing but audio.

    Attributes:
        task: its name.
        does: what is learnt of its audio.
        dataset: that it hears.
        clips: of these, in the middle of the folds.
    """

    task: str
    does: str
    dataset: str
    clips: int


@dataclass(frozen=True)
class PartnersWithoutLabelsFigures(TypedFigures):
    """All of them."""

    partners: list[PartnerWithoutLabels]


class PartnersWithoutLabels(Caveat):
    """That such tasks have no score, and what they hear."""

    code: ClassVar[str] = "partners-without-labels"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, of a study that has such tasks."""
        partners = []
        for name, task in statistics.tables.data.label_free.items():
            heard = sorted(fold.train for fold in task.folds)
            partners.append(
                PartnerWithoutLabels(name, task.without_labels, task.dataset, heard[len(heard) // 2] if heard else 0)
            )
        if partners:
            yield StudyFinding(
                code=self.code, figures=PartnersWithoutLabelsFigures(partners), rows=(TableRows("data.json"),)
            )

    def said(self, finding: StudyFinding) -> Said:
        """What each learns of which clips, and what follows."""
        told = [_told(one) for one in PartnersWithoutLabelsFigures.of(finding).partners]
        return Said(joined([*told, words(_WHAT_OF_IT)]))


def _told(one: PartnerWithoutLabels) -> Words:
    heard = f" {one.does}, of {counted(one.clips, 'clip')} of "
    return words(Name(one.task), heard, Name(one.dataset), " that no task tests or validates on.")


_WHAT_OF_IT = (
    "A task without labels is a partner: what it does to others is in the gains, and of itself there is no score, no "
    "verdict and no network; groupings are of the tasks with labels."
)

FINDINGS.register(PartnersWithoutLabels.code)(PartnersWithoutLabels())
