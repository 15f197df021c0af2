import numpy as np
import pandas as pd
import pytest
from simulated_results import results_table

from cohear.analysis.gains.controls import CONTRASTS, contrasts, control_gains, explained
from cohear.analysis.gains.gains import gains
from cohear.base.tables import CONTROLS_CSV, GAINS_CSV

TASKS = "abcde"


def study(real, **effects):
    """All pairs of five tasks with one gain, and controls of each with gains of their own, 5 folds x 2 seeds."""
    rng = np.random.default_rng(0)
    rows = []

    def add(task, combination, gain, **more):
        for fold in range(5):
            for seed in range(2):
                value = 0.6 + 0.02 * fold + gain + 0.004 * rng.standard_normal()
                rows.append((task, combination, fold, seed, value, more))

    for a in TASKS:
        add(a, a, 0)
        for b in TASKS:
            if a < b:
                for task in (a, b):
                    add(task, f"{a}+{b}", real)
                    for control, gain in effects.items():
                        if control in ("shuffled", "unlabelled", "norm"):
                            add(task, f"{a}+{b}", gain, control=control, focal=task)
        for control, gain in effects.items():
            if control in ("wide", "long", "duplicate"):
                add(a, a, gain, control=control, focal=a)
    return results_table(rows)


def words(table):
    judged = explained(gains(table), control_gains(table), contrasts(table))
    return set(judged["explanation"])


@pytest.mark.parametrize(
    ("real", "effects", "word"),
    [
        (0.03, {}, ""),
        (0.03, {"shuffled": 0.0}, "relation"),
        (-0.03, {"shuffled": 0.0, "wide": 0.0}, "relation"),
        (0.03, {"wide": 0.0}, ""),
        (0.03, {"shuffled": 0.03, "unlabelled": 0.0}, "regularisation"),
        (-0.03, {"shuffled": -0.03, "unlabelled": -0.03}, "domain"),
        (0.03, {"shuffled": 0.0, "wide": 0.03}, "capacity"),
        (0.03, {"shuffled": 0.0, "long": 0.04}, "capacity"),
        (0.03, {"shuffled": 0.0, "duplicate": 0.03}, ""),
        (0.03, {"shuffled": 0.015}, "relation"),
        (0.0, {"shuffled": 0.03}, ""),
        (0.03, {"norm": 0.0}, "statistics"),
        (-0.03, {"norm": 0.0, "shuffled": 0.0}, "statistics"),
        (-0.03, {"norm": 0.03, "shuffled": 0.0}, "statistics"),
        (0.03, {"norm": 0.03}, ""),
        (0.03, {"norm": 0.03, "shuffled": 0.0}, "relation"),
        (0.03, {"norm": 0.04, "shuffled": 0.0}, "relation"),
        (0.03, {"norm": 0.015, "shuffled": 0.0}, "relation"),
        (0.03, {"norm": 0.03, "wide": 0.03}, "capacity"),
    ],
)
def test_explanations(real, effects, word):
    assert words(study(real, **effects)) == {word}


def test_nothing_is_said_where_the_control_cannot_be_told_from_partner_and_single():
    """Neither surely less than the real partner nor surely an effect of its own."""
    table = study(0.03, shuffled=0.015)
    noise = np.random.default_rng(1).normal(0, 0.05, len(table))
    table["value"] += np.where(table["control"] != "", noise, 0)
    assert "regularisation" not in words(table)


def test_columns_and_figures():
    table = study(0.03, shuffled=0.01, wide=0.0)
    own = control_gains(table)
    assert tuple(own.columns) == CONTROLS_CSV.names and CONTROLS_CSV.names[:-1] == GAINS_CSV.names
    assert own.groupby("control")["gain"].mean().to_dict() == pytest.approx({"shuffled": 0.01, "wide": 0}, abs=2e-3)
    beside = contrasts(table)
    assert tuple(beside.columns) == CONTRASTS
    assert len(beside[beside["control"] == "wide"]) == 20  # one control beside each of four partners
    assert beside.groupby("control")["difference"].mean().to_dict() == pytest.approx(
        {"shuffled": 0.02, "wide": 0.03}, abs=2e-3
    )
    assert ((beside["low"] < beside["difference"]) & (beside["difference"] < beside["high"])).all()


def test_the_partner_of_a_control_run_is_no_control_of_its_own():
    table = study(0.03, shuffled=0.0)
    partner = table[(table["control"] != "") & (table["task"] == "a")].assign(task="b", value=0.0)
    partner = partner[partner["combination"] == "a+b"]
    both = pd.concat([table, partner], ignore_index=True)
    pd.testing.assert_frame_equal(control_gains(both), control_gains(table))
    pd.testing.assert_frame_equal(contrasts(both), contrasts(table))


def test_without_controls_the_tables_are_empty():
    table = study(0.03)
    assert control_gains(table).empty and tuple(control_gains(table).columns) == CONTROLS_CSV.names
    assert contrasts(table).empty
