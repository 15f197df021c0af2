"""The estimate of how long a study still takes."""

from dataclasses import replace

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


def test_a_plan_tells_paces_of_its_own():
    """Probes and networks of one setting are no matter of each other; so it is in plans that tell none."""
    told = [
        replace(row("a", "logmel", "cnn", 100), pace="networks"),
        replace(row("b", "logmel", "cnn", 100), pace="networks"),
        replace(row("p", "logmel", "cnn", 100), pace="probes", job="probe", probe="transfer"),
        replace(row("q", "logmel", "cnn", 300), pace="probes", job="probe", probe="transfer"),
    ]
    older = [PlanRow.from_json({n: v for n, v in each.to_json().items() if n != "pace"}) for each in told]
    assert not any(each.pace for each in older)
    for plan in (told, older):
        time_left = TimeLeft.of_plan(plan)
        time_left.trained("a", 50.0)
        time_left.trained("p", 1.0)
        assert time_left.of(["b"]) == 50.0
        assert time_left.of(["q"]) == 3.0
