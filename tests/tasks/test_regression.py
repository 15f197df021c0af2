"""Numbers of a clip: cells, scale, and scores that are those of others."""

import warnings

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm, pearsonr
from sklearn.metrics import mean_absolute_error, r2_score

from cohear.tasks import METRICS, ClipOutputs, Multiclass, Regression, Targets, WindowTargets
from cohear.tasks.number_cells import are_named_numbers, joined_numbers, numbers_in
from cohear.testing.metric import MetricContract

ONE = np.array([True])
NUMBERS = st.floats(-1e3, 1e3, width=32)
PAIRS = st.integers(2, 40).flatmap(lambda clips: arrays(np.float32, (2, clips), elements=NUMBERS))


class TestCcc(MetricContract):
    name = "ccc"
    kind = Regression()


class TestR2(TestCcc):
    name = "r2"


class TestMae(TestCcc):
    name = "mae"


class TestCccOfSeveralNumbers(TestCcc):
    def cells(self):
        known = ["a=-2;b=10", "a=0.5", "b=-30", "a=-0.25;b=3", "a=1;b=0"]
        return ["" if clip % 7 == 6 else known[clip % 5] for clip in range(24)]


class TestR2OfSeveralNumbers(TestCccOfSeveralNumbers):
    name = "r2"


class TestMaeOfSeveralNumbers(TestCccOfSeveralNumbers):
    name = "mae"


def score(name, said, true):
    targets = Targets(np.asarray(true, np.float32)[:, None], np.ones((len(true), 1), bool))
    return METRICS[name].score(np.asarray(said, np.float32)[:, None], targets, ONE)


# Scores


def test_concordance_of_a_worked_example():
    """Means 2 and 3, variances 2/3 (over N), covariance 2/3: 2 · 2/3 / (2/3 + 2/3 + 1) = 4/7."""
    assert score("ccc", [2, 3, 4], [1, 2, 3]) == pytest.approx(4 / 7)
    assert score("ccc", [1, 2, 3], [1, 2, 3]) == 1
    assert score("ccc", [3, 2, 1], [1, 2, 3]) == -1
    assert score("ccc", [5, 5, 5], [1, 2, 3]) == 0


@given(PAIRS)
def test_concordance_is_correlation_times_lins_factor(pair):
    """Lin (1989): rho · C_b, where C_b = 2 / (v + 1/v + u²), v a ratio of deviations, u a difference of means."""
    said, true = pair.astype(float)
    assume(min(said.std(), true.std()) > 1e-2)
    v, u = said.std() / true.std(), (said.mean() - true.mean()) / np.sqrt(said.std() * true.std())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = pearsonr(said, true)[0] * 2 / (v + 1 / v + u**2)
    assert score("ccc", *pair) == pytest.approx(expected, abs=1e-6)


@given(PAIRS)
def test_r2_and_absolute_error_are_those_of_scikit_learn(pair):
    said, true = pair.astype(float)
    assert score("mae", *pair) == pytest.approx(mean_absolute_error(true, said))
    assume(true.std() > 1e-2)
    assert score("r2", *pair) == pytest.approx(r2_score(true, said))


@given(arrays(np.bool_, (12, 2)), st.integers(0, 9))
def test_several_numbers_are_scored_one_by_one_where_they_are_known(known, seed):
    random = np.random.default_rng(seed)
    said, true = (random.normal(size=(12, 2)).astype(np.float32) for _ in range(2))
    for name, fewest in (("ccc", 2), ("r2", 2), ("mae", 1)):
        own = [
            score(name, said[rows, column], true[rows, column])
            for column, rows in enumerate(known.T)
            if rows.sum() >= fewest
        ]
        found = METRICS[name].score(said, Targets(true, known), np.array([True, True]))
        assert found == pytest.approx(np.mean(own)) if own else np.isnan(found)


def test_chance_is_what_always_saying_the_same_has():
    kind, true = Regression(), [1.0, 2.0, 9.0]
    targets = kind.encode(list(map(str, true)), ["x"])
    assert METRICS["ccc"].chance(targets, ONE) == score("ccc", [4, 4, 4], true) == 0
    assert METRICS["r2"].chance(targets, ONE) == pytest.approx(score("r2", [4, 4, 4], true), abs=1e-7)
    assert METRICS["mae"].chance(targets, ONE) == score("mae", [2, 2, 2], true) == pytest.approx(8 / 3)
    assert METRICS["mae"].chance(targets, ONE) < score("mae", [4, 4, 4], true)


def test_a_number_that_is_the_same_in_all_clips_has_an_error_alone():
    assert np.isnan(score("ccc", [1, 2], [3, 3])) and np.isnan(score("r2", [1, 2], [3, 3]))
    assert score("mae", [1, 2], [3, 3]) == 1.5


def test_the_error_is_counted_in_the_unit_of_the_target_and_nothing_else_is():
    assert METRICS["mae"].of_targets_in("dB").amount(1.25) == "1.25 dB"
    assert METRICS["mae"].of_targets_in("") is METRICS["mae"] and METRICS["mae"].amount(1.25) == "1.25"
    assert METRICS["ccc"].of_targets_in("dB").shown_unit == ""


# Log loss


@pytest.mark.parametrize("unit", [1.0, 1000.0])
def test_log_loss_is_that_of_a_normal_density_in_deviations_of_training_whatever_the_unit(unit):
    random = np.random.default_rng(0)
    true, said = unit * random.normal(5, 2, size=(30, 1)), unit * random.normal(5, 2, size=(30, 1))
    targets = Targets(true.astype(np.float32), random.random((30, 1)) < 0.7)
    kind = Regression().fitted(Targets((unit * np.array([[1.0], [5.0]])).astype(np.float32), np.ones((2, 1), bool)))
    assert kind.deviation == (2 * unit,)
    rows = targets.known[:, 0]
    for temperature in (0.5, 3.0):
        expected = -norm.logpdf((said[rows] - true[rows]) / (2 * unit), scale=temperature).mean() / np.log(2)
        [found] = kind.log_losses(ClipOutputs.one_each(said), targets, ONE, np.array([temperature]))
        assert found == pytest.approx(expected, rel=1e-5)


