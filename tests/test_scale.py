"""``benchmarks/scale.py``: what is replayed, and worlds whose makespan is known."""

import math
import random
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).resolve().parents[1] / "benchmarks" / "scale.py"


@pytest.fixture(scope="module")
def scale():
    found = spec_from_file_location("scale", BENCHMARK)
    module = module_from_spec(found)
    sys.modules["scale"] = module  # its dataclasses look there
    found.loader.exec_module(module)
    yield module
    del sys.modules["scale"]


def simulated(scale, seconds, workers, lost_after=math.inf, **costs):
    free = {"driver": 0.0, "pack": 0.0, "back": 0.0, **costs}
    return scale.simulate(seconds, workers, scale.Costs(**free), random.Random(0), lost_after)


def test_one_worker_takes_the_sum_and_many_the_longest(scale):
    seconds = [10.0, 20.0, 30.0, 40.0]
    assert simulated(scale, seconds, 1).makespan == 100
    assert simulated(scale, seconds, 2).makespan == 50
    told = simulated(scale, seconds, 8)
    assert (told.makespan, told.lost) == (40, 0)
    assert told.idle == pytest.approx(1 - 100 / (8 * 40))


def test_a_driver_that_is_slower_than_its_workers_sets_the_pace(scale):
    told = simulated(scale, [1.0] * 1000, 1000, driver=0.1)
    assert told.makespan == pytest.approx(1000 * 0.1 + 1.0)
    assert told.busy_driver == pytest.approx(100 / 101)


def test_nodes_share_a_pack_and_the_link(scale):
    told = simulated(scale, [1.0] * 16, 16, pack=100.0, link=100.0, back=50.0)
    assert told.bytes == 2 * 100 + 16 * 50
    assert told.makespan == pytest.approx(2 * 1.0 + 1.0 + 0.5)  # the second node waits for the first one's copy


def test_lost_workers_cost_time_and_no_run(scale):
    whole, lossy = simulated(scale, [100.0] * 200, 10), simulated(scale, [100.0] * 200, 10, lost_after=500.0)
    assert lossy.lost > 10
    assert lossy.makespan > whole.makespan
    assert lossy.busy_driver == 0


def test_times_are_those_that_were_recorded(scale):
    times = scale.recorded(scale.ROOT / "docs" / "results" / "eight-tasks", "small")
    assert {size: len(runs) for size, runs in times.items()} == {1: 80, 2: 280, 4: 40, 8: 10}
    drawn = scale.replayed(times, {1: 3, 5: 2}, random.Random(0))
    assert set(drawn[:3]) <= set(times[1])
    assert all(any(math.isclose(seconds / 5, each) for each in times[1]) for seconds in drawn[3:])


def test_the_paper_has_what_the_command_prints(scale):
    text = (scale.ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    times = scale.recorded(scale.ROOT / "docs" / "results" / "eight-tasks", "small")
    assert scale.markdown_table(scale.table(times, scale.Costs())) in text
