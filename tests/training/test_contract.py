"""Every registered objective, optimiser and schedule keeps its contract."""

from importlib.util import find_spec
from typing import ClassVar

import pytest

from cohear.testing.objective import ObjectiveContract
from cohear.testing.optimiser import OptimiserContract
from cohear.testing.schedule import ScheduleContract
from cohear.training.objectives import OBJECTIVES
from cohear.training.optimiser import OPTIMISERS
from cohear.training.schedule import SCHEDULES


def is_installed(*packages):
    return all(find_spec(package) for package in packages)


class TestSum(ObjectiveContract):
    name = "sum"


class TestMixed(ScheduleContract):
    name = "mixed"


class TestRounds(ScheduleContract):
    name = "rounds"


class TestOneTask(ScheduleContract):
    name = "one-task"
    settings: ClassVar = {"temperature": 2.0}


class TestAdamW(OptimiserContract):
    name = "adamw"


class TestSGD(OptimiserContract):
    name = "sgd"
    settings: ClassVar = {"momentum": 0.5}


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


class TestFamo(ObjectiveContract):
    name = "famo"
    settings: ClassVar = {"decay": 0.1}


class TestGradNorm(ObjectiveContract):
    name = "gradnorm"
    settings: ClassVar = {"alpha": 0.5}


class TestPCGrad(ObjectiveContract):
    name = "pcgrad"
    settings: ClassVar = {"every": 1}


class TestGradVac(ObjectiveContract):
    name = "gradvac"
    settings: ClassVar = {"every": 2, "beta": 0.1}


class TestMGDA(ObjectiveContract):
    name = "mgda"


class TestImtlG(ObjectiveContract):
    name = "imtl-g"
    settings: ClassVar = {"every": 2}


class TestAlignedMTL(ObjectiveContract):
    name = "aligned-mtl"


class TestConFIG(ObjectiveContract):
    name = "config"


@pytest.mark.skipif(not is_installed("cvxpy"), reason="needs its solver")
class TestCAGrad(ObjectiveContract):
    name = "cagrad"
    settings: ClassVar = {"c": 0.4}


@pytest.mark.skipif(not is_installed("cvxpy", "ecos"), reason="needs its solvers")
class TestNashMTL(ObjectiveContract):
    name = "nash-mtl"


class TestGradDrop(ObjectiveContract):
    name = "graddrop"


def test_all_that_is_registered_is_tested():
    tested = {each.name for each in globals().values() if isinstance(each, type) and hasattr(each, "name")}
    assert {*OBJECTIVES, *OPTIMISERS, *SCHEDULES} == tested
