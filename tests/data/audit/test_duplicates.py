"""Which near-duplicates something keeps together, and what is read for that."""

from collections import Counter

import planted
import pytest

from cohear.data.audit.duplicates import DuplicatesCheck
from cohear.data.tables.clip_table import ClipTable
from cohear.study.audit import gather_evidence
from cohear.study.launch.progress import NoProgress


@pytest.fixture
def evidence(clean, cache, tmp_path):
    """`bird` with two more takes of a clip of group g3: in g1, and in g3 itself; both takes are equal."""
    copy = planted.Copy(clean, tmp_path)
    for place in (7, 21):
        planted._replace(copy, place, planted.another_take(copy.samples(20)))
    return gather_evidence(copy.settings(), cache=cache, jobs=1, progress=NoProgress())[0]


def test_what_a_group_holds_is_a_note_and_what_nothing_holds_a_warning(evidence):
    found = [one for one in DuplicatesCheck().find(evidence) if one.code == "near-duplicates"]
    assert {one.severity: len(one.figures["pairs"]) for one in found} == {"warning": 1, "note": 1}


def test_columns_are_read_once_a_dataset_and_not_for_every_pair(evidence, monkeypatch):
    read, column = Counter(), ClipTable.optional_column

    def counted(table, name):
        read[table.name, name] += 1
        return column(table, name)

    monkeypatch.setattr(ClipTable, "optional_column", counted)
    assert len(evidence.near) > 1
    list(DuplicatesCheck()._near(evidence))
    assert set(read.values()) == {1}, read
