"""Every registered objective and schedule keeps its contract."""

from cohear.testing.objective import ObjectiveContract
from cohear.testing.schedule import ScheduleContract
from cohear.training.objective import OBJECTIVES
from cohear.training.schedule import SCHEDULES


class TestSum(ObjectiveContract):
    name = "sum"


class TestMixed(ScheduleContract):
    name = "mixed"


def test_all_that_is_registered_is_tested():
    assert set(OBJECTIVES) == {"sum"}
    assert set(SCHEDULES) == {"mixed"}
