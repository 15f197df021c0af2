"""Measurements of learning curves: contracts, and what stands in a curve that is known."""

import numpy as np
import pytest

from cohear.base.tables import CURVE_CSV
from cohear.probes.curves import points_of, told_by
from cohear.testing.probe import ProbeContract


class TestSingleCurve(ProbeContract):
    name = "curve"

    def test_it_reads_its_own_task(self):
        """The contract's training and validation losses are 1 over the step, and the score what is left of 1."""
        numbers = {number.name: number.value for number in self.measured(self.given())}
        assert numbers["final_loss"] == pytest.approx(0.1)
        assert numbers["final_score"] == pytest.approx(0.9)
        assert numbers["curve_gap"] == 0
        assert numbers["loss_gradient_50%"] == pytest.approx((1 / 6 - 1 / 4) / 2)


class TestDualCurve(ProbeContract):
    name = "dual-curve"

    def test_its_numbers_have_names_of_their_own(self):
        """What is of the pair cannot be taken for what is of the task alone."""
        assert all(
            number.name.startswith("dual_") and number.partner == "two" for number in self.measured(self.given())
        )


def test_points_are_in_the_order_of_steps_and_validation_may_lack():
    rows = [{"task": "one", "step": step, "part": "train", "loss": 10.0 / step, "metric": None} for step in (3, 1, 2)]
    content = CURVE_CSV.text(rows).encode()
    assert points_of(content, "one", "train").step.tolist() == [1, 2, 3]
    assert len(points_of(content, "two", "train").step) == 0
    told = told_by(content, "one")
    assert np.isnan([told["final_loss"], told["curve_gap"], told["final_score"], told["smoothed_gradient_50%"]]).all()
    assert told["loss_gradient_50%"] == pytest.approx(np.interp(1.5, [1, 2, 3], np.gradient([1, 0.5, 1 / 3], 10 / 3)))
