"""The contract of every check of the audit, as tests to inherit.

::

    class TestMine(CheckContract):
        def make(self) -> Check:
            return Mine()

        def faulty(self, folder: Path) -> Evidence:
            '''Evidence with a fault that the check finds; files go into the folder.'''
"""

from abc import ABC, abstractmethod
from pathlib import Path

from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.evidence import Evidence
from cohear.data.audit.finding import SEVERITIES, AuditFinding


class CheckContract(ABC):
    """What must hold for a check; pytest runs it for each subclass whose name begins with ``Test``."""

    @abstractmethod
    def make(self) -> Check:
        """A check to test."""

    @abstractmethod
    def faulty(self, folder: Path) -> Evidence:
        """Evidence in which the check finds something."""

    def found(self, folder: Path) -> list[AuditFinding]:
        """The findings on the faulty evidence."""
        return list(self.make().find(self.faulty(folder)))

    def test_is_registered(self) -> None:
        """Once, so that the command runs it."""
        assert [name for name in CHECKS if isinstance(CHECKS[name], type(self.make()))]

    def test_codes_are_told(self) -> None:
        """Names in kebab-case, severities from the worst down, a meaning and a cure that are sentences."""
        for code in self.make().codes:
            assert code.name == code.name.lower()
            assert code.name.replace("-", "").isalpha()
            assert code.severities == tuple(name for name in SEVERITIES if name in code.severities)
            assert code.meaning.endswith(".")
            assert code.cure.endswith(".")

    def test_names_are_its_own(self) -> None:
        """No other check has a code of the same name."""
        others = [CHECKS[name] for name in CHECKS if not isinstance(CHECKS[name], type(self.make()))]
        taken = {code.name for check in others for code in check.codes}
        assert not taken & {code.name for code in self.make().codes}

    def test_finds_its_codes_alone(self, tmp_path: Path) -> None:
        """Each finding has a code of the check, one of its severities, a sentence, and the code's cure."""
        codes = {code.name: code for code in self.make().codes}
        found = self.found(tmp_path)
        assert found
        for finding in found:
            assert finding.severity in codes[finding.code].severities
            assert finding.cure == codes[finding.code].cure
            assert finding.sentence
            assert "\n" not in finding.sentence

    def test_clips_are_in_the_data(self, tmp_path: Path) -> None:
        """Every clip of a finding is one of its dataset's, once."""
        evidence = self.faulty(tmp_path)
        known = {(name, clip) for name, data in evidence.datasets.items() for clip in data.ids}
        known |= {(name, clip.name) for name, clips in evidence.bad.items() for clip in clips}
        for finding in self.make().find(evidence):
            assert set(finding.clips) <= known
            assert len(set(finding.clips)) == len(finding.clips)

    def test_again_gives_the_same(self, tmp_path: Path) -> None:
        """Nothing depends on the order of a set or on unkeyed randomness."""
        evidence = self.faulty(tmp_path)
        one, two = ([finding.to_json() for finding in self.make().find(evidence)] for _ in range(2))
        assert one == two

    def test_no_data_no_finding(self) -> None:
        """A study of which nothing can be read is no crash."""
        assert list(self.make().find(Evidence(datasets={}, bad={}, tasks=[], folds={}))) == []
