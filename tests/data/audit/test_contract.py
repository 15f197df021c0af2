"""Every check keeps the contract, each on a fault of its own."""

import planted
import pytest
import tiny
from events import write_event_list
from two_datasets import write_two

from cohear.base.yaml_text import YamlText
from cohear.data.audit.audit_check import CHECKS
from cohear.data.audit.bandwidth import BandwidthCheck
from cohear.data.audit.cells import CellsCheck
from cohear.data.audit.conditions import ConditionsCheck
from cohear.data.audit.contents import ContentsCheck
from cohear.data.audit.cues import CuesCheck
from cohear.data.audit.discrepancy import DiscrepancyCheck
from cohear.data.audit.duplicates import DuplicatesCheck
from cohear.data.audit.events import EventsCheck
from cohear.data.audit.files import FilesCheck
from cohear.data.audit.folds import FoldsCheck
from cohear.data.audit.groups import GroupsCheck
from cohear.data.audit.labels import LabelsCheck
from cohear.data.audit.lengths import LengthsCheck
from cohear.data.audit.levels import LevelsCheck
from cohear.data.audit.numbers import NumbersCheck
from cohear.data.audit.over_datasets import OverDatasetsCheck
from cohear.data.audit.recordings import RecordingsCheck
from cohear.data.audit.spellings import SpellingsCheck
from cohear.data.audit.unused import UnusedCheck
from cohear.study.audit import gather_evidence
from cohear.study.file import check_study
from cohear.study.folder.folder import with_paths_from
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
        return gather_evidence(copy.settings(), cache=self.cache, jobs=1, progress=NoProgress())[0]


class TestBandwidth(Planted):
    check, fault = BandwidthCheck, "upsampled"


class TestConditions(Planted):
    check, fault = ConditionsCheck, "a device of its own"


class TestCues(Planted):
    check, fault = CuesCheck, "filled with zeros"


class TestDiscrepancy(Planted):
    check, fault = DiscrepancyCheck, "test part low-passed"


class TestDuplicates(Planted):
    check, fault = DuplicatesCheck, "copied"


class TestFiles(Planted):
    check, fault = FilesCheck, "no audio"


class TestGroups(Planted):
    check, fault = GroupsCheck, "group in two folds"


class TestLabels(Planted):
    check, fault = LabelsCheck, "spelling"


class TestLengths(Planted):
    check, fault = LengthsCheck, "wrong duration"


class TestLevels(Planted):
    check, fault = LevelsCheck, "silent"


class TestCells(Planted):
    check, fault = CellsCheck, "group unknown"


class TestRecordings(Planted):
    check, fault = RecordingsCheck, "source in two datasets, under other names"


class TestSpellings(Planted):
    check, fault = SpellingsCheck, "group in two ways"


class TestUnused(Planted):
    check, fault = UnusedCheck, "not in the table"


class TestContents(Planted):
    check, fault = ContentsCheck, "two labels"


class TestFolds(Planted):
    check, fault = FoldsCheck, "label of one group"


class TestNumbers(CheckContract):
    """On numbers of which one is far from all others."""

    def make(self):
        return NumbersCheck()

    def faulty(self, folder):
        rows = tiny.write_pitches(folder / "data" / "pitches")
        tiny.write_table(folder / "data" / "pitches", [{**rows[0], "pitch": "440000"}, *rows[1:]])
        task = {"dataset": "pitches", "target": "pitch", "kind": "regression"}
        content = tiny.settings(datasets={"pitches": {"path": "data/pitches"}}, tasks={"pitch": task})
        settings = with_paths_from(check_study(YamlText(content)), folder)
        return gather_evidence(settings, cache=folder / "cache", jobs=1, progress=NoProgress())[0]


class TestEvents(CheckContract):
    """On events of which one ends before it begins, and one lies beyond its clip."""

    def make(self):
        return EventsCheck()

    def faulty(self, folder):
        write_event_list(folder / "data" / "events")
        with (folder / "data" / "events" / "events.csv").open("a") as file:
            file.write("audio/03.wav,0.5,0.2,low\naudio/04.wav,0.5,99,high\n")
        task = {"dataset": "events", "target": "events"}
        networks = {"encoders": ["small"], "features": ["logmel"]}
        content = tiny.settings(datasets={"events": {"path": "data/events"}}, tasks={"when": task}, **networks)
        settings = with_paths_from(check_study(YamlText(content)), folder)
        return gather_evidence(settings, cache=folder / "cache", jobs=1, progress=NoProgress())[0]


class TestOverDatasets(CheckContract):
    """The second dataset is of twice the rate, and has a label of its own."""

    def make(self):
        return OverDatasetsCheck()

    def faulty(self, folder):
        settings = write_two(folder, rate=2 * planted.RATE, labels_there=(0, 2))
        return gather_evidence(settings, cache=folder / "cache", jobs=1, progress=NoProgress())[0]


def test_no_check_is_forgotten():
    tested = {type(test().make()) for test in (*Planted.__subclasses__(), TestNumbers, TestEvents, TestOverDatasets)}
    assert tested == {type(CHECKS[name]) for name in CHECKS}
