"""The calibrated log loss of a plan's runs: temperatures come from clips that they are not used for."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from cohear.runs.log_losses import TEMPERATURES
from cohear.runs.record import Record, TaskRecord
from cohear.study.folder.log_losses import best_temperature, log_loss_rows, loss_at
from cohear.study.plan.row import PlanRow

SCORES = {"test": {"last": {"uar": 0.5}}}


def row(run, combination="a", fold=0, seed=0, control="", focal="", encoder="small"):
    return PlanRow(run, "logmel", encoder, "base", combination, control, fold, seed, focal)


def least_at(number, at_least=1.0):
    """Losses that are least at one temperature, and tell at each which it is."""
    return [at_least + (place - number) ** 2 / 100 for place in range(len(TEMPERATURES))]


def record(run, part, test, validation=None, task="a"):
    losses = {"test": test} if validation is None else {"test": test, "validation": validation}
    return Record(run, {}, {task: TaskRecord("uar", True, 9, part, SCORES, log_losses=losses)}, 1.0)


def values(plan, records):
    return {told["run"]: told["value"] for told in log_loss_rows(plan, {each.run: each for each in records})}


def test_the_temperature_is_that_of_the_other_folds():
    plan = [row("one"), row("two", fold=1)]
    own, other = least_at(3), least_at(30)
    found = values(plan, [record("one", "p0", own, least_at(7)), record("two", "p1", other, least_at(8))])
    assert found == {"one": own[30], "two": other[3]}


def test_seeds_of_the_same_clips_and_other_cells_do_not_count():
    plan = [row("one"), row("seed", seed=1), row("two", fold=1), row("pair", "a+b", fold=1), row("wide", encoder="dnn")]
    tests = {"one": least_at(3), "seed": least_at(5), "two": least_at(30), "pair": least_at(11), "wide": least_at(12)}
    parts = {"one": "p0", "seed": "p0", "two": "p1", "pair": "p1", "wide": "p9"}
    found = values(plan, [record(run, parts[run], losses) for run, losses in tests.items()])
    assert found["one"] == tests["one"][30]
    assert found["seed"] == tests["seed"][30]
    assert found["two"] == pytest.approx(tests["two"][4])  # between those of the two seeds


def test_one_fold_takes_its_validation_part_and_without_one_nothing_is_changed():
    test = least_at(3)
    assert values([row("one")], [record("one", "p0", test, least_at(9))]) == pytest.approx({"one": test[9]})
    assert values([row("one")], [record("one", "p0", test)]) == pytest.approx({"one": test[TEMPERATURES.index(1.0)]})


def test_a_run_of_several_places_is_told_once_and_older_records_are_passed_over():
    plan = [row("one"), row("one", control="duplicate", focal="a"), row("old", fold=1)]
    old = Record("old", {}, {"a": TaskRecord("uar", True, 9, "p1", SCORES)}, 1.0)
    told = list(log_loss_rows(plan, {"one": record("one", "p0", least_at(3), least_at(9)), "old": old}))
    assert [(each["run"], each["part"], each["selection"], each["metric"]) for each in told] == [
        ("one", "test", "last", "nll")
    ]


def test_the_grid_is_fine_enough():
    """What is told of a quarter of an octave is the truth between, to a ten-thousandth of a bit."""
    random = np.random.default_rng(1)
    logits = 4 * random.normal(size=(400, 5))
    truth = np.array([random.choice(5, p=np.exp(row) / np.exp(row).sum()) for row in logits / 2.37])

    def loss(temperature):
        beyond = (logits - logits[np.arange(400), truth][:, None]) / temperature
        return np.logaddexp.reduce(beyond, axis=1).mean() / np.log(2)

    losses = list(map(loss, TEMPERATURES))
    best = best_temperature([losses])
    assert best == pytest.approx(minimize_scalar(loss, bounds=(1, 9), method="bounded").x, rel=0.01)
    for temperature in (best, 0.9, 1.7, 7.1):
        assert loss_at(losses, temperature) == pytest.approx(loss(temperature), abs=1e-4)
    assert best_temperature([least_at(0)]) == TEMPERATURES[0]
