"""The estimate of how long a study still takes."""

from cohear.study.launch.time_left import TimeLeft
from cohear.study.plan.row import PlanRow


def row(run, features, encoder, cost):
    return PlanRow(run, features, encoder, "base", "task", control="", fold=0, seed=0, cost=cost)


PLAN = [
    row("a", "logmel", "cnn", 100),
    row("b", "logmel", "cnn", 200),
    row("c", "summary", "dnn", 100),
    row("d", "summary", "dnn", 300),
    row("e", "logmel", "small", 100),
]


def test_each_kind_of_network_has_a_pace_of_its_own():
    """A network that is dear to train says nothing of a cheap one, unless nothing else is known."""
    time_left = TimeLeft.of_plan(PLAN)
    assert time_left.of(["a"]) is None
    time_left.trained("a", 50.0)
    assert time_left.of(["b", "d"]) == 100.0 + 150.0
    time_left.trained("c", 1.0)
    assert time_left.of(["b", "d"]) == 100.0 + 3.0
    assert time_left.of(["e"]) == 100 * 51 / 200
    assert time_left.of([]) == 0.0
