"""What was measured costs that; what was not costs its trunk and its heads."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from cohear.advice.prices import Prices

TASKS = ("a", "b", "c")
HEADS = {"a": 1.0, "b": 2.0, "c": 4.0}


def costs(*names, trunk=100.0):
    return pd.Series({name: trunk + sum(HEADS[task] for task in name.split("+")) for name in names})


def test_a_network_that_was_not_measured_is_a_trunk_and_its_heads():
    prices = Prices.of(TASKS, costs("a", "b", "c", "a+b"))
    assert prices.of_network((0, 1, 2)) == pytest.approx(107)
    assert prices.of_network((1, 2)) == pytest.approx(106)


def test_what_was_measured_counts_as_it_is():
    prices = Prices.of(TASKS, pd.concat([costs("a", "b", "c", "a+c"), pd.Series({"a+b": 300.0})]))
    assert prices.of_network((0, 1)) == 300
    every = prices.of_every_set()
    assert every[0] == 0
    for size in (1, 2, 3):
        for network in combinations(range(3), size):
            assert every[sum(1 << task for task in network)] == pytest.approx(prices.of_network(network))


def test_without_a_shared_network_the_cheapest_single_is_the_trunk():
    prices = Prices.of(TASKS, costs("a", "b", "c"))
    assert prices.of_network((0, 1, 2)) == pytest.approx(101 + 1 + 3)


def test_without_a_single_there_is_no_price():
    assert Prices.of(TASKS, costs("a", "b", "a+b")) is None
    assert Prices.of(TASKS, pd.concat([costs("a", "b"), pd.Series({"c": np.nan})])) is None


def test_nothing_costs_less_than_nothing():
    falling = pd.Series({"a": 10.0, "b": 10.0, "c": 10.0, "a+b": 3.0, "a+c": 3.0, "b+c": 3.0})
    assert Prices.of(TASKS, falling).of_network((0, 1, 2)) > 0
