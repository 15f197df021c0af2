"""What pairs did on the clips at hand, beside the verdicts, which are for new clips."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from cohear.analysis.gains.verdicts import FEWEST_REPEATS
from cohear.analysis.statistics import Statistics
from cohear.base.counting import counted
from cohear.findings.figures import are
from cohear.findings.finding import StudyFinding, Sureness, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, StudyQuestion
from cohear.findings.missing import Missing
from cohear.findings.pairs import of_pairs
from cohear.findings.typed_figures import TypedFigures
from cohear.findings.verdict_counts import how_many
from cohear.findings.verdict_words import FOR_NEW, ON_THESE, OPEN, for_whom
from cohear.findings.words import words


@dataclass(frozen=True)
class HereFigures(TypedFigures):
    """Verdicts on pairs on these clips.

    Attributes:
        cells: of pairs.
        told: of how many of them it can be told.
        helps, hurts, harmless, undecided: how many of these are what.
        one_part: whether any is of a task with one test part, where both readings ask the same.
        open_here_alone: cells that are decided for new clips and open on these.
    """

    cells: int
    told: int
    helps: int
    hurts: int
    harmless: int
    undecided: int
    one_part: bool
    open_here_alone: int


class OnTheseClips(Kind):
    """Verdicts over the cells of pairs with seeds as the sample, of the whole study."""

    code: ClassVar[str] = "on-these-clips"
    question: ClassVar[StudyQuestion] = "improve"
    lacks: ClassVar[Mapping[str, Missing]] = {
        "looks": Missing(
            f"What holds {ON_THESE} alone is not told: repeats stopped where verdicts {FOR_NEW} were decided, "
            "and a test of other seeds that allowed for that would need looks of its own."
        ),
        "repeats": Missing(
            f"What holds {ON_THESE} alone is not told: no pair has {FEWEST_REPEATS} paired repeats.",
        ),
        "seeds": Missing(f"What holds {ON_THESE} alone is not told: no test part has a second seed."),
        "parts": Missing("With one test part the verdicts are those of its clips, and none is for new ones."),
    }

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, where a pair was compared."""
        pairs = of_pairs(statistics.gains)
        if pairs.empty:
            return
        figures = here_figures(statistics)
        sureness: Sureness = "none"
        if figures.told:
            decided = figures.told - figures.undecided
            sureness = "open" if not decided else "partly" if figures.undecided else "sure"
        yield StudyFinding(
            code=self.code,
            sureness=sureness,
            missing=_missing(statistics, pairs, figures),
            figures=figures,
            rows=(TableRows("gains.csv"),),
        )

    def said(self, finding: StudyFinding) -> Said:
        """Counts, and where the two readings part."""
        figures = HereFigures.of(finding)
        told = f"The {for_whom(one_part=figures.one_part)}. {here_in_words(figures)}"
        if figures.open_here_alone:
            told += (
                f" {are(figures.open_here_alone).capitalize()} decided {FOR_NEW} and open on these: each reading has "
                "its own estimate of its error."
            )
        return Said(words(told))


def here_in_words(figures: HereFigures) -> str:
    """The counts, a sentence."""
    some = figures.told < figures.cells
    told = f"of {figures.told:,} of {counted(figures.cells, 'cell')}" if some else f"of {counted(figures.told, 'cell')}"
    others = "; the others have one seed a test part, or too few repeats" if some else ""
    return f"{ON_THESE.capitalize()}, with seeds as the sample, {told} {how_many(figures)}{others}."


def here_figures(statistics: Statistics) -> HereFigures:
    """What the table of gains says of pairs on these clips."""
    pairs = of_pairs(statistics.gains)
    here = pairs["verdict_here"]
    number = here.value_counts()
    open_here = (here == OPEN) & pairs["verdict"].isin(["helps", "hurts"])
    return HereFigures(
        cells=len(pairs),
        told=int((here != "").sum()),
        **{name: int(number.get(name, 0)) for name in ("helps", "hurts", "harmless", "undecided")},
        one_part=not of_pairs(statistics.on_one_part).empty,
        open_here_alone=int(open_here.sum()),
    )


def _missing(statistics: Statistics, pairs: pd.DataFrame, figures: HereFigures) -> str:
    if statistics.design.looks:
        return "looks"
    if (pairs["repeats"] < FEWEST_REPEATS).all():
        return "repeats"
    if len(of_pairs(statistics.on_one_part)) == len(of_pairs(statistics.cells)):
        return "parts"
    return "" if figures.told else "seeds"


FINDINGS.register(OnTheseClips.code)(OnTheseClips())
