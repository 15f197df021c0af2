"""The simulated studies are what they say: the tests beside this one rest on them."""

from dataclasses import replace

import pandas as pd
import pytest
from shapes import SHAPES, study_named
from studies import Effects, Setting, SimulatedStudy, everything, tasks_named
from written import write

from cohear.analysis.gains.pairs import paired_differences
from cohear.analysis.tables.results import read_results
from cohear.api.tables import refresh_tables

NAMES = ("digit", "keyword", "emotion")
KEYS = ["task", "combination", "encoder", "fold", "seed"]


def results(study, folder):
    refresh_tables(write(study, folder))
    return read_results(folder)


def values(study, folder):
    return results(study, folder).set_index(KEYS)["value"].sort_index()


def small(**changes):
    return replace(SimulatedStudy("small", 0, tasks_named(*NAMES), (Setting(everything(NAMES)),), folds=2), **changes)


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_makes_the_same_study_again(name):
    study = SHAPES[name](1)
    assert study_named(study.name) == study
    assert all(set(group) <= set(study.of_task) for setting in study.settings for group in setting.groups)


@pytest.mark.parametrize(
    "larger",
    [
        small(seeds=3),
        small(tasks=tasks_named(*NAMES, "event"), settings=(Setting(everything((*NAMES, "event"))),)),
        small(settings=(Setting(everything(NAMES)), Setting(everything(NAMES), encoder="large"))),
        small(folder=False),
    ],
    ids=["more seeds", "a fourth task", "a second encoder", "tables alone"],
)
def test_a_larger_study_has_the_numbers_of_the_smaller_one(larger, tmp_path):
    one, more = values(small(), tmp_path / "one"), values(larger, tmp_path / "more")
    both = one.index.intersection(more.index)  # one network for all is another one with a fourth task
    assert len(both) >= len(one) - 6
    pd.testing.assert_series_equal(one.loc[both], more.loc[both])
    assert len(more) > len(one) or not larger.folder


def test_gains_are_about_what_is_true(tmp_path):
    """Over many repeats of quiet runs."""
    tasks = tuple(replace(task, noise=0.1) for task in tasks_named(*NAMES))
    study = small(tasks=tasks, effects=Effects(share=0.5, size=0.05), folds=4, seeds=3)
    pairs = paired_differences(results(study, tmp_path / "study"))
    for (task, combination), gain in pairs.groupby(["task", "combination"])["difference"].mean().items():
        assert gain == pytest.approx(study.true_gain(task, combination, study.settings[0]), abs=0.02)
