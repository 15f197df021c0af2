"""From which probability on a label is told, and over how many steps: set on clips that were not learnt from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.base.timeline import medians
from cohear.tasks.targets import Targets

USUAL_THRESHOLD = 0.5
FILTERS = (1, 3, 5, 9, 15)
"""Steps that a median may be taken over (Cances et al. 2019 smooth so, a label at a time)."""

ByFilter = Mapping[int, NDArray[Any]]
"""Probabilities ``[R, labels]`` as they are after a median over so many steps."""


@dataclass(frozen=True)
class Decisions:
    """What is set of each label.

    Attributes:
        thresholds: probability from which on it is told.
        filters: steps whose median is compared with it.
    """

    thresholds: tuple[float, ...]
    filters: tuple[int, ...]

    def told(self, chances: ByFilter) -> NDArray[np.bool_]:
        """Which labels are told in each row, ``[R, labels]``."""
        columns = [chances[width][:, label] for label, width in enumerate(self.filters)]
        return np.stack(columns, axis=1) >= np.array(self.thresholds)


def best_decisions(chances: ByFilter, targets: Targets) -> Decisions:
    """For each label the filter, and with it the threshold, of the largest F1 over the rows where it is known.

    The shortest of the best filters; the step alone and one half where no row carries the label.

    Args:
        chances: by filter.
        targets: ``[R, labels]``, what is true of the rows, and what of it is known.
    """
    found = [
        _best_of_label({width: each[:, label] for width, each in chances.items()}, targets, label)
        for label in range(targets.values.shape[1])
    ]
    return Decisions(*zip(*found, strict=True)) if found else Decisions((), ())


def by_filter(rows: NDArray[Any], clips: Sequence[NDArray[np.int64]], silence: float) -> dict[int, NDArray[Any]]:
    """What is said of clips in steps, after each of ``FILTERS``.

    Args:
        rows: ``[R, labels]`` logits.
        clips: the rows of each clip, in time.
        silence: what a label is in a step of silence.
    """
    found = {width: np.array(rows) for width in FILTERS}
    for own in clips:
        for width in FILTERS:
            found[width][own] = medians(rows[own], [width] * rows.shape[1], silence)
    return found


def _best_of_label(chances: ByFilter, targets: Targets, label: int) -> tuple[float, int]:
    known = targets.known[:, label]
    truth = targets.values[known, label] > 0.5
    best, best_f1 = (USUAL_THRESHOLD, min(chances)), -1.0
    for width in sorted(chances) if truth.any() else ():
        threshold, f1 = _best_threshold(chances[width][known], truth)
        if f1 > best_f1:
            best, best_f1 = (threshold, width), f1
    return best


def _best_threshold(chances: NDArray[Any], truth: NDArray[np.bool_]) -> tuple[float, float]:
    """The threshold of the largest F1, between two chances, and that F1; some row is true."""
    order = np.argsort(-chances, kind="stable")
    falling = chances[order]
    f1 = 2 * np.cumsum(truth[order]) / (np.arange(1, len(order) + 1) + truth.sum())
    below = np.append(falling[1:], -1.0)
    f1[falling == below] = -1.0  # no threshold lies between equal chances
    best = int(f1.argmax())
    return float((falling[best] + max(below[best], 0.0)) / 2), float(f1[best])
