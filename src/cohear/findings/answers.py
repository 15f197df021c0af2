"""The thesis' question and its parts, answered in figures from a study's statistics."""

from typing import Any

from cohear.analysis.statistics import Statistics
from cohear.findings.caveats import notes
from cohear.findings.kind import FINDINGS, QUESTIONS, StudyQuestion
from cohear.findings.pairs import counts, of_pairs
from cohear.findings.study_findings import Findings, cure_words, said, told
from cohear.findings.tables import json_rows
from cohear.findings.words import Words, joined


def answers(findings: Findings) -> dict[str, Any]:
    """All answers.

    Args:
        findings: of the study.

    Returns:
        A JSON object, always with the keys ``summary``, ``improve``, ``measurements``, ``persistence``, ``combining``,
        ``savings`` and ``caveats``. Each of the five in the middle is an object with ``answer`` (a sentence with
        figures), ``would_change`` (what would change it), its ``findings`` and its tables, empty where nothing was
        measured.

    Raises:
        UserError: the results cannot be compared.
    """
    statistics = findings.statistics
    tables = {
        "improve": _improve(statistics),
        "measurements": {"correlations": [dict(line) for line in statistics.correlations]},
        "persistence": {"agreements": [dict(one) for one in statistics.agreements]},
        "combining": _combining(statistics),
        "savings": _savings(statistics),
    }
    parts: dict[str, Any] = {question: {**_told(findings, question), **tables[question]} for question in QUESTIONS}
    summary = " ".join(part["answer"] for part in parts.values() if part["answer"])
    return {"summary": summary, **parts, "caveats": notes(findings)}


def answer_to(findings: Findings, question: StudyQuestion) -> tuple[Words, Words]:
    """What the findings on a question say of the whole study, and what would change it."""
    whole = [finding for finding in findings.on(question) if finding.setting is None]
    answer = [finding for finding in whole if FINDINGS[finding.code].part == "answer"]
    change = [told(finding) for finding in whole if FINDINGS[finding.code].part == "change"]
    change += [joined([cure_words(finding), said(finding).aside]) for finding in answer]
    return joined(said(finding).text for finding in answer), joined(change)


def _told(findings: Findings, question: StudyQuestion) -> dict[str, Any]:
    answer, change = answer_to(findings, question)
    every = [{**finding.to_json(), "words": told(finding).plain} for finding in findings.on(question)]
    return {"answer": answer.plain, "would_change": change.plain, "findings": every}


def _improve(statistics: Statistics) -> dict[str, Any]:
    pairs = of_pairs(statistics.gains)
    related = pairs["combination"].map(statistics.is_related).astype(bool)
    told_apart = bool(statistics.related)
    decided = pairs[pairs["verdict"].isin(["helps", "hurts"])].sort_values("gain", ascending=False)
    return {
        "counts": {
            "related": counts(pairs[related & told_apart]),
            "unrelated": counts(pairs[~related & told_apart]),
            "all": counts(pairs),
        },
        "decided": [{**row, "unit": statistics.units[row["metric"]].name} for row in json_rows(decided)],
        "controls": json_rows(statistics.contrasts),
        "power": [dict(family) for family in statistics.families],
    }


def _combining(statistics: Statistics) -> dict[str, Any]:
    return {
        "sizes": [dict(line) for line in statistics.sizes],
        "encoders": [dict(line) for line in statistics.encoders],
        "foretelling": [dict(line) for line in statistics.foretelling],
        "breaks": [dict(line) for line in statistics.breaks],
    }


def _savings(statistics: Statistics) -> dict[str, Any]:
    return {
        "costs": json_rows(statistics.costs),
        "speed": json_rows(statistics.speed),
        "groupings": [dict(line) for line in statistics.groupings],
    }
