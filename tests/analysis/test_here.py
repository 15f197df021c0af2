"""The second reading of a cell: what sharing did on these clips."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from simulated_results import families, results_table

from cohear.analysis.gains.controls import control_gains
from cohear.analysis.gains.design import Design
from cohear.analysis.gains.gains import gains
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.analysis.tables.text import read_table
from cohear.base.tables import CONTROLS_CSV, GAINS_CSV
from cohear.findings import Findings
from cohear.findings.answers import answers

FOLDS = np.array([0.05, -0.04, 0.03, -0.02, 0.01])
"""What each test part adds to a gain of .02."""


def table(seeds, folds=FOLDS, gain=0.02, **changes):
    """A cell whose differences are a gain, the fold's part, and a point or none by the seed."""
    rows = []
    for fold, part in enumerate(folds):
        for seed in range(seeds):
            shared = 0.5 + gain + part + 0.01 * ((fold + seed) % 2) - 0.005
            rows += [("a", "a", fold, seed, 0.5, changes), ("a", "a+b", fold, seed, shared, changes)]
    return results_table(rows)


def test_a_lonely_cell_is_a_t_test_with_the_mean_square_within_test_parts():
    seeds = [0.00, 0.03, 0.01]
    rows = [("a", "a", fold, seed, 0.5) for fold in range(2) for seed in range(3)]
    rows += [("a", "a+b", f, s, 0.52 + 0.04 * f + d) for f in range(2) for s, d in enumerate(seeds)]
    row = gains(results_table(rows)).iloc[0]
    error = np.sqrt(np.var(seeds, ddof=1) / 6)
    p = 2 * stats.t.sf(row["gain"] / error, 4)
    assert p < 0.05 and (row["verdict"], row["verdict_here"]) == ("undecided", "helps")
    noisy = [(*row[:4], row[4] + (0.1 * (row[3] - 1) if "+" in row[1] else 0)) for row in rows]
    assert gains(results_table(noisy)).iloc[0]["verdict_here"] == "undecided"


def test_what_folds_add_is_noise_for_new_clips_alone():
    row = gains(table(2)).iloc[0]
    assert (row["verdict"], row["verdict_here"]) == ("undecided", "helps")
    assert gains(table(2, gain=-0.02)).iloc[0]["verdict_here"] == "hurts"
    assert gains(table(2, gain=-FOLDS.mean())).iloc[0]["verdict_here"] == "harmless"


def test_less_may_be_better():
    row = gains(table(2, higher_is_better=False, metric="eer")).iloc[0]
    assert row["gain"] < 0 and row["verdict_here"] == "hurts"


@pytest.mark.parametrize(
    ("results", "design"),
    [
        (table(1), Design()),  # one seed a test part
        (table(2, FOLDS[:2]), Design()),  # four repeats
        (table(2), Design(looks=(5, 10))),  # repeats that stopped where the other verdict was decided
    ],
)
def test_it_is_empty_where_it_cannot_be_told(results, design):
    found = gains(results, design)
    assert (found["verdict_here"] == "").all() and (found["verdict"] != "").all()


def test_cells_that_tell_nothing_count_in_no_family():
    one = table(1).assign(task="c", combination=lambda rows: rows["combination"].str.replace("a", "c"))
    both = gains(pd.concat([table(2), one], ignore_index=True)).set_index("task")
    assert both.loc["c", "verdict_here"] == "" and both.loc["a", "verdict_here"] == "helps"


def test_with_one_test_part_both_readings_are_one():
    results, _ = families(number=40, folds=1, seeds=6, helped=0.5, effect=0.03)
    found = gains(results)
    assert (found["verdict_here"] == found["verdict"]).all() and found["verdict"].nunique() > 1


def test_controls_have_it_too():
    control = table(2, control="shuffled", focal="a")
    results = pd.concat([table(2), control[control["combination"] == "a+b"]], ignore_index=True)
    found = control_gains(checked_results(results))
    assert tuple(found.columns) == CONTROLS_CSV.names and found["verdict_here"].tolist() == ["helps"]
    assert (control_gains(checked_results(results), Design(looks=(5, 10)))["verdict_here"] == "").all()


@pytest.mark.parametrize("kind", [GAINS_CSV, CONTROLS_CSV], ids=lambda kind: kind.file)
def test_tables_without_it_still_read(tmp_path, kind):
    cells = {column.name: "1" if "number" in column.type else "x" for column in kind.columns}
    del cells["verdict_here"]
    pd.DataFrame([cells]).to_csv(tmp_path / kind.file, index=False)
    assert read_table(tmp_path / kind.file, kind)["verdict_here"].tolist() == [""]
    assert GAINS_CSV.names[-1] == "verdict_here"


@pytest.mark.parametrize(
    ("results", "looks", "told"),
    [
        (
            table(2),
            (),
            "are for new clips. On these clips, with seeds as the sample, of 1 cell 1 is helped, 0 are hurt,",
        ),
        (table(2), (5, 10), "What holds on these clips alone is not told: repeats stopped"),
        (table(1), (), "What holds on these clips alone is not told: no test part has a second seed."),
        (table(2, FOLDS[:2]), (), "What holds on these clips alone is not told: no pair has 5 paired repeats."),
        (table(6, FOLDS[:1]), (), "With one test part the verdicts are those of its clips, and none is for new ones."),
    ],
)
def test_answers_tell_it_in_words_of_its_own(results, looks, told):
    statistics = Statistics(GivenTables(checked_results(results)), Design(looks=looks))
    assert told in answers(Findings(statistics))["improve"]["answer"]
