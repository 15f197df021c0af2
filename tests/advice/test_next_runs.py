"""A run is worth by how much its outcome may change which grouping is taken."""

from dataclasses import replace

import numpy as np
import pytest
from advised import observed, planted

from cohear.advice.budget import GroupingBudget
from cohear.advice.dividing import Dividing
from cohear.advice.expectation import GainDistribution
from cohear.advice.next_runs import CandidateNetwork, Standing

TASKS = tuple(f"t{number}" for number in range(5))


def standing(measured):
    expectation = GainDistribution.of(measured)
    dividing = Dividing(TASKS, expectation, {}, GroupingBudget())
    return Standing.of(dividing, dividing.pool(), expectation)


@pytest.fixture(scope="module")
def open_pair():
    """All pairs are known well but one."""
    truth = planted(5, pair=0.03, mean=-0.02, seed=6)
    return standing(observed(truth, error=0.002, leave={(1, 3)}))


def test_the_pair_that_is_not_known_teaches_most(open_pair):
    worth = {pair: open_pair.worth(CandidateNetwork(pair, 10)) for pair in ((0, 1), (1, 3), (2, 4), (0, 3))}
    assert max(worth, key=worth.get) == (1, 3)
    assert worth[1, 3] > 5 * max(value for pair, value in worth.items() if pair != (1, 3))


def test_more_repeats_teach_more_and_nothing_teaches_more_than_everything():
    measured = observed(planted(5, pair=0.01, seed=5), error=0.02, leave={(1, 3), (0, 4)})
    here = standing(measured)
    few, many = (here.worth(CandidateNetwork((1, 3), repeats)) for repeats in (2, 50))
    assert 0 <= few < many <= here.best_if_all_were_known() - here.gains.max() + 1e-9


def test_what_changes_no_choice_is_worth_nothing():
    truth = planted(5, pair=0.001, mean=-0.2, seed=6)
    here = standing(replace(observed(truth, error=0.001, leave={(0, 1)}), of_one=0.001))
    assert here.worth(CandidateNetwork((0, 1), 10)) == pytest.approx(0.0, abs=1e-6)


def test_the_same_every_time(open_pair):
    again = open_pair.worth(CandidateNetwork((0, 1), 10))
    assert again == open_pair.worth(CandidateNetwork((0, 1), 10))
    assert np.isfinite(again)
