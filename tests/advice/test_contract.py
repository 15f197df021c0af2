"""Every predictor keeps the contract, and so does a class in a file of its own."""

import pytest

from cohear.advice.predictors.predictor import PREDICTORS
from cohear.base.plugins import load_plugin
from cohear.testing.predictor import PredictorContract

NAMES = tuple(PREDICTORS)

OWN = '''
"""Half of what the ridge says."""

from cohear.advice.predictors.predictor import PREDICTORS, Fitted, Foretold, Predictor


@PREDICTORS.register("half of ridge")
class HalfOfRidge(Predictor):
    """Careful."""

    def __init__(self, *, share: float = 0.5) -> None:
        self.share = share

    def fit(self, trained, draw):
        """The ridge's fit."""
        return Half(PREDICTORS["ridge"]().fit(trained, draw), self.share)


class Half(Fitted):
    """A fit of which half is believed."""

    def __init__(self, fitted, share):
        self.fitted, self.share = fitted, share

    def foretell(self, cells):
        """Less of it, as sure."""
        told = self.fitted.foretell(cells)
        return Foretold.normal(self.share * told.gain, told.deviation)
'''


@pytest.mark.parametrize("check", [name for name in dir(PredictorContract) if name.startswith("test_")])
@pytest.mark.parametrize("name", NAMES)
def test_contract(name, check):
    contract = type("Contract", (PredictorContract,), {"name": name})()
    getattr(contract, check)()


def test_a_predictor_of_a_users_own_keeps_it_too(tmp_path):
    (tmp_path / "own.py").write_text(OWN, encoding="utf-8")
    load_plugin(tmp_path / "own.py")
    contract = type("Contract", (PredictorContract,), {"name": "half of ridge", "settings": {"share": 0.25}})()
    for check in dir(contract):
        if check.startswith("test_"):
            getattr(contract, check)()
