"""The estimate of how long a study still takes."""

from cohear.study.time_left import TimeLeft

PLAN = [
    {"run": "a", "features": "logmel", "encoder": "cnn", "cost": 100},
    {"run": "b", "features": "logmel", "encoder": "cnn", "cost": 200},
    {"run": "c", "features": "summary", "encoder": "dnn", "cost": 100},
    {"run": "d", "features": "summary", "encoder": "dnn", "cost": 300},
    {"run": "e", "features": "logmel", "encoder": "small", "cost": 100},
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
