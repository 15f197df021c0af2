"""All findings of a study, each kind looked for once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cohear.analysis.statistics import Statistics
from cohear.base.setting import Setting
from cohear.findings.finding import StudyFinding
from cohear.findings.kind import FINDINGS, Said, StudyQuestion
from cohear.findings.words import Words, joined, words


class Findings:
    """What a study's statistics say.

    Args:
        statistics: of the study.
    """

    def __init__(self, statistics: Statistics) -> None:
        self.statistics = statistics
        self._found: dict[str, list[StudyFinding]] = {}

    def all(self, code: str) -> list[StudyFinding]:
        """Every finding of a kind."""
        if code not in self._found:
            self._found[code] = list(FINDINGS[code].find(self.statistics))
        return self._found[code]

    def of(self, code: str, setting: Setting | None = None) -> StudyFinding | None:
        """The one of a kind on a setting, or on the whole study."""
        return next((finding for finding in self.all(code) if finding.setting == setting), None)

    def on_setting(self, code: str, setting: Setting) -> StudyFinding:
        """The one of a kind that every setting with ordinary runs has."""
        return next(finding for finding in self.all(code) if finding.setting == setting)

    def missing(self, codes: Iterable[str]) -> Words:
        """Why there is nothing to show of some kinds, and what would change that."""
        return missing_of(finding for code in codes for finding in self.all(code))

    def on(self, question: StudyQuestion) -> Iterator[StudyFinding]:
        """What concerns a question, in the order of the kinds."""
        return (finding for code in FINDINGS if FINDINGS[code].question == question for finding in self.all(code))


def said(finding: StudyFinding) -> Said:
    """The words of a finding, or of why there is nothing to tell; without those of its cures."""
    kind = FINDINGS[finding.code]
    if not finding.missing:
        return kind.said(finding)
    lack = kind.lacks[finding.missing]
    return Said(words(lack.text), words(lack.head))


def missing_of(findings: Iterable[StudyFinding]) -> Words:
    """Why there is nothing to show of some findings, and what would change that; each reason once."""
    return joined(dict.fromkeys(_missing(finding) for finding in findings if finding.missing))


def _missing(finding: StudyFinding) -> Words:
    parts = said(finding)
    return joined([parts.text or parts.head, cure_words(finding)])


def cure_words(finding: StudyFinding) -> Words:
    """What would settle what is open of it."""
    return joined(cure.words for cure in finding.settles)


def in_full(finding: StudyFinding) -> Words:
    """All words of a finding but what would settle it: for where it stands alone."""
    parts = said(finding)
    return joined([parts.head, parts.text, *(joined([what, more]) for what, more in parts.details), parts.aside])


def with_cures(finding: StudyFinding) -> Words:
    """All that a finding says, its cures last."""
    return joined([said(finding).text, cure_words(finding)])
