"""Climbing keeps to the limits, and mostly finds what looking at everything finds."""

import numpy as np
from advised import planted

from cohear.advice.climbing import Climb, as_division
from cohear.advice.effects import Effects, GainsOfSets, set_of
from cohear.advice.partitions import Search


def both(seed, limits, most):
    """What climbing and what looking at everything finds, in seven tasks."""
    effects, truth = Effects(7), planted(7, task=0.02, seed=seed)
    weights = np.zeros(effects.begins["end"])
    gains = GainsOfSets(effects, weights, truth)
    heads = np.random.default_rng(seed).uniform(1, 2, 7)

    def cost(network):
        return 5.0 + heads[list(network)].sum()

    def value(network):
        return float(gains.of(network).sum())

    every = [[task for task in range(7) if one >> task & 1] for one in range(1 << 7)]
    values = np.array([value(tuple(members)) if members else 0.0 for members in every])
    costs = {"a": np.array([cost(members) if members else 0.0 for members in every])}
    climb = Climb(value, {"a": cost}, limits, most)
    found = climb.best([as_division([task] for task in range(7)), as_division([range(7)])])
    exact = Search(values, costs, limits, most).best()
    if found is None or exact is None:
        return None, None, found
    assert sum(map(cost, found)) <= limits.get("a", np.inf) + 1e-9 and len(found) <= most
    assert sorted(task for network in found for task in network) == list(range(7))
    climbed = sum(values[set_of(network)] for network in found)
    return climbed, sum(values[one] for one in exact), found


def test_near_to_the_best():
    shares = []
    for seed in range(12):
        climbed, exact, _ = both(seed, {"a": 30.0}, 4)
        assert climbed <= exact + 1e-12
        shares.append(climbed >= exact - 0.01)
    assert np.mean(shares) >= 0.75


def test_no_division_within_the_limits():
    assert both(0, {"a": 10.0}, 7)[2] is None
    assert both(0, {"a": 1000.0}, 1)[2] == (tuple(range(7)),)
