"""Tasks whose gains follow from what was measured of them, as tables: the truth is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd

from cohear.advice.predictors.cells import Cells, KnownGains
from cohear.analysis.tables.text import write_table
from cohear.base.study_facts import DatasetFacts, StudyFacts, TaskFacts, write_facts
from cohear.base.tables import GAINS_NLL_CSV, MEASUREMENTS_CSV

FEATURES, ENCODER = "summary", "mlp"


@dataclass(frozen=True)
class Planted:
    """What is planted.

    Attributes:
        tasks: how many.
        datasets: that they are dealt to.
        numbers: measured of each task, named ``number 0``…; of each pair one named ``distance``.
        weights: of measurements in the gain, by their words (``number 0 of the partner``).
        noise: deviation of gains around what follows.
        of_partner: deviation of what a partner does to every task, beside what is measured.
        arms: settings of which each has its own noise.
        seed: of all draws.
    """

    tasks: int = 12
    datasets: int = 8
    numbers: int = 4
    weights: Mapping[str, float] = field(default_factory=dict)
    noise: float = 0.3
    of_partner: float = 0.0
    arms: tuple[str, ...] = ("base",)
    seed: int = 0

    def names(self) -> list[str]:
        """``task 00``…"""
        return [f"task {number:02d}" for number in range(self.tasks)]

    def dataset_of(self) -> dict[str, str]:
        """The last dataset has what is left over."""
        return {name: f"set {min(number, self.datasets - 1):02d}" for number, name in enumerate(self.names())}

    def measured(self) -> dict[tuple[str, str, str], float]:
        """Numbers by task, partner and name."""
        draw = np.random.default_rng(self.seed)
        found = {(t, "", f"number {n}"): draw.normal() for t in self.names() for n in range(self.numbers)}
        return found | {(t, p, "distance"): draw.normal() for t, p in permutations(self.names(), 2)}

    def expected(self, cells: Cells) -> np.ndarray:
        """The gain without noise."""
        columns = {feature.words: column for feature, column in zip(cells.features, cells.values.T, strict=True)}
        return sum((weight * columns[words] for words, weight in self.weights.items()), np.zeros(len(cells)))

    def cells(self) -> Cells:
        """All ordered pairs."""
        every = [(task, (partner,)) for task, partner in permutations(self.names(), 2)]
        return Cells.of(every, self.measured(), self.dataset_of())

    def trained(self, arm: str = "base") -> KnownGains:
        """With gains; signs are decided where a gain is further than twice its noise from zero."""
        cells = self.cells()
        draw = np.random.default_rng([self.seed, 1 + self.arms.index(arm)])
        shared = dict(zip(self.names(), self.of_partner * draw.normal(size=self.tasks), strict=True))
        gains = self.expected(cells) + [shared[partners[0]] for partners in cells.partners]
        gains = gains + self.noise * draw.normal(size=len(cells))
        return KnownGains(cells, gains, np.where(np.abs(gains) > 2 * self.noise, np.sign(gains), 0).astype(np.int64))

    def write(self, folder: Path) -> Path:
        """``gains_nll.csv``, ``measurements.csv`` and ``data.json``."""
        folder.mkdir(parents=True, exist_ok=True)
        write_table(folder / GAINS_NLL_CSV.file, pd.DataFrame([row for arm in self.arms for row in self._rows(arm)]))
        numbers = [
            {"task": task, "partner": partner, "name": name, "value": value, "cost": 0.01}
            | {"features": "", "encoder": "", "arm": "base"}
            for (task, partner, name), value in self.measured().items()
        ]
        write_table(folder / MEASUREMENTS_CSV.file, pd.DataFrame(numbers)[list(MEASUREMENTS_CSV.names)])
        tasks = {task: TaskFacts(dataset=dataset) for task, dataset in self.dataset_of().items()}
        write_facts(folder, StudyFacts({name: DatasetFacts() for name in self.dataset_of().values()}, tasks))
        return folder

    def _rows(self, arm: str) -> list[dict[str, object]]:
        trained = self.trained(arm)
        cells = zip(trained.cells.tasks, trained.cells.partners, trained.gains, trained.signs, strict=True)
        names = list(GAINS_NLL_CSV.names)
        return [
            dict.fromkeys(names, "")
            | {"task": task, "combination": "+".join(sorted((task, *partners))), "features": FEATURES}
            | {"encoder": ENCODER, "arm": arm, "metric": "nll", "gain": gain, "repeats": 20, "verdict": "undecided"}
            | {"verdict_here": {1: "helps", -1: "hurts", 0: "undecided"}[int(sign)]}
            for task, partners, gain, sign in cells
        ]
