"""Every registered probe keeps its contract."""

import re
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np

from cohear.probes.probe import PROBES
from cohear.tasks import Multiclass
from cohear.testing.probe import ProbeContract


def transfer(numbers):
    [number] = numbers
    assert (number.name, number.task, number.partner) == ("transfer", "one", "two")
    return number.value


class TestTransfer(ProbeContract):
    name = "transfer"

    def test_an_encoder_that_keeps_apart_what_the_task_asks_for_transfers(self):
        assert transfer(self.measured(self.given())) > 0.9

    def test_labels_that_say_nothing_do_not(self):
        given = self.given()
        order = np.random.default_rng(0).permutation(len(given.task.clips))
        shuffled = replace(given.task, targets=given.task.targets.take(order))
        assert transfer(self.measured(replace(given, tasks=(shuffled, given.partner)))) < 0.8

    def test_what_a_head_cannot_answer_is_not_told(self, monkeypatch):
        given = self.given()
        monkeypatch.setattr(Multiclass, "reads", "frames")
        assert np.isnan(transfer(self.measured(given)))


class TestTransferOfAnotherCost(ProbeContract):
    name = "transfer"
    settings: ClassVar = {"cost": 1.0}


def test_all_that_is_registered_is_tested():
    """Here and in the other files of this folder."""
    tested = {name for file in Path(__file__).parent.glob("test_*.py") for name in named_in(file)}
    assert {name for name in PROBES if PROBES[name].__module__.startswith("cohear.")} == tested


def named_in(file):
    """Names that the contracts of a file are for."""
    return re.findall(r'^    name = "([a-z-]+)"$', file.read_text("utf-8"), re.MULTILINE)
