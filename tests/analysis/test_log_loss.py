"""Statistics of the second primary score: the same as of the first, on calibrated log losses."""

import numpy as np
import pandas as pd
import pytest
from simulated_results import results_table

from cohear.analysis.gains.gains import gains
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.base.study_facts import StudyFacts, TaskFacts
from cohear.base.tables import GAINS_NLL_CSV, METRICS_CSV

ALONE, SHARED = [1.0, 1.2, 1.1, 1.3, 1.0], [0.9, 1.0, 1.05, 1.1, 0.8]


def statistics(losses=True, facts=StudyFacts()):  # noqa: B008 - frozen
    rows = [("a", "a", fold, 0, 0.7) for fold in range(5)] + [("a", "a+b", fold, 0, 0.6) for fold in range(5)]
    results = checked_results(results_table(rows))
    of_run = dict(zip(results["run"], [*ALONE, *SHARED], strict=True))
    metrics = [(run, "a", "test", "last", "uar", 0.5) for run in of_run]
    metrics += [(run, "a", "test", "last", "nll", loss) for run, loss in of_run.items()] if losses else []
    return Statistics.of(GivenTables(results, facts, pd.DataFrame(metrics, columns=list(METRICS_CSV.names))))


def test_a_gain_is_what_sharing_takes_off_the_loss():
    of_loss = statistics().log_loss
    assert tuple(of_loss.gains.columns) == GAINS_NLL_CSV.names
    row = of_loss.gains.iloc[0]
    assert (row["metric"], row["repeats"]) == ("nll", 5)
    assert row["single"] == pytest.approx(np.mean(ALONE)) and row["shared"] == pytest.approx(np.mean(SHARED))
    assert row["gain"] == pytest.approx(np.mean(ALONE) - np.mean(SHARED)) and row["verdict"] == "helps"
    assert of_loss.units["nll"].name == "bits" and not of_loss.units["nll"].points


def test_it_is_judged_as_a_first_score_with_the_same_numbers_is():
    of_loss = statistics().log_loss
    alone = gains(of_loss.results.assign(metric="uar"), of_loss.design).drop(columns="metric")
    pd.testing.assert_frame_equal(alone, of_loss.gains.drop(columns="metric"))


def test_its_margin_is_in_bits():
    facts = StudyFacts(tasks={"a": TaskFacts(margin=0.01, margin_nll=0.2)})
    assert statistics(facts=facts).log_loss.design.margin_of("a") == 0.2
    assert statistics(facts=StudyFacts(tasks={"a": TaskFacts(margin=0.01)})).log_loss.design.margin_of("a") == 0.05
    assert statistics().log_loss.design.margin_of("a") == 0.05


def test_without_losses_there_is_none_and_it_has_none_of_its_own():
    assert statistics(losses=False).log_loss is None
    assert statistics().log_loss.log_loss is None
