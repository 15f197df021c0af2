"""Which effects of partners are sure, and which pairs help each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import pandas as pd

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.in_setting import in_setting
from cohear.base.counting import counted
from cohear.base.setting import Setting
from cohear.findings.figures import Estimate
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, Section, StudyQuestion
from cohear.findings.missing import NO_PAIR, Compare, Missing
from cohear.findings.pairs import named, of_pairs, partner_of, settings_in
from cohear.findings.typed_figures import TypedFigures
from cohear.findings.verdict_words import when_decided
from cohear.findings.words import Name, joined, names, words

MOST = 3
"""Pairs that are named."""


class SurePartners(NamedTuple):
    """Cells in which a partner surely helps, or those in which it surely hurts.

    Attributes:
        title: what they are.
        cells: task and combination of each, the largest effect first.
        none: what is said where there is none.
    """

    title: str
    cells: tuple[tuple[str, str], ...]
    none: str


@dataclass(frozen=True)
class LargestGain:
    """Of a task that a partner surely helps."""

    task: str
    beside: str
    gain: Estimate


@dataclass(frozen=True)
class SureFigures(TypedFigures):
    """What is sure of the effects of partners in a setting.

    Attributes:
        effects: that there are.
        helps, hurts: how many are sure gains, and sure losses.
        helped, hurt: names of these cells, the largest effect first.
        most: the largest sure gain of learnt tasks, if there is one.
        mutual: pairs of learnt tasks whose both are surely helped.
    """

    effects: int
    helps: int
    hurts: int
    helped: Sequence[Mapping[str, str]]
    hurt: Sequence[Mapping[str, str]]
    most: LargestGain | None
    mutual: Sequence[Sequence[str]]


class SureEffects(Kind):
    """Sure helps and harms of pairs, the largest help, and who helps each other."""

    code: ClassVar[str] = "sure-effects"
    question: ClassVar[StudyQuestion] = "improve"
    part: ClassVar[Section] = "page"
    lacks: ClassVar[Mapping[str, Missing]] = {"pairs": NO_PAIR}

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One a setting with pairs."""
        pairs = of_pairs(statistics.gains)
        if pairs.empty:
            yield StudyFinding(code=self.code, missing="pairs", settles=(Compare(),))
        for setting in settings_in(pairs):
            yield _found(in_setting(pairs, setting), setting, statistics)

    def said(self, finding: StudyFinding) -> Said:
        """Counts, the largest, and the mutual ones."""
        figures = SureFigures.of(finding)
        effects = counted(figures.effects, "effect")
        if finding.sureness == "open":
            return Said(words(f"Of {effects} not one is sure yet."))
        helps, hurts = counted(figures.helps, "sure help"), counted(figures.hurts, "sure harm")
        sentences = [words(f"{helps} and {hurts} among {effects}.")]
        if most := figures.most:
            when = when_decided("helps", most.gain.low, most.gain.high)
            figure = ", ".join(filter(None, (str(most.gain), when)))
            sentences.append(words(Name(most.task), " gains most, beside ", Name(most.beside), f": {figure}."))
        if figures.mutual:
            pairs = joined([names(pair) for pair in figures.mutual[:MOST]], "; ")
            sentences.append(words("They help each other: ", pairs, "."))
        return Said(joined(sentences))


def sure_partners(finding: StudyFinding) -> tuple[SurePartners, ...]:
    """The two lists of a setting."""
    figures = SureFigures.of(finding)
    helped, hurt = (
        tuple((cell["task"], cell["combination"]) for cell in cells) for cells in (figures.helped, figures.hurt)
    )
    return (
        SurePartners("Helps", helped, "No partner is shown to help."),
        SurePartners("Hurts", hurt, "No partner is shown to hurt."),
    )


def _found(pairs: pd.DataFrame, setting: Setting, statistics: Statistics) -> StudyFinding:
    helped = pairs[pairs["verdict"] == "helps"].sort_values("gain", ascending=False)
    hurt = pairs[pairs["verdict"] == "hurts"].sort_values("gain")
    learnt = statistics.advisable(helped)
    both = learnt[learnt["combination"].duplicated()]["combination"]
    most = None
    if len(learnt):
        row = learnt.iloc[0]
        gain = Estimate.of(row["gain"], row["low"], row["high"], statistics.units[str(row["metric"])])
        most = LargestGain(str(row["task"]), partner_of(row["task"], row["combination"]), gain)
    gained, lost = named(helped), named(hurt)
    return StudyFinding(
        code=SureEffects.code,
        setting=setting,
        sureness="sure" if gained or lost else "open",
        figures=SureFigures(
            effects=len(pairs),
            helps=len(helped),
            hurts=len(hurt),
            helped=gained,
            hurt=lost,
            most=most,
            mutual=[name.split("+") for name in sorted(both)],
        ),
        rows=(TableRows("gains.csv", (*gained, *lost)),),
    )


FINDINGS.register(SureEffects.code)(SureEffects())
