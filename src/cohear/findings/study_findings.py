"""All findings of a study, each kind looked for once."""

from __future__ import annotations

from collections.abc import Iterator

from cohear.analysis.statistics import Statistics
from cohear.base.setting import Setting
from cohear.findings.finding import StudyFinding
from cohear.findings.kind import FINDINGS, Said, StudyQuestion
from cohear.findings.words import Words, joined


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

    def on(self, question: StudyQuestion) -> Iterator[StudyFinding]:
        """What concerns a question, in the order of the kinds."""
        return (finding for code in FINDINGS if FINDINGS[code].question == question for finding in self.all(code))


def said(finding: StudyFinding) -> Said:
    """The words of a finding, without those of its cures."""
    return FINDINGS[finding.code].said(finding)


def cure_words(finding: StudyFinding) -> Words:
    """What would settle what is open of it."""
    return joined(cure.words for cure in finding.settles)


def in_full(finding: StudyFinding) -> Words:
    """All words of a finding but what would settle it: for where it stands alone."""
    parts = said(finding)
    return joined([parts.head, parts.text, *(joined([what, more]) for what, more in parts.details), parts.aside])


def told(finding: StudyFinding) -> Words:
    """All that a finding says, its cures last."""
    return joined([said(finding).text, cure_words(finding)])
