"""How the verdicts of a study are made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from cohear.analysis.statistics import Statistics
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, Section, StudyQuestion
from cohear.findings.verdict_words import FOR_NEW, ON_THESE
from cohear.findings.words import NOTHING, Name, Words, joined, words


class VerdictMethod(Kind):
    """The tests behind the verdicts, the looks that they allow for, and what the networks were trained on."""

    code: ClassVar[str] = "verdict-method"
    question: ClassVar[StudyQuestion] = "improve"
    part: ClassVar[Section] = "page"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, of the whole study, where something was compared."""
        if len(statistics.pairs):
            figures = {"looks": list(statistics.design.looks), "devices": list(statistics.tables.data.devices)}
            yield StudyFinding(code=self.code, figures=figures, rows=(TableRows("gains.csv"),))

    def said(self, finding: StudyFinding) -> Said:
        """With their sources."""
        looks = ", ".join(map(str, finding.figures["looks"]))
        stopped = (
            f" The study looked at what was decided after {looks} repeats and stopped where it was: tests and "
            "intervals allow for these looks (Jennison & Turnbull 1989)."
        )
        return Said(words(_METHOD, words(stopped) if looks else NOTHING, _trained_on(finding.figures["devices"])))


def _trained_on(devices: Sequence[str]) -> Words:
    """On which devices; nothing where no run tells it."""
    if not devices:
        return NOTHING
    return words(" Networks were trained on ", joined([words(Name(device)) for device in devices], " and on "), ".")


_METHOD = (
    "Gain: together minus alone, paired on fold and seed, mean over the repeats. The variance keeps folds and seeds "
    "apart; only the part of the folds is corrected for overlapping training sets (Nadeau & Bengio 2003). Variances "
    "are shared among the cells of a family (moderated t, Smyth 2004); a family is all pairs of one front-end, encoder "
    "and arm, larger groups are one of their own. The false discovery rate is kept at 5 % (Benjamini & Hochberg 1995). "
    "Harmless: the loss is smaller than the margin, by a one-sided test under the same rule. "
    f"All this is {FOR_NEW}. {ON_THESE.capitalize()} folds are as they are and seeds alone are a sample: there the "
    "variance is the mean square within test parts over the number of repeats, by the same tests."
)

FINDINGS.register(VerdictMethod.code)(VerdictMethod())
