"""What does a task better alone than the network of a bundle, with figures worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from simulated_results import results_table

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.base.tables import BASELINE
from cohear.export.better_singles import better_sentence, better_singles
from cohear.export.grid_cell import GridCell
from cohear.runs.record import Record, TaskRecord

PLAIN = [0.60, 0.62, 0.58, 0.61, 0.59]
SMALL = [0.80, 0.82, 0.78, 0.81, 0.79]
SHARED = [0.75, 0.76, 0.74, 0.77, 0.73]


def alone(task, scores, encoder="small", job=""):
    rows = results_table([(task, task, fold, 0, score) for fold, score in enumerate(scores)])
    return rows.assign(encoder=encoder, job=job, run=[f"{encoder} {task} {fold}" for fold in range(len(scores))])


def statistics(*tables):
    return Statistics.of(GivenTables(checked_results(pd.concat(tables, ignore_index=True))))


def records(**scores):
    """Runs of a cell, a fold each; as results say, the test clips are 200 of a part without a name."""
    folds = zip(*scores.values(), strict=True)
    return [
        Record(
            f"shared {fold}",
            {"fold": fold, "seed": 0},
            {
                task: TaskRecord("uar", True, 200, "", {"test": {"last": {"uar": value}}})
                for task, value in zip(scores, values, strict=True)
            },
            seconds=1.0,
            parameters=1000,
            steps=600,
        )
        for fold, values in enumerate(folds)
    ]


CELL = GridCell("summary", "dnn", "base", ("digit", "event"))


def test_a_single_or_a_baseline_that_is_better_is_told():
    known = statistics(alone("digit", SMALL), alone("digit", PLAIN, "svm", BASELINE), alone("event", PLAIN))
    found = better_singles(known, CELL, records(digit=SHARED, event=SHARED))
    assert list(found) == ["digit"]
    better, lead = found["digit"], np.subtract(SMALL, SHARED)
    assert (better.way, better.encoder, better.more, better.repeats) == ("logmel / small", "small", 0, 5)
    assert (better.score, better.served) == (pytest.approx(np.mean(SMALL)), pytest.approx(np.mean(SHARED)))
    assert better.ahead.value == pytest.approx(lead.mean())
    assert better.ahead.low < lead.mean() < better.ahead.high
    told = better_sentence("digit", better)
    begins = "digit is done better alone than by this network: by logmel / small (80.0, +5.0 points ("
    assert told.startswith(begins)


def test_a_baseline_is_named_as_one():
    found = better_singles(
        statistics(alone("digit", PLAIN), alone("digit", SMALL, "svm", BASELINE)), CELL, records(digit=SHARED)
    )
    assert found["digit"].way == "the baseline logmel / svm"


def test_a_network_is_never_above_itself():
    """A single that is exported is a way to do its task too, with the same scores."""
    own = records(digit=SHARED)
    table = alone("digit", SHARED, "dnn").assign(features="summary", run=[record.run for record in own])
    cell = GridCell("summary", "dnn", "base", ("digit",))
    assert better_singles(statistics(table, alone("digit", PLAIN)), cell, own) == {}
    assert list(better_singles(statistics(table, alone("digit", SMALL)), cell, own)) == ["digit"]


def test_other_clips_and_other_folds_tell_nothing():
    other = alone("digit", SMALL).assign(test_clips=90)
    assert better_singles(statistics(other), CELL, records(digit=SHARED)) == {}
    assert better_singles(statistics(alone("digit", SMALL)), CELL, []) == {}
