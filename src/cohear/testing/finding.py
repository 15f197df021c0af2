"""The contract of every kind of finding, as tests to inherit.

::

    class TestMine(FindingContract):
        code = "mine"

        def statistics(self, names: Sequence[str]) -> Statistics:
            return ...  # of a study with these tasks in which it is found
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import pandas as pd

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.base.tables import RESULTS_CSV
from cohear.findings import FINDINGS, Findings, StudyFinding
from cohear.findings.kind import QUESTIONS
from cohear.findings.study_findings import cure_words, in_full

NAMES = ("digit", "keyword", "emotion", "event")
HOSTILE = ("<script>alert(1)</script>", "quote\"'&amp;<b>", "n" * 200, "שלום 🐦 all")


class FindingContract(ABC):
    """What must hold for a kind of finding; pytest runs it for each subclass whose name begins with ``Test``."""

    code: ClassVar[str]
    """In ``FINDINGS``."""

    @abstractmethod
    def statistics(self, names: Sequence[str]) -> Statistics:
        """Of a study with these four tasks in which it is found."""

    def found(self, names: Sequence[str] = NAMES) -> list[StudyFinding]:
        """The findings of the kind in that study."""
        return Findings(self.statistics(names)).all(self.code)

    def test_it_is_found_and_says_something(self) -> None:
        """In words that are whole sentences, with what would settle what is open."""
        kind = FINDINGS[self.code]
        assert kind.code == self.code
        assert kind.question in (*QUESTIONS, "caveats")
        assert self.found()
        for finding in self.found():
            assert finding.code == self.code
            told = in_full(finding).plain or cure_words(finding).plain
            assert told.endswith((".", ")"))
            assert not re.search(r"\b(?:nan|None|unknown)\b|  |\.\.", told)
            assert (finding.sureness == "open") <= bool(finding.settles or finding.figures)

    def test_the_whole_study_comes_first_and_every_setting_once(self) -> None:
        """So that a setting's finding is the one that is asked for."""
        settings = [finding.setting for finding in self.found()]
        own = [setting for setting in settings if setting is not None]
        assert settings == [None] * (len(settings) - len(own)) + own
        assert len(own) == len(set(own))

    def test_it_is_json(self) -> None:
        """With no figure that JSON has no word for."""
        for finding in self.found():
            content = json.loads(json.dumps(finding.to_json(), allow_nan=False))
            assert content["code"] == self.code
            assert all(cure["words"] for cure in content["cures"])

    def test_names_are_text_on_a_page(self) -> None:
        """Whatever they look like."""
        for finding in self.found(HOSTILE):
            for said in (in_full(finding), cure_words(finding)):
                assert not re.search(r"<(?!/?(?:bdi|b|code)>|span class=\"network\">|/span>)", said.html)
                assert "<script>" not in said.html

    def test_a_study_without_runs_has_none_or_says_what_is_missing(self) -> None:
        """It claims nothing."""
        nothing = checked_results(pd.DataFrame(columns=list(RESULTS_CSV.names)))
        for finding in Findings(Statistics.of(GivenTables(nothing))).all(self.code):
            assert finding.missing in FINDINGS[self.code].lacks
            assert finding.sureness == "none"
