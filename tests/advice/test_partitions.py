"""The best division within limits is that which looking at every one finds."""

import time

import numpy as np
import pytest

from cohear.advice.partitions import Search, best_of_any_size, sets_of_best


def divisions(whole):
    """Every way to divide a set."""
    if not whole:
        yield ()
        return
    lowest = whole & -whole
    rest = whole ^ lowest
    some = rest
    while True:
        for others in divisions(rest ^ some):
            yield (some | lowest, *others)
        if not some:
            return
        some = (some - 1) & rest


def looked_at(value, costs, limits, most):
    """The largest value of all divisions within the limits, None where there is none."""
    within = [
        sum(value[one] for one in division)
        for division in divisions(len(value) - 1)
        if len(division) <= most and all(sum(costs[c][one] for one in division) <= limits[c] for c in limits)
    ]
    return max((one for one in within if np.isfinite(one)), default=None)


@pytest.mark.parametrize("seed", range(25))
def test_within_limits_the_best_of_all_is_found(seed):
    draw = np.random.default_rng(seed)
    value, costs = draw.normal(size=64), {name: draw.uniform(1, 3, 64) for name in ("a", "b")}
    value[draw.integers(1, 64, 8)] = -np.inf
    limits, most = {"a": draw.uniform(2, 9), "b": draw.uniform(2, 9)}, int(draw.integers(1, 7))
    search, best = Search(value, costs, limits, most), looked_at(value, costs, limits, most)
    found = search.best()
    if best is None:
        assert found is None
        return
    assert sum(value[one] for one in found) == pytest.approx(best)
    assert len(found) <= most and all(sum(costs[c][one] for one in found) <= limits[c] for c in limits)
    cheapest = min(
        sum(costs["a"][one] for one in division)
        for division in divisions(63)
        if len(division) <= most and all(np.isfinite(value[one]) for one in division)
    )
    assert search.least("a") == pytest.approx(cheapest)


def test_draws_are_divided_each_for_itself():
    values = np.random.default_rng(0).normal(size=(5, 64))
    best = best_of_any_size(values)
    for value, top, sets in zip(values, best[:, -1], sets_of_best(values, best), strict=True):
        assert top == pytest.approx(looked_at(value, {}, {}, 6))
        assert sum(value[one] for one in sets) == pytest.approx(top)
        assert sum(sets) == 63


@pytest.mark.slow
def test_fifteen_tasks_take_seconds():
    draw = np.random.default_rng(0)
    costs = {"a": 20.0 + draw.uniform(0, 1, 1 << 15)}
    begins = time.process_time()
    found = Search(draw.normal(size=1 << 15), costs, {"a": 85.0}, 15).best()
    assert sum(found) == (1 << 15) - 1 and len(found) <= 4
    assert time.process_time() - begins < 30
