import numpy as np
import pandas as pd
import pytest
from simulated_results import families, results_table

from cohear.analysis.gains.design import Design
from cohear.analysis.gains.gains import gains
from cohear.analysis.gains.pairs import paired_differences
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.analysis.tables.scores import scores
from cohear.base.errors import UserError
from cohear.base.study_facts import StudyFacts
from cohear.base.tables import GAINS_CSV
from cohear.findings import Findings
from cohear.findings.caveats import notes


def cell(singles, shareds, task="a", combination="a+b", **changes):
    rows = [(task, task, f, 0, v, changes) for f, v in enumerate(singles)]
    return rows + [(task, combination, f, 0, v, changes) for f, v in enumerate(shareds)]


def caveats(table):
    return notes(Findings(Statistics.of(GivenTables(checked_results(table)))))


def test_columns_and_means():
    table = gains(results_table(cell([0.5, 0.6, 0.7], [0.7, 0.7, 0.9])))
    assert tuple(table.columns) == GAINS_CSV.names
    row = table.iloc[0]
    assert row["single"] == pytest.approx(0.6) and row["shared"] == pytest.approx(2.3 / 3)
    assert row["gain"] == pytest.approx(0.5 / 3) and row["low"] < row["gain"] < row["high"]
    assert row["repeats"] == 3 and row["explanation"] == ""


def test_a_lonely_cell_is_nadeau_and_bengios_corrected_t():
    d = np.array([0.01, 0.05, 0.02, 0.06, 0.03])
    row = gains(results_table(cell([0.5] * 5, 0.5 + d))).iloc[0]
    half = 2.7764451051977987 * np.sqrt(d.var(ddof=1) * (1 / 5 + 1 / 4))
    assert row["low"] == pytest.approx(d.mean() - half) and row["high"] == pytest.approx(d.mean() + half)


def test_the_ratio_of_test_to_train_can_be_given():
    table = results_table(cell([0.5] * 3, [0.51, 0.55, 0.53]))
    wide, narrow = (gains(table, Design(ratio=r)).iloc[0] for r in (None, {"a": 0.25}))
    assert narrow["high"] - narrow["low"] == pytest.approx(
        (wide["high"] - wide["low"]) * np.sqrt((1 / 3 + 0.25) / (1 / 3 + 0.5))
    )


def test_the_order_of_rows_does_not_matter():
    table, _ = families(number=2, helped=0.4)
    pd.testing.assert_frame_equal(gains(table), gains(table.sample(frac=1, random_state=3)))


def test_a_row_twice_is_an_error():
    rows = cell([0.5, 0.6], [0.6, 0.7])
    with pytest.raises(UserError, match="is there twice"):
        gains(results_table([*rows, rows[-1]]))


def test_lower_is_better_turns_the_sign():
    up = gains(results_table(cell([0.5, 0.6, 0.5], [0.6, 0.75, 0.6]))).iloc[0]
    down = gains(results_table(cell([0.5, 0.6, 0.5], [0.6, 0.75, 0.6], higher_is_better=False))).iloc[0]
    assert down["gain"] == -up["gain"] and down["low"] == -up["high"]
    assert down["shared"] == up["shared"] and down["p"] == up["p"]


@pytest.mark.parametrize("name", ["01", "no", "a.b", "ä ö", "NaN", "1", "<b>", "task 'x'", "🐦"])
def test_odd_names(name):
    table = gains(results_table(cell([0.5, 0.6], [0.6, 0.8], name, f"{name}+other")))
    assert table["task"].tolist() == [name] and table["combination"].tolist() == [f"{name}+other"]


def test_one_name_under_two_front_ends_makes_two_cells():
    rows = cell([0.5, 0.6], [0.6, 0.8]) + cell([0.5, 0.6], [0.4, 0.5], features="summary")
    table = gains(results_table(rows))
    assert table["features"].tolist() == ["logmel", "summary"]
    assert table["gain"].tolist() == pytest.approx([0.15, -0.1])


def test_without_a_single_there_is_no_cell_but_a_word():
    rows = [row for row in cell([0.5, 0.6], [0.6, 0.8]) if row[1] != "a"] + cell([0.5, 0.6], [0.6, 0.8], "b")
    table = results_table(rows)
    assert gains(table)["task"].tolist() == ["b"]
    assert caveats(table)[-1:] == [
        "Left out: 2 of 2 repeats of 'a' in 'a+b' (logmel, small, base) (2 without a single run to compare with)."
    ]


