"""What no figure of a study can say: its caveats, a sentence or two each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from cohear.findings.finding import StudyFinding
from cohear.findings.kind import Kind, Section, StudyQuestion
from cohear.findings.study_findings import Findings, cure_words, said
from cohear.findings.words import Name, Words, joined, words

MOST_NAMES = 5
MOST_LEFT_OUT = 5
"""Cells of which it is said that repeats were left out, before the rest is counted."""


class Caveat(Kind):
    """A kind of caveat, of the whole study."""

    question: ClassVar[StudyQuestion] = "caveats"
    part: ClassVar[Section] = "page"


def caveats(findings: Findings) -> list[Words]:
    """All caveats of a study, those of the design of its repeats first."""
    return [sentence for finding in _of_the_study(findings) for sentence in lines_of(finding)]


def notes(findings: Findings) -> list[str]:
    """The same for a terminal: of what was left out a few cells, and how many more there are."""
    sentences: list[str] = []
    for finding in _of_the_study(findings):
        lines = [line.plain for line in lines_of(finding)]
        sentences += lines[:MOST_LEFT_OUT]
        if len(lines) > MOST_LEFT_OUT:
            sentences.append(said(finding).aside.plain)
    return sentences


def _of_the_study(findings: Findings) -> Iterator[StudyFinding]:
    """Those of the whole study; a setting's own are told where it is shown."""
    return (finding for finding in findings.on("caveats") if finding.setting is None)


def lines_of(finding: StudyFinding) -> list[Words]:
    """A caveat, a sentence or two each."""
    parts = said(finding)
    return [line for _, line in parts.details] or [joined([parts.text, cure_words(finding)])]


def some_names(tasks: list[str]) -> Words:
    """The first names, and how many more there are."""
    shown = joined([words(Name(task)) for task in tasks[:MOST_NAMES]], ", ")
    return words(shown, f" and {len(tasks) - MOST_NAMES} more" if len(tasks) > MOST_NAMES else "")
