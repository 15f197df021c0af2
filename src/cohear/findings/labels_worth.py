"""What partners are worth in own labels, where tasks were trained at several label budgets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from cohear.analysis.answers.label_worth import LabelWorth
from cohear.analysis.statistics import Statistics
from cohear.base.counting import counted
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, StudyQuestion
from cohear.findings.typed_figures import TypedFigures
from cohear.findings.words import Name, Words, joined, words

MOST = 3
"""Partners that a sentence names; the table in ``answers --json`` has all."""


@dataclass(frozen=True)
class LabelsWorthFigures(TypedFigures):
    """Partners by what they are worth.

    Attributes:
        partners: pairs of a task and a partner that can be told.
        surely: how many are worth labels, and ``harmful`` how many cost some, beyond chance.
        best: of those worth most, the most first.
    """

    partners: int
    surely: int
    harmful: int
    best: Sequence[LabelWorth]


class LabelsWorth(Kind):
    """The exchange rate of own labels and partners, of the whole study."""

    code: ClassVar[str] = "labels-worth"
    question: ClassVar[StudyQuestion] = "improve"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, where tasks were trained at enough budgets."""
        told = [
            line
            for line in statistics.label_worth
            if line["worth"] is not None
            and all(
                statistics.is_learnt_at_a_budget(name, line["features"], line["encoder"])
                for name in (line["task"], line["partner"])
            )
        ]
        if not told:
            return
        surely = [line for line in told if line["low"] is not None and line["low"] > 0]
        harmful = [line for line in told if line["high"] is not None and line["high"] < 0]
        best = sorted(surely, key=lambda line: -(line["worth"] or 0.0) / max(line["own_clips"], 1))
        yield StudyFinding(
            code=self.code,
            sureness="sure" if surely or harmful else "open",
            figures=LabelsWorthFigures(len(told), len(surely), len(harmful), best[:MOST]),
            rows=(TableRows("results.csv"),),
        )

    def said(self, finding: StudyFinding) -> Said:
        """How many partners are worth labels, and the best of them."""
        figures = LabelsWorthFigures.of(finding)
        tally = (
            f"Of {counted(figures.partners, 'partner')} at several label budgets {figures.surely} surely "
            f"{'does' if figures.surely == 1 else 'do'} what more own labels would, and {figures.harmful} surely "
            f"{'costs' if figures.harmful == 1 else 'cost'} labels."
        )
        return Said(joined([words(tally), *map(_line, figures.best)]))


def _line(line: LabelWorth) -> Words:
    within = f" ({line['low']:.0f} to {line['high']:.0f})"
    return words(
        Name(line["partner"]),
        f" with its {counted(line['clips'], 'clip')} is worth {line['worth']:.0f}{within} own clips to ",
        Name(line["task"]),
        f", which has {line['own_clips']}.",
    )


FINDINGS.register(LabelsWorth.code)(LabelsWorth())
