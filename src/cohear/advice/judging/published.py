"""Signs scored as Bingel & Søgaard (2017) did: five folds of all pairs, drawn a hundred times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cohear.advice.predictors.cells import Cells, KnownGains
from cohear.advice.predictors.logistic import Ratios, eliminated, five_folds
from cohear.base.arrays import Array
from cohear.base.streams import stream

SCHEME = "100 x 5-fold"
DRAWS = 100


@dataclass(frozen=True)
class PublishedScore:
    """A row of their table.

    Attributes:
        name: the predictor.
        is_plain: whether it is there to be beaten.
        f1: of the gains above zero.
        accuracy: of signs.
    """

    name: str
    is_plain: bool
    f1: float
    accuracy: float


def as_published(trained: KnownGains) -> list[PublishedScore]:
    """Their regression with and without elimination, beside the majority, the task's name and random numbers.

    A pair's other direction, and other pairs of the task, are among what is learnt from: what this tells of a task that
    is new, it does not say.
    """
    values = Ratios.of(trained.cells)(trained.cells)
    above = (trained.gains > 0).astype(np.float64)
    if values.shape[1] < 2 or above.min() == above.max():
        return []
    found = eliminated(values, above, DRAWS, 0)
    names = np.column_stack([np.eye(len(trained.cells.names))[trained.cells.numbers], np.ones(len(trained))])
    drawn = _random_numbers(trained.cells, values.shape[1] // 3)
    up = float(above.mean())
    return [
        PublishedScore("logistic", False, found.f1, found.accuracy),
        PublishedScore("logistic, all measurements", False, found.f1_all, found.accuracy_all),
        PublishedScore("majority", True, 2 * up / (1 + up) if up > 0.5 else 0.0, max(up, 1 - up)),
        PublishedScore("task", True, *five_folds(names, above, DRAWS, 0)),
        PublishedScore("random", True, *five_folds(drawn, above, DRAWS, 0)),
    ]


def _random_numbers(cells: Cells, number: int) -> Array:
    """As many measurements of each task that say nothing, ``(cells, 3 * number + 1)``."""
    told = {
        (task, "", f"number {place}"): float(value)
        for task in cells.names
        for place, value in enumerate(stream("as many random numbers", task).random(number))
    }
    drawn = Cells.of(list(zip(cells.tasks, cells.partners, strict=True)), told, cells.dataset_of)
    return Ratios.of(drawn)(drawn)
