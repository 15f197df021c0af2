"""Every registered baseline keeps its contract."""

from typing import ClassVar

import pytest

from cohear.base.errors import UserError
from cohear.base.named import WithSettings, make
from cohear.baselines.baseline import BASELINES
from cohear.testing.baseline import BaselineContract


class TestSvm(BaselineContract):
    name = "svm"


class TestSvmOfOneCost(BaselineContract):
    name = "svm"
    settings: ClassVar = {"cost": 0.1}


class TestForest(BaselineContract):
    name = "forest"
    settings: ClassVar = {"trees": 20}


class TestNearest(BaselineContract):
    name = "nearest"


class TestMajority(BaselineContract):
    name = "majority"
    looks = False


def test_all_that_is_registered_is_tested():
    assert set(BASELINES) == {"svm", "forest", "nearest", "majority"}


@pytest.mark.parametrize(("name", "settings"), [("svm", {"cost": 0}), ("forest", {"trees": 0})])
def test_settings_that_mean_nothing_are_refused(name, settings):
    with pytest.raises(UserError, match=f"baseline {name!r}: "):
        make(BASELINES, WithSettings(name=name, **settings))
