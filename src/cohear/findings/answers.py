"""The thesis' question and its parts, answered in figures from a study's statistics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, cast

from cohear.analysis.answers.best_singles import BestSingle
from cohear.analysis.answers.combining import Break, Foretelling, GainOfSize
from cohear.analysis.answers.correlates import Correlate
from cohear.analysis.answers.groupings import UnbeatenGrouping
from cohear.analysis.answers.label_worth import LabelWorth
from cohear.analysis.answers.larger_encoders import EncoderChange
from cohear.analysis.answers.persistence import SettingsAgreement
from cohear.analysis.looking.power import FamilyPower
from cohear.analysis.statistics import Statistics
from cohear.base.setting import InSetting
from cohear.findings.caveats import notes
from cohear.findings.finding import FindingInWords
from cohear.findings.kind import FINDINGS, QUESTIONS, StudyQuestion
from cohear.findings.not_learnt import unlearnt_in
from cohear.findings.pairs import VerdictsOfPairs, counts, of_pairs
from cohear.findings.study_findings import Findings, cure_words, said, with_cures
from cohear.findings.tables import JsonRow, json_rows
from cohear.findings.words import Words, joined


class Answered(TypedDict):
    """A question's answer (a sentence with figures), what would change it, and the findings on it."""

    answer: str
    would_change: str
    findings: list[FindingInWords]


class DecidedCell(InSetting):
    """A cell that helps or hurts: these and the other columns of ``gains.csv``, with what they are counted in.

    ``not_learnt`` are the tasks of its combination that are not: what it says is no advice then.
    """

    task: str
    combination: str
    gain: float
    low: float | None
    high: float | None
    verdict: str
    explanation: str
    unit: str
    not_learnt: list[str]


class ByRelation(TypedDict):
    """Pairs whose tasks are related by what they are about, the others, and all."""

    related: VerdictsOfPairs
    unrelated: VerdictsOfPairs
    all: VerdictsOfPairs


class Improving(TypedDict):
    """Tables of which tasks improve each other."""

    counts: ByRelation
    decided: list[DecidedCell]
    singles: Sequence[BestSingle]
    controls: list[JsonRow]
    labels: Sequence[LabelWorth]
    power: Sequence[FamilyPower]


class Combining(TypedDict):
    """Tables of how many can be combined."""

    sizes: Sequence[GainOfSize]
    encoders: Sequence[EncoderChange]
    foretelling: Sequence[Foretelling]
    breaks: Sequence[Break]


class Saving(TypedDict):
    """Tables of what sharing saves."""

    costs: list[JsonRow]
    speed: list[JsonRow]
    groupings: Sequence[UnbeatenGrouping]


class ImproveAnswer(Answered, Improving):
    """Which tasks improve each other."""


class MeasurementsAnswer(Answered):
    """Which measurements go with it."""

    correlations: Sequence[Correlate]


class PersistenceAnswer(Answered):
    """Whether it persists with another classifier."""

    agreements: Sequence[SettingsAgreement]


class CombiningAnswer(Answered, Combining):
    """How many can be combined."""


class SavingsAnswer(Answered, Saving):
    """What sharing saves."""


class Answers(TypedDict):
    """All answers; tables are empty where nothing was measured."""

    summary: str
    improve: ImproveAnswer
    measurements: MeasurementsAnswer
    persistence: PersistenceAnswer
    combining: CombiningAnswer
    savings: SavingsAnswer
    caveats: list[str]


def answers(findings: Findings) -> Answers:
    """All answers, a JSON object.

    Args:
        findings: of the study.

    Raises:
        UserError: the results cannot be compared.
    """
    statistics = findings.statistics
    parts: Answers = {
        "summary": "",
        "improve": {**_told(findings, "improve"), **_improve(statistics)},
        "measurements": {**_told(findings, "measurements"), "correlations": list(statistics.correlations)},
        "persistence": {**_told(findings, "persistence"), "agreements": list(statistics.agreements)},
        "combining": {**_told(findings, "combining"), **_combining(statistics)},
        "savings": {**_told(findings, "savings"), **_savings(statistics)},
        "caveats": notes(findings),
    }
    summary = " ".join(parts[question]["answer"] for question in QUESTIONS if parts[question]["answer"])
    return {**parts, "summary": summary}


def answer_to(findings: Findings, question: StudyQuestion) -> tuple[Words, Words]:
    """What the findings on a question say of the whole study, and what would change it."""
    whole = [finding for finding in findings.on(question) if finding.setting is None]
    answer = [finding for finding in whole if FINDINGS[finding.code].part == "answer"]
    change = [with_cures(finding) for finding in whole if FINDINGS[finding.code].part == "change"]
    change += [joined([cure_words(finding), said(finding).aside]) for finding in answer]
    return joined(said(finding).text for finding in answer), joined(change)


def _told(findings: Findings, question: StudyQuestion) -> Answered:
    answer, change = answer_to(findings, question)
    every: list[FindingInWords] = [
        {**finding.to_json(), "words": with_cures(finding).plain} for finding in findings.on(question)
    ]
    return {"answer": answer.plain, "would_change": change.plain, "findings": every}


def _improve(statistics: Statistics) -> Improving:
    pairs = of_pairs(statistics.gains)
    related = pairs["combination"].map(statistics.is_related).astype(bool)
    told_apart = bool(statistics.related)
    decided = pairs[pairs["verdict"].isin(["helps", "hurts"])].sort_values("gain", ascending=False)
    return {
        "counts": {
            "related": counts(pairs[related & told_apart], statistics),
            "unrelated": counts(pairs[~related & told_apart], statistics),
            "all": counts(pairs, statistics),
        },
        "decided": [_decided(row, statistics) for row in json_rows(decided)],
        "singles": list(statistics.best_singles.values()),
        "controls": json_rows(statistics.contrasts),
        "labels": list(statistics.label_worth),
        "power": list(statistics.families),
    }


def _decided(row: JsonRow, statistics: Statistics) -> DecidedCell:
    setting = (str(row["features"]), str(row["encoder"]), str(row["arm"]))
    unlearnt = unlearnt_in(statistics, setting, str(row["combination"]))
    unit = statistics.units[str(row["metric"])].name
    return cast(DecidedCell, {**row, "unit": unit, "not_learnt": unlearnt})


def _combining(statistics: Statistics) -> Combining:
    return {
        "sizes": list(statistics.sizes),
        "encoders": list(statistics.encoders),
        "foretelling": list(statistics.foretelling),
        "breaks": list(statistics.breaks),
    }


def _savings(statistics: Statistics) -> Saving:
    return {
        "costs": json_rows(statistics.costs),
        "speed": json_rows(statistics.speed),
        "groupings": list(statistics.groupings),
    }
