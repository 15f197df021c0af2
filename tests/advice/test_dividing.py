"""Groupings hold their budget, whatever way they are found, and say which limit no grouping can hold."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from advised import observed, planted

from cohear.advice import dividing as dividing_module
from cohear.advice.budget import GroupingBudget
from cohear.advice.dividing import Dividing, Floors
from cohear.advice.expectation import GainDistribution
from cohear.advice.prices import Prices
from cohear.base.errors import UserError

TASKS = tuple(f"t{number}" for number in range(6))
SINGLE = 1000.0


def made(*, mean=0.0, floors=None, seed=0, **limits):
    expectation = GainDistribution.of(observed(planted(6, mean=mean, seed=seed), error=0.005))
    costs = {name: SINGLE + 10 * number for number, name in enumerate(TASKS)}
    costs["t0+t1"] = SINGLE + 10
    floor = Floors(expectation, np.full(6, 0.8), np.ones(6), floors) if floors else None
    return Dividing(
        TASKS, expectation, {"parameters": Prices.of(TASKS, pd.Series(costs))}, GroupingBudget(**limits), floor
    )


@pytest.fixture(params=["exact", "climbing"])
def way(request, monkeypatch):
    if request.param == "climbing":
        monkeypatch.setattr(dividing_module, "MOST_EXACT", 2)
    return request.param


def test_within_the_budget(way):
    for networks, parameters in product((1, 2, 4), (1500.0, 2500.0, 6000.0)):
        found = made(networks=networks, parameters=parameters)
        assert found.is_exact == (way == "exact")
        if found.best is None:
            assert networks > 1 or parameters < SINGLE
            continue
        assert len(found.best) <= networks
        assert sum(map(found.prices["parameters"].of_network, found.best)) <= parameters
        assert sorted(task for network in found.best for task in network) == list(range(6))


def test_nothing_is_put_together_that_is_expected_to_lose(way):
    assert made(mean=-0.3).best == tuple((task,) for task in range(6))


def test_everything_is_put_together_where_there_may_be_one_network(way):
    assert made(mean=-0.3, networks=1).best == (tuple(range(6)),)


def test_the_floor_of_a_task_keeps_it_apart(way):
    free = made(mean=-0.3, networks=2)
    assert len(free.best) == 2
    held = made(mean=-0.3, networks=2, floors={3: 0.75})
    assert (3,) in held.best


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"parameters": 900.0}, "--parameters 900 cannot be held"),
        ({"floors": {2: 0.95}}, "--floor t2=0.95 cannot be held"),
        ({"mean": -0.3, "networks": 1, "floors": {2: 0.75}}, "together, though each can be held"),
    ],
)
def test_a_budget_that_cannot_be_held_says_why(way, asked, told):
    found = made(**asked)
    assert found.best is None
    assert told in found.why_none()


def test_the_pool_begins_with_the_best_and_holds_the_budget(way):
    found = made(networks=2, parameters=2600.0)
    pool = found.pool()
    assert pool[0] == found.best
    assert all(len(one) <= 2 for one in pool)


def test_the_value_of_a_division_is_its_mean_gain(way):
    found = made()
    gains = found.expectation.effects.of_every_set(found.expectation.weights[None], found.expectation.offsets)[0]
    total = sum(gains[:, sum(1 << task for task in network)].sum() for network in found.best)
    rows = found.value([found.best]) @ found.expectation.weights + found.offset([found.best])
    assert rows == pytest.approx([total / 6])


@pytest.mark.parametrize("limits", [{"networks": 0}, {"bytes": -1.0}, {"milliseconds": float("nan")}])
def test_a_limit_is_a_number_above_nothing(limits):
    with pytest.raises(UserError, match="a limit is a number above 0"):
        GroupingBudget(**limits)
