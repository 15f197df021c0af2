"""What a kind of finding is. One file each; a new one is a class entered in :data:`FINDINGS`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from cohear.analysis.statistics import Statistics
from cohear.base.registry import Registry
from cohear.findings.finding import StudyFinding
from cohear.findings.missing import Missing
from cohear.findings.words import NOTHING, Words

AnsweredQuestion = Literal["improve", "measurements", "persistence", "combining", "savings"]
StudyQuestion = AnsweredQuestion | Literal["caveats"]
"""What the answers ask; and what no figure can say."""

WHOLE_QUESTION = "When do tasks that learn together improve each other?"
"""What the answers are about, together."""

QUESTIONS: Mapping[AnsweredQuestion, str] = {
    "improve": "Which tasks improve each other?",
    "measurements": "Which measurements go with it?",
    "persistence": "Does it persist with another classifier?",
    "combining": "How many can be combined?",
    "savings": "What does sharing save?",
}
"""The questions that the answers answer, in words."""

Section = Literal["answer", "change", "page"]
"""Whether the answers say it as the answer, as what would change it, or leave it to the page."""


@dataclass(frozen=True)
class Said:
    """A finding in words.

    Attributes:
        text: a sentence or a few; empty where its cures say all.
        head: the same in a few words, for a headline; empty where it has none.
        ask: the question that its cures answer.
        aside: what a reader should mind about it.
        details: more about it, each with a few words before.
    """

    text: Words
    head: Words = NOTHING
    ask: str = "What would decide it?"
    aside: Words = NOTHING
    details: tuple[tuple[str, Words], ...] = ()


class Kind(ABC):
    """A kind of finding: how it is found, and its words. Stateless."""

    code: ClassVar[str]
    """Its name, stable, in kebab-case."""
    question: ClassVar[StudyQuestion]
    part: ClassVar[Section] = "answer"
    lacks: ClassVar[Mapping[str, Missing]] = {}
    """Why it cannot be told, for each reason that a finding gives as :attr:`StudyFinding.missing`."""

    @abstractmethod
    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """What there is of it in a study, of the whole study before any setting.

        One that cannot be told says what is missing; one that the study does not ask for is not there.
        """

    @abstractmethod
    def said(self, finding: StudyFinding) -> Said:
        """Its words where it can be told, of which each medium shows what it has room for.

        Its cures have words of their own, and so has what is missing (:attr:`lacks`).
        """


FINDINGS: Registry[Kind] = Registry("finding")
"""Every kind of finding, in the order in which they are told."""
