"""Every registered baseline keeps its contract."""

from typing import ClassVar

import numpy as np
import pytest

from cohear.base.errors import UserError
from cohear.base.named import WithSettings, make
from cohear.baselines.baseline import BASELINES
from cohear.testing.baseline import BaselineContract, DetectorContract


class TestSvm(BaselineContract):
    name = "svm"


class TestSvmOfOneCost(BaselineContract):
    name = "svm"
    settings: ClassVar = {"cost": 0.1}


class TestRidge(BaselineContract):
    name = "ridge"


class TestRidgeOfOnePenalty(BaselineContract):
    name = "ridge"
    settings: ClassVar = {"penalty": 1.0}


class TestForest(BaselineContract):
    name = "forest"
    settings: ClassVar = {"trees": 20}


class TestNearest(BaselineContract):
    name = "nearest"


class TestGmm(BaselineContract):
    name = "gmm"

    def vectors(self):
        """Clips of 3 to 12 frames around the vector that others are given."""
        noise, found = np.random.default_rng(1), np.empty(90, dtype=object)
        for clip, vector in enumerate(super().vectors()):
            found[clip] = (vector + noise.normal(size=(3 + clip % 10, 6)) / 2).astype(np.float32)
        return found


class TestMajority(BaselineContract):
    name = "majority"
    looks = False


class TestOnsets(DetectorContract):
    name = "onsets"


class TestOnsetsOfOneThreshold(DetectorContract):
    name = "onsets"
    settings: ClassVar = {"threshold": 0.3}


def test_all_that_is_registered_is_tested():
    assert set(BASELINES) == {"svm", "ridge", "forest", "gmm", "nearest", "majority", "onsets"}


@pytest.mark.parametrize(
    ("name", "settings"),
    [("svm", {"cost": 0}), ("ridge", {"penalty": 0.0}), ("forest", {"trees": 0}), ("onsets", {"threshold": 0})],
)
def test_settings_that_mean_nothing_are_refused(name, settings):
    with pytest.raises(UserError, match=f"baseline {name!r}: "):
        make(BASELINES, WithSettings(name=name, **settings))
