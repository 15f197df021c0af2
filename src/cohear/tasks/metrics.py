"""Metrics of clips: unit, bounds and direction as data, classes that a fold cannot score left out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.base.registry import Registry
from cohear.base.tables import NLL
from cohear.base.units import POINTS, Unit
from cohear.tasks.kind import TargetKind
from cohear.tasks.targets import Targets

Scored = NDArray[np.bool_]
Score = Callable[[NDArray[np.float32], Targets, Scored], float]
SHARE = "share"
"""Unit of a metric whose values are shares, which are shown as points (x 100)."""

TAKEN = ("loss", NLL)
"""Names that the tables have for what is no metric of a kind."""


@dataclass(frozen=True)
class Metric:
    """A metric by name.

    Attributes:
        score: ``(outputs [R, outputs], their targets, scored labels [outputs]) -> float``, of rows as its kind's
            ``rows`` gives their targets: one a clip, or several; NaN where fewer than two classes (multilabel: no
            label) can be scored.
        higher_is_better: the sign of a gain.
        unit: ``SHARE``, or what its values are counted in (``dB``); empty for plain numbers.
        low, high: no value lies outside; infinite where there is no end.
        version: goes up when the numbers that come out change.
        words: what it is, for people who do not know its name; empty where nobody says.
    """

    name: str
    score: Score
    higher_is_better: bool = True
    unit: str = SHARE
    low: float = 0.0
    high: float = 1.0
    version: int = 1
    words: str = ""

    def __post_init__(self) -> None:
        if self.name in TAKEN:
            raise ValueError(f"metric {self.name!r}: every task is scored by what has this name; give another one")
        if not self.low < self.high:
            raise ValueError(f"metric {self.name!r} goes from {self.low} to {self.high}")
        if self.unit == SHARE and not 0 <= self.low < self.high <= 1:
            raise ValueError(f"metric {self.name!r} is a share from {self.low} to {self.high}: give it another unit")
        if self.unit == "points":
            raise ValueError(f"metric {self.name!r} is counted in points: give shares from 0 to 1, unit SHARE")

    @property
    def shown_unit(self) -> str:
        """What its values are counted in where they are shown."""
        return POINTS.name if self.unit == SHARE else self.unit

    def shown(self, value: float, sign: bool = False) -> str:
        """A value, or with its sign a difference, as it is shown: as :class:`~cohear.base.units.Unit` writes it.

        >>> METRICS["uar"].shown(0.7617), METRICS["uar"].shown(-0.02, sign=True)
        ('76.2', '-2.0')
        """
        unit = Unit.named(self.shown_unit)
        return unit.signed(value) if sign else unit.level(value)

    def amount(self, value: float) -> str:
        """The same with its unit: ``76.2 points``."""
        return f"{self.shown(value)} {self.shown_unit}".rstrip()

    def within(self, value: float) -> float:
        """The value, or the end of the scale that it lies beyond."""
        return min(max(value, self.low), self.high)


METRICS: Registry[Metric] = Registry("metric")


def versions_of_kind(kind: TargetKind) -> dict[str, int]:
    """Versions of a kind and of all metrics that are reported of it: what a split's key holds of this room."""
    metrics = {f"metric {name}": METRICS[name].version for name in kind.metrics}
    return {f"target kind {kind.name}": kind.version, **metrics}


def _metric(name: str, words: str) -> Callable[[Score], Score]:
    def enter(score: Score) -> Score:
        METRICS.register(name)(Metric(name, score, words=words))
        return score

    return enter


def _multiclass(logits: NDArray[Any], targets: Targets, scored: Scored) -> tuple[NDArray[Any], NDArray[Any]]:
    """Truth and prediction of the known clips whose label is scored."""
    rows = targets.known & scored[targets.values]
    return targets.values[rows], logits[rows].argmax(axis=1)


@_metric("uar", "unweighted average recall (the share of a label's clips that is recognised, mean over the labels)")
def unweighted_average_recall(logits: NDArray[np.float32], targets: Targets, scored: Scored) -> float:
    """Mean over the scored labels of the share of their clips that is recognised (balanced accuracy)."""
    truth, predicted = _multiclass(logits, targets, scored)
    labels = np.unique(truth)
    if len(labels) < 2:
        return float("nan")
    return float(np.mean([np.mean(predicted[truth == label] == label) for label in labels]))


@_metric("accuracy", "the share of the clips that is recognised")
def accuracy(logits: NDArray[np.float32], targets: Targets, scored: Scored) -> float:
    """Share of the clips that are recognised."""
    truth, predicted = _multiclass(logits, targets, scored)
    return float(np.mean(predicted == truth)) if len(np.unique(truth)) >= 2 else float("nan")


@_metric("f1", "harmonic mean of precision and recall, mean over the labels")
def macro_f1(logits: NDArray[np.float32], targets: Targets, scored: Scored) -> float:
    """Mean over the scored labels of the harmonic mean of precision and recall; labels that no clip carries are out."""
    if targets.values.ndim == 1:
        truth, predicted = _multiclass(logits, targets, scored)
        labels = np.unique(truth)
        if len(labels) < 2:
            return float("nan")
        pairs = [(truth == label, predicted == label) for label in labels]
    else:
        known = [targets.known[:, label] for label in np.flatnonzero(scored)]
        pairs = [
            (targets.values[rows, label] > 0.5, logits[rows, label] > 0)
            for label, rows in zip(np.flatnonzero(scored), known, strict=True)
        ]
        pairs = [pair for pair in pairs if pair[0].any()]
        if not pairs:
            return float("nan")
    return float(np.mean([2 * np.sum(t & p) / max(np.sum(t) + np.sum(p), 1) for t, p in pairs]))


@_metric(
    "map", "mean average precision (how well the clips with a label are ranked above the others, mean over the labels)"
)
def mean_average_precision(logits: NDArray[np.float32], targets: Targets, scored: Scored) -> float:
    """Mean over the scored labels of average precision over the clips where the label is known.

    A label that all or none of those clips carry says nothing about ranking and is left out.
    """
    from sklearn.metrics import average_precision_score  # noqa: PLC0415 - slow to import

    values = []
    for label in np.flatnonzero(scored):
        rows = targets.known[:, label]
        truth = targets.values[rows, label] > 0.5
        if truth.any() and not truth.all():
            values.append(float(average_precision_score(truth, logits[rows, label])))
    return float(np.mean(values)) if values else float("nan")
