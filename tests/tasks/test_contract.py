"""All target kinds keep the contract."""

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cohear.tasks import TARGET_KINDS, Events, LabelFree, Multiclass, Multilabel, Regression, TargetKind, Targets
from cohear.testing.target_kind import TargetKindContract


class TestMulticlass(TargetKindContract):
    def make(self):
        return Multiclass()


class TestMulticlassWithSemicolons(TestMulticlass):
    def labels(self):
        return ["a;b", "b", "a"]


class TestMultilabel(TargetKindContract):
    def make(self):
        return Multilabel()


class TestMultilabelWithSeveralLabels(TestMultilabel):
    def cells(self):
        return ["b;a", "", "1.0;no;é è", "b;a;1.0", "no;é è", ""]


class TestRegression(TargetKindContract):
    def make(self):
        return Regression()


class TestRegressionInAUnit(TestRegression):
    def make(self):
        return Regression().in_unit("dB")


class TestRegressionOfSeveralNumbers(TestRegression):
    def cells(self):
        return ["arousal=0.5;valence=-2", "", "arousal=1e-07;valence=3", "arousal=-0.25;valence=0.1", ""] * 2


class TestEvents(TargetKindContract):
    def make(self):
        return Events()

    def cell(self, label):
        return f"{label}@0-0.3"


class TestEventsOfSeveralLabels(TestEvents):
    def cells(self):
        cells = ["b@0-0.3;b@0.4-0.5;a@0-0.04", "", "1.0@0-0.1;no@0-0.2;é è@0-0.3", "a@0-0.3", ""]
        return [*cells, *cells]


def test_every_kind_that_a_study_file_can_name_is_tested_here():
    tested = {each().make().name for each in TargetKindContract.__subclasses__() if each.__module__ == __name__}
    labelled = [name for name in TARGET_KINDS if not isinstance(TARGET_KINDS[name], LabelFree)]
    assert {name for name in labelled if type(TARGET_KINDS[name]).__module__.startswith("cohear.")} == tested


class Grade(Multiclass):
    """A number a clip: neither labels nor integers, and the targets and strata of any kind."""

    name = "grade"
    to_json, from_json = TargetKind.to_json, TargetKind.from_json
    strata, scored_clips = TargetKind.strata, TargetKind.scored_clips

    def encode(self, cells, labels, rename=None):
        known = np.array([bool(cell) for cell in cells])
        index = {label: 0.1 + 0.25 * number for number, label in enumerate(labels)}
        return Targets(np.array([index[cell] if cell else np.nan for cell in cells], np.float32), known)


def test_numbers_that_are_no_integers_come_back_from_json():
    """A split stores them with their type; what is not known may be anything, NaN too."""
    targets = Grade().encode(["b", "", "a"], ["a", "b"])
    read = Grade().from_json(json.loads(json.dumps(Grade().to_json(targets), allow_nan=False)), ["a", "b"])
    assert read.values.dtype == np.float32
    assert read.values.tolist() == [np.float32(0.35), 0.0, np.float32(0.1)]
    assert read.known.tolist() == [True, False, True]
    assert [stratum.tolist() for stratum in Grade().strata(read, ["a", "b"])] == [[0, 1, 2]]
    assert Grade().scored_clips(read, np.zeros(2, np.bool_)).tolist() == [True, False, True]


@given(arrays(np.int8, (9, 5), elements=st.integers(0, 2)))
def test_entries_known_one_by_one_come_back_from_json(entries):
    """A clip may be known for some labels alone; 2 is unknown."""
    targets = Targets((entries == 1).astype(np.float32), entries != 2)
    content = json.loads(json.dumps(Multilabel().to_json(targets)))
    read = Multilabel().from_json(content, list("abcde"))
    np.testing.assert_array_equal(read.values, targets.values)
    np.testing.assert_array_equal(read.known, targets.known)


def test_a_split_of_many_labels_is_small():
    """Of 200 labels a clip carries a few: those are stored, not 200 zeros."""
    labels = [str(number) for number in range(200)]
    targets = Multilabel().encode([f"{labels[clip % 200]};{labels[clip % 7]}" for clip in range(500)], labels)
    assert len(json.dumps(Multilabel().to_json(targets))) < 20 * 500
