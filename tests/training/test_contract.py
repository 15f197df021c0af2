"""Every registered objective and schedule keeps its contract."""

from typing import ClassVar

from cohear.testing.objective import ObjectiveContract
from cohear.testing.schedule import ScheduleContract
from cohear.training.objectives import OBJECTIVES
from cohear.training.schedule import SCHEDULES


class TestSum(ObjectiveContract):
    name = "sum"


class TestMixed(ScheduleContract):
    name = "mixed"


class TestWeighted(ObjectiveContract):
    name = "weighted"
    settings: ClassVar = {"weights": {"a": 2.0, "b": 0.5}}


class TestUncertainty(ObjectiveContract):
    name = "uncertainty"


class TestImtlL(ObjectiveContract):
    name = "imtl-l"


class TestGeometric(ObjectiveContract):
    name = "geometric"


class TestRandomWeights(ObjectiveContract):
    name = "random-weights"


class TestDynamicAverage(ObjectiveContract):
    name = "dwa"
    settings: ClassVar = {"stretch": 1, "temperature": 0.5}


def test_all_that_is_registered_is_tested():
    assert set(OBJECTIVES) == {"sum", "weighted", "uncertainty", "imtl-l", "geometric", "random-weights", "dwa"}
    assert set(SCHEDULES) == {"mixed"}