def test_log_loss_of_several_numbers_is_their_sum_over_the_clips_that_know_any():
    kind = Regression()
    targets = kind.encode(["a=0;b=0", "a=0", ""], ["a", "b"])
    told = ClipOutputs.one_each(np.array([[1.0, 2.0], [3.0, 9.0], [9.0, 9.0]], np.float32))
    nats = 3 * 0.5 * np.log(2 * np.pi) + (1 + 4 + 9) / 2
    found = kind.log_losses(told, targets, np.array([True, True]), np.array([1.0]))
    assert found == pytest.approx([nats / 2 / np.log(2)])
    assert np.isnan(kind.log_losses(told, targets, np.array([False, False]), np.array([1.0, 2.0]))).all()


def test_a_density_may_be_more_than_one():
    """So a log loss below 0 is no mistake, and no bound of an interval."""
    kind = Regression()
    targets = kind.encode(["1", "2"], ["x"])
    [found] = kind.log_losses(ClipOutputs.one_each(targets.values), targets, ONE, np.array([1 / 32]))
    assert found < 0
    assert kind.least_log_loss == -np.inf and Multiclass().least_log_loss == 0


# Scale


def test_the_scale_is_that_of_the_known_training_clips():
    kind = Regression().fitted(Regression().encode(["a=1;b=7", "a=3", "a=5", ""], ["a", "b"]))
    assert kind.mean == (3.0, 7.0)
    assert kind.deviation == pytest.approx((np.sqrt(8 / 3), 1.0))  # of a number that does not vary it is 1


def test_a_head_answers_in_the_unit_and_learns_in_deviations():
    """What is learnt is the same in any unit; a scale far from 0 loses nothing in bfloat16."""
    losses = []
    for unit in (1.0, 1e4):
        cells = [str(unit * value) for value in (1000.0, 1001.0, 1003.0)]
        targets = Regression().encode(cells, ["x"])
        kind = Regression().fitted(targets)
        torch.manual_seed(0)
        head = kind.head(4, ["x"])
        embedding = torch.ones(3, 4)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            out = head(embedding)
        assert out.dtype == torch.float32
        np.testing.assert_allclose(out.detach(), head(embedding).detach(), rtol=1e-4)
        assert abs(out.mean() - 1001 * unit) < 10 * unit
        losses.append(float(kind.loss(head(embedding), WindowTargets.of(targets)).detach()))
    assert losses[0] == pytest.approx(losses[1], rel=1e-2)


# Cells


def test_cells():
    assert numbers_in(" -3.5 ") == {"": -3.5}
    assert numbers_in("valence=0.2; arousal=1e-2;") == {"valence": 0.2, "arousal": 0.01}
    assert Regression().names("level", ["1", "", "2"]) == ["level"]
    assert Regression().names("affect", ["v=1;a=2", "v=3", ""]) == ["a", "v"]
    assert joined_numbers(["a", "b;c"], ["0.5", ""]) == "a=0.5"
    assert joined_numbers(["a", "b;c"], ["0.5", " 2"]) == "a=0.5;b,c=2"
    assert Regression().encode(["v=1", "a=2"], ["a", "v"]).known.tolist() == [[False, True], [True, False]]


@pytest.mark.parametrize(
    ("cell", "names", "why"),
    [
        ("loud", ["x"], "holds 'loud', which is no number; write -3.5"),
        ("0,5", ["x"], "holds '0,5', which is no number"),
        ("nan", ["x"], "holds 'nan', which is no finite number; .* leave the cell empty"),
        ("inf", ["x"], "no finite number"),
        ("1_000", ["x"], "no finite number"),
        ("1;2", ["x"], "several numbers without names; write name=number;name=number"),
        ("a=1;2", ["a", "x"], "several numbers without names"),
        ("a=1;a=2", ["a"], "two numbers 'a'"),
        ("c=1", ["a", "b"], "names none of its numbers: a, b"),
        ("1", ["a", "b"], "names none of its numbers: a, b"),
        ("-1e39", ["x"], r"holds 1e\+39, which is more than 32 bits can hold"),
    ],
)
def test_a_cell_that_is_no_number_is_told(cell, names, why):
    with pytest.raises(ValueError, match=why):
        Regression().encode(["", cell], names)


@given(st.lists(st.floats(-(2.0**99), 2.0**99, width=32), min_size=1, max_size=5))
def test_numbers_are_written_as_they_are_read(values):
    kind = Regression()
    targets = kind.encode(list(map(repr, values)), ["x"])
    np.testing.assert_array_equal(kind.encode(kind.cells(targets, ["x"]), ["x"]).values, targets.values)


def test_columns_of_named_numbers():
    assert are_named_numbers(["v=1;a=2", "", "v=3"])
    for cells in (["v=1", "v=2"], ["1", "2"], ["v=1;a=2", "1"], ["v=1;a=2", "dog"], [""], ["a;b"]):
        assert not are_named_numbers(cells)


def test_a_kind_of_labels_has_no_unit():
    assert Multiclass().in_unit("").name == "multiclass"
    with pytest.raises(
        ValueError, match="a task of kind multiclass holds nothing that is counted in 'dB'; leave it out"
    ):
        Multiclass().in_unit("dB")
