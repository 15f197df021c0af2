"""The contract of every predictor, as tests to inherit.

::

    class TestMine(PredictorContract):
        name = "mine"
        settings = {"depth": 2}
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import permutations

import numpy as np

from cohear.advice.predictors.cells import Cells, KnownGains
from cohear.advice.predictors.predictor import PREDICTORS, Foretold, Predictor
from cohear.base.registry import Registry
from cohear.testing.named import NamedPartContract

_TASKS = tuple(f"task {number}" for number in range(8))


class PredictorContract(NamedPartContract):
    """What must hold for a predictor; pytest runs it for each subclass whose name begins with ``Test``."""

    def registry(self) -> Registry[type[Predictor]]:
        """Predictors."""
        return PREDICTORS

    def make(self) -> Predictor:
        """The predictor."""
        predictor: Predictor = self.made()
        return predictor

    def measured(self) -> Mapping[tuple[str, str, str], float]:
        """Three numbers of each task, one of each pair, and what the predictor cannot do without."""
        draw = np.random.default_rng(0)
        found = {(task, "", f"number {n}"): float(draw.normal()) for task in _TASKS for n in range(3)}
        for name in ("distance", *self.make().needs):
            found |= {(task, partner, name): float(draw.normal()) for task, partner in permutations(_TASKS, 2)}
        return found

    def cells(self) -> Cells:
        """All pairs of eight tasks of six datasets, and some groups of three."""
        every: list[tuple[str, tuple[str, ...]]] = [(task, (partner,)) for task, partner in permutations(_TASKS, 2)]
        every += [(group[0], group[1:]) for group in permutations(_TASKS[:4], 3)]
        datasets = {task: f"set {min(number, 5)}" for number, task in enumerate(_TASKS)}
        return Cells.of(every, self.measured(), datasets)

    def trained(self) -> KnownGains:
        """Gains that go with one number of the partner and with the task itself."""
        cells = self.cells()
        of_task = np.random.default_rng(1).normal(size=len(_TASKS))
        numbers = self.measured()
        of_partner = [np.mean([numbers[partner, "", "number 0"] for partner in each]) for each in cells.partners]
        gains = of_task[cells.numbers] + np.array(of_partner)
        return KnownGains(cells, gains, np.sign(gains).astype(np.int64))

    def foretold(self, trained: KnownGains, cells: Cells, draw: int = 1) -> Foretold:
        """What is expected of cells after a fit."""
        return self.make().fit(trained, draw).foretell(cells)

    def test_it_says_something_of_every_cell(self) -> None:
        """Finite gains, positive deviations, and probabilities."""
        trained = self.trained()
        told = self.foretold(trained, trained.cells)
        for figures in (told.gain, told.deviation, told.helps):
            assert figures.shape == (len(trained),)
            assert np.isfinite(figures).all()
        assert (told.deviation > 0).all()
        assert ((told.helps >= 0) & (told.helps <= 1)).all()

    def test_the_same_gives_the_same(self) -> None:
        """What it draws, it draws from the seed that it is given."""
        trained = self.trained()
        assert np.array_equal(self.foretold(trained, trained.cells).gain, self.foretold(trained, trained.cells).gain)

    def test_a_cell_is_told_the_same_alone(self) -> None:
        """What else is asked about changes nothing."""
        trained = self.trained()
        fitted = self.make().fit(trained, 1)
        some = np.arange(len(trained)) % 5 == 0
        together, alone = fitted.foretell(trained.cells), fitted.foretell(trained.cells.take(some))
        assert np.allclose(together.gain[some], alone.gain)
        assert np.allclose(together.deviation[some], alone.deviation)

    def test_tasks_that_were_not_shown_are_told_of(self) -> None:
        """And numbers that are lacking are no obstacle."""
        trained = self.trained()
        unseen = trained.cells.holds({_TASKS[0]})
        asked = trained.cells.take(unseen)
        values = asked.values.copy()
        values[::3] = np.nan
        told = self.foretold(trained.take(~unseen), replace(asked, values=values))
        assert np.isfinite(told.gain).all()
        assert (told.deviation > 0).all()

    def test_gains_in_another_unit_are_foretold_in_it(self) -> None:
        """Bits or hundredths of them."""
        trained = self.trained()
        hundredths = replace(trained, gains=100 * trained.gains)
        told, larger = (self.foretold(each, trained.cells) for each in (trained, hundredths))
        assert np.allclose(100 * told.gain, larger.gain, rtol=1e-2, atol=1e-6 * np.abs(larger.gain).max() + 1e-9)

    def test_no_gains_are_changed(self) -> None:
        """Tables that are handed in stay as they are."""
        trained = self.trained()
        before = trained.gains.copy(), trained.cells.values.copy()
        self.foretold(trained, trained.cells)
        assert np.array_equal(before[0], trained.gains)
        assert np.array_equal(before[1], trained.cells.values, equal_nan=True)

    def test_cells_that_are_all_alike_will_do(self) -> None:
        """Two cells, or gains that are one number."""
        trained = self.trained()
        few = np.arange(len(trained)) < 2
        for given in (trained.take(few), replace(trained, gains=np.full(len(trained), 0.25))):
            assert np.isfinite(self.foretold(given, trained.cells).gain).all()

    def test_reasons_are_measurements_of_the_cells(self) -> None:
        """At most as many as are asked for, the largest first; of what is not measured none is given."""
        trained = self.trained()
        fitted = self.make().fit(trained, 1)
        told = fitted.reasons(trained.cells, 2)
        assert len(told) == len(trained)
        for of_cell in told:
            shares = [abs(reason.share) for reason in of_cell]
            assert len(shares) <= 2
            assert shares == sorted(shares, reverse=True)
            assert {reason.feature for reason in of_cell} <= set(trained.cells.features)