def test_a_fold_without_a_score_counts_on_neither_side():
    table = results_table(cell([0.5, np.nan, 0.6, 0.1], [0.6, 0.9, 0.8, np.nan]))
    row = gains(table).iloc[0]
    assert row["repeats"] == 2 and row["single"] == pytest.approx(0.55) and row["gain"] == pytest.approx(0.15)
    said = caveats(table)[-1]
    assert said.startswith("Left out: 2 of 4 repeats") and "(2 without a score on one of the sides)" in said


def test_controls_never_enter():
    rows = cell([0.5, 0.6], [0.6, 0.8])
    rows += [("a", "a+b", f, 0, 0.0, {"control": "shuffled", "focal": focal}) for f in (0, 1) for focal in "ab"]
    assert gains(results_table(rows)).equals(gains(results_table(cell([0.5, 0.6], [0.6, 0.8]))))
    assert (scores(results_table(rows))["mean"] > 0.4).all()


def test_two_sides_must_be_comparable():
    rows = cell([0.5, 0.6], [0.6, 0.8], test_part="x")
    assert len(gains(results_table(rows))) == 1
    for change, message in [
        ({"test_part": "y"}, "not the same test clips"),
        ({"metric": "map"}, "not the same metric"),
        ({"higher_is_better": False}, "not the same direction"),
    ]:
        other = [*rows[:-1], (*rows[-1][:-1], {"test_part": "x", **change})]
        with pytest.raises(UserError, match=message):
            gains(results_table(other))
    untold = results_table(cell([0.5, 0.6], [0.6, 0.8]))
    with pytest.raises(UserError, match=r"not as many test clips as the single run \('200', single '100'\)"):
        gains(untold.assign(test_clips=untold["test_clips"].mask(untold["combination"] == "a", 100)))


def test_one_repeat_decides_nothing():
    row = gains(results_table(cell([0.5], [0.9]))).iloc[0]
    assert row["verdict"] == "undecided" and row[["low", "high", "p", "p_adjusted"]].isna().all()
    assert "Fewer than two paired repeats (a)" in caveats(results_table(cell([0.5], [0.9])))[0]


@pytest.mark.parametrize("repeats", [2, 3, 4, 5])
def test_a_verdict_needs_five_paired_repeats(repeats):
    d = np.array([0.30, 0.31, 0.30, 0.31, 0.30][:repeats])
    table = results_table(cell([0.5] * repeats, 0.5 + d))
    row = gains(table).iloc[0]
    assert row["low"] < row["gain"] < row["high"] and row["p"] < 0.05
    assert row["verdict"] == ("undecided" if repeats < 5 else "helps")
    assert np.isnan(row["p_adjusted"]) == (repeats < 5)
    assert any("Fewer than 5 paired repeats (a)" in said for said in caveats(table)) == (repeats < 5)


def test_cells_of_few_repeats_are_in_no_family():
    tested = cell([0.5] * 5, [0.51, 0.55, 0.52, 0.56, 0.53])
    few = [row for i in range(3) for row in cell([0.5] * 3, [0.5, 0.52, 0.48], f"t{i}", f"t{i}+z")]
    table = gains(results_table(tested + few)).set_index("task")
    assert table.loc["a", "p_adjusted"] == table.loc["a", "p"]
    assert table.drop("a")["p_adjusted"].isna().all()


def test_equal_differences_divide_by_nothing():
    same = gains(results_table(cell([0.5, 0.6, 0.7, 0.5, 0.6], [0.5, 0.6, 0.7, 0.5, 0.6]))).iloc[0]
    assert same["gain"] == 0 and same["p"] == 1 and same["verdict"] == "harmless"
    less = cell([0.5, 0.6, 0.7, 0.5, 0.6], [0.51, 0.61, 0.71, 0.51, 0.61])
    row = gains(results_table(less)).iloc[0]
    assert row["gain"] == pytest.approx(0.01) and row["low"] < row["gain"] < row["high"]
    unknown = gains(results_table([(*r[:-1], {"test_clips": 0}) for r in less])).iloc[0]
    assert unknown["verdict"] == "undecided" and np.isnan(unknown["p"])


