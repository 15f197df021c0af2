"""Every check keeps the contract, each on a fault of its own."""

import planted
import pytest

from cohear.data.audit.audit_check import CHECKS
from cohear.data.audit.bandwidth import Bandwidth
from cohear.data.audit.contents import Contents
from cohear.data.audit.cues import Cues
from cohear.data.audit.discrepancy import Discrepancy
from cohear.data.audit.duplicates import Duplicates
from cohear.data.audit.files import Files
from cohear.data.audit.folds import Folds
from cohear.data.audit.groups import Groups
from cohear.data.audit.labels import Labels
from cohear.data.audit.lengths import Lengths
from cohear.data.audit.levels import Levels
from cohear.study.audit import gather
from cohear.study.launch.progress import NoProgress
from cohear.testing.audit_check import CheckContract


class Planted(CheckContract):
    """On the two datasets of ``planted`` with one of its faults."""

    check: type
    fault: str

    def make(self):
        return self.check()

    @pytest.fixture(autouse=True)
    def _made_once(self, clean, cache):
        self.clean, self.cache = clean, cache

    def faulty(self, folder):
        copy = planted.Copy(self.clean, folder)
        planted.FAULTS[self.fault].plant(copy)
        return gather(copy.settings(), cache=self.cache, jobs=1, progress=NoProgress())[0]


class TestBandwidth(Planted):
    check, fault = Bandwidth, "upsampled"


class TestCues(Planted):
    check, fault = Cues, "filled with zeros"


class TestDiscrepancy(Planted):
    check, fault = Discrepancy, "test part low-passed"


class TestDuplicates(Planted):
    check, fault = Duplicates, "copied"


class TestFiles(Planted):
    check, fault = Files, "no audio"


class TestGroups(Planted):
    check, fault = Groups, "group in two folds"


class TestLabels(Planted):
    check, fault = Labels, "spelling"


class TestLengths(Planted):
    check, fault = Lengths, "wrong duration"


class TestLevels(Planted):
    check, fault = Levels, "silent"


class TestContents(Planted):
    check, fault = Contents, "two labels"


class TestFolds(Planted):
    check, fault = Folds, "label of one group"


def test_no_check_is_forgotten():
    tested = {type(test().make()) for test in Planted.__subclasses__()}
    assert tested == {type(CHECKS[name]) for name in CHECKS}