def test_a_family_of_equal_differences_and_one_that_differs():
    rows = [r for i in range(5) for r in cell([0.5, 0.6, 0.7], [0.5, 0.6, 0.7], f"t{i}", f"t{i}+z")]
    rows += cell([0.5, 0.6, 0.7], [0.55, 0.6, 0.65], "u", "u+z")
    assert not gains(results_table(rows))["verdict"].isin(["helps", "hurts"]).any()


def test_seeds_on_one_fold_are_not_folds():
    rng = np.random.default_rng(0)
    rows = []
    for seed in range(6):
        rows += [("a", "a", 0, seed, 0.5), ("a", "a+b", 0, seed, 0.55 + 0.01 * rng.standard_normal())]
    table = results_table(rows)
    assert gains(table)["verdict"].tolist() == ["helps"]
    assert any("this split" in said for said in caveats(table))
    # the same test part under several fold indices is still one test part
    again = table.assign(fold=table["seed"], seed=0, test_part="p")
    assert gains(again)["p"].tolist() == pytest.approx(gains(table)["p"].tolist())
    assert any("this split" in said for said in caveats(again))


def test_more_seeds_cannot_buy_more_folds():
    """Where folds differ and seeds do not, 20 seeds a fold are worth no more than one."""
    rng = np.random.default_rng(1)
    part = 0.02 * rng.standard_normal((30, 5))

    def table(seeds):
        rows = []
        for c in range(30):
            for f in range(5):
                for s in range(seeds):
                    noise = 1e-5 * rng.standard_normal()
                    rows += [
                        (f"t{c}", f"t{c}", f, s, 0.5),
                        (f"t{c}", f"t{c}+z", f, s, 0.5 + part[c, f] + noise),
                    ]
        return gains(results_table(rows))

    one, many = (table(seeds) for seeds in (1, 10))
    wide, wider = ((table["high"] - table["low"]).mean() for table in (one, many))
    assert (
        wider >= 0.95 * wide
    )  # with one seed a fold, part of the variance is taken for the folds', with ten all of it


def test_margins_by_task():
    rows = [r for t in "ab" for r in cell([0.5] * 5, [0.502, 0.498, 0.501, 0.499, 0.5], t)]
    table = gains(results_table(rows), Design(margins={"a": 0.02, "b": 1e-5}))
    assert table["verdict"].tolist() == ["harmless", "undecided"]


def test_larger_groups_are_a_family_of_their_own():
    table, _ = families(number=1)
    where = {name: table[name].iloc[0] for name in ("features", "encoder", "arm")}
    rows = [(t, "t0+t1+t2", f, 0, 0.9, where) for t in ("t0", "t1", "t2") for f in range(5)]
    alone = gains(table)
    both = gains(pd.concat([table, results_table(rows)], ignore_index=True))
    pairs = both[both["combination"] != "t0+t1+t2"].reset_index(drop=True)
    pd.testing.assert_frame_equal(pairs, alone)
    assert len(both) == len(alone) + 3


def test_unequal_numbers_of_seeds():
    table, _ = families(number=1, seeds=2, helped=0.4)
    fewer = table.drop(index=table.index[[3, 50, 200, 300]])
    full, some = gains(table), gains(fewer)
    assert len(full) == len(some) and (some["repeats"] <= 10).all()
    assert (some["gain"] - full["gain"]).abs().max() < 0.02


def test_paired_differences_rows():
    pairs = paired_differences(results_table(cell([0.5, 0.6], [0.6, 0.8])))
    assert pairs["difference"].tolist() == pytest.approx([0.1, 0.2])
    assert pairs["part"].tolist() == ["fold 0", "fold 1"]


def test_nothing_to_compare():
    table = results_table([("a", "a", 0, 0, 0.5)])
    assert gains(table).empty and tuple(gains(table).columns) == GAINS_CSV.names
    assert "nothing to compare" in caveats(table)[0]


def test_scores():
    table = scores(results_table(cell([0.5, 0.7, np.nan], [0.6, 0.8, 0.7])))
    assert table["mean"].tolist() == pytest.approx([0.6, 0.7]) and table["repeats"].tolist() == [2, 3]
    assert table["sd"].tolist() == pytest.approx([np.sqrt(0.02), 0.1])


def test_facts_of_the_data():
    data = {"tasks": {"a": {"margin": 0.02, "folds": [{"train": 80, "test": 20}]}, "b": {"folds": []}}}
    design = Design.of(StudyFacts.from_json(data))
    assert design.margins == {"a": 0.02} and design.ratio == {"a": 0.25}
