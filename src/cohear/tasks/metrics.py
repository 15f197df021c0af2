"""Metrics of clips: unit, bounds, direction and chance as data, classes that a fold cannot score left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.base.registry import Registry
from cohear.base.tables import NLL
from cohear.base.units import POINTS, Unit
from cohear.tasks.guessing import Scored, guessed_accuracy, guessed_f1, guessed_precision, guessed_recall
from cohear.tasks.kind import TargetKind
from cohear.tasks.targets import ClipOutputs, Targets, WindowPlaces

Score = Callable[[NDArray[np.float32], Targets, Scored], float]
Chance = Callable[[Targets, Scored], float]
SHARE = "share"
"""Unit of a metric whose values are shares, which are shown as points (x 100)."""
OF_THE_TARGET = "unit of the target"
"""Unit of a metric that is counted as its targets are, whatever their unit is."""

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
        unit: ``SHARE``, ``OF_THE_TARGET``, or what its values are counted in (``dB``); empty for plain numbers.
        low, high: no value lies outside; infinite where there is no end.
        version: goes up when the numbers that come out change.
        fewest_labels: a task with fewer has the same score whatever is answered, and cannot ask for it.
        words: what it is, for people who do not know its name; empty where nobody says.
        chance: ``(targets of rows, scored labels) -> float``: what an answer that ignores the sound scores on the
            same rows, NaN where none can be scored; None where nobody says, and then no task is called learnt or not.
    """

    name: str
    score: Score
    higher_is_better: bool = True
    unit: str = SHARE
    low: float = 0.0
    high: float = 1.0
    version: int = 1
    fewest_labels: int = 1
    words: str = ""
    chance: Chance | None = None

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
        return POINTS.name if self.unit == SHARE else "" if self.unit == OF_THE_TARGET else self.unit

    def of_targets_in(self, unit: str) -> Metric:
        """The metric of targets that are counted in a unit; of one that is empty or not known, itself."""
        return replace(self, unit=unit) if unit and self.unit == OF_THE_TARGET else self

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
NO_METRIC = Metric("", lambda out, targets, scored: float("nan"), words="no score")
"""Of a task that has none."""


def versions_of_kind(kind: TargetKind, further: Iterable[str] = ()) -> dict[str, int]:
    """Versions of a kind and of all metrics that are reported of it: what a split's key holds of this room.

    Args:
        kind: of a task.
        further: metrics that its study asks for.
    """
    metrics = {f"metric {name}": METRICS[name].version for name in kind.metrics_with(further)}
    return {**kind.versions(), **metrics}


FRAME = 0.01
"""Seconds of a frame, where answers are counted that nobody gave."""


def chances(
    kind: TargetKind,
    targets: Targets,
    labels: Sequence[str],
    scored: Scored,
    seconds: Sequence[float],
    further: Iterable[str] = (),
) -> dict[str, float]:
    """What answers that ignore the sound score, by metric; of metrics that tell, and where anything can be scored.

    Args:
        kind: of the task, fitted to its training clips.
        targets: of the N clips that are scored.
        labels: in their order.
        scored: which of them are.
        seconds: length of each clip.
        further: metrics that the task's study asks for, beside those of the kind.
    """
    heard = (0, 1, kind.outputs(labels)) if kind.reads == "frames" else (0, kind.outputs(labels))
    nowhere = np.zeros(0, dtype=np.int64)
    windows = WindowPlaces(nowhere, nowhere, nowhere, np.zeros(0), FRAME)
    frames = np.maximum(np.rint(np.asarray(seconds, dtype=np.float64) / FRAME), 1).astype(np.int64)
    told: ClipOutputs = kind.pool(np.zeros(heard, dtype=np.float32), windows, frames)
    rows = kind.rows(targets, told)
    telling = {name: METRICS[name].chance for name in kind.metrics_with(further)}
    found = {name: float(chance(rows, scored)) for name, chance in telling.items() if chance is not None}
    return {name: value for name, value in found.items() if np.isfinite(value)}


def _metric(name: str, words: str, chance: Chance) -> Callable[[Score], Score]:
    def enter(score: Score) -> Score:
        METRICS.register(name)(Metric(name, score, words=words, chance=chance))
        return score

    return enter


def _multiclass(logits: NDArray[Any], targets: Targets, scored: Scored) -> tuple[NDArray[Any], NDArray[Any]]:
    """Truth and prediction of the known clips whose label is scored."""
    rows = targets.in_score(scored)
    return targets.values[rows], logits[rows].argmax(axis=1)


@_metric(
    "uar",
    "unweighted average recall (the share of a label's clips that is recognised, mean over the labels)",
    guessed_recall,
)
def unweighted_average_recall(logits: NDArray[np.float32], targets: Targets, scored: Scored) -> float:
    """Mean over the scored labels of the share of their clips that is recognised (balanced accuracy)."""
    truth, predicted = _multiclass(logits, targets, scored)
    labels = np.unique(truth)
    if len(labels) < 2:
        return float("nan")
    return float(np.mean([np.mean(predicted[truth == label] == label) for label in labels]))


@_metric("accuracy", "the share of the clips that is recognised", guessed_accuracy)
def accuracy(logits: NDArray[np.float32], targets: Targets, scored: Scored) -> float:
    """Share of the clips that are recognised."""
    truth, predicted = _multiclass(logits, targets, scored)
    return float(np.mean(predicted == truth)) if len(np.unique(truth)) >= 2 else float("nan")


@_metric("f1", "harmonic mean of precision and recall, mean over the labels", guessed_f1)
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
    "map",
    "mean average precision (how well the clips with a label are ranked above the others, mean over the labels)",
    guessed_precision,
)
def mean_average_precision(logits: NDArray[np.float32], targets: Targets, scored: Scored) -> float:
    """Mean over the scored labels of average precision over the clips where the label is known.

    A label that all or none of those clips carry says nothing about ranking and is left out.
    """
    from sklearn.metrics import average_precision_score  # noqa: PLC0415 - slow to import

    values = [float(average_precision_score(truth, said)) for truth, said in ranked(logits, targets, scored)]
    return float(np.mean(values)) if values else float("nan")


def ranked(
    logits: NDArray[np.float32], targets: Targets, scored: Scored
) -> Iterator[tuple[NDArray[np.bool_], NDArray[Any]]]:
    """For each scored label which clips carry it, and how probable it is said to be of them, in any unit: ``[clips]``.

    Of clips where the label is known; a label that all or none of them carry says nothing about ranking and is left
    out. Where a clip has one label, it is the probability among all of them by which clips are ranked.
    """
    if targets.values.ndim == 1:
        rows = targets.in_score(scored)
        own, said = targets.values[rows], logits[rows].astype(np.float64)
        said = np.exp(said - said.max(axis=1, keepdims=True, initial=-np.inf))
        said /= said.sum(axis=1, keepdims=True)
        columns = [(own == label, said[:, label]) for label in np.flatnonzero(scored)]
    else:
        known = [(label, targets.known[:, label]) for label in np.flatnonzero(scored)]
        columns = [(targets.values[rows, label] > 0.5, logits[rows, label]) for label, rows in known]
    yield from ((truth, said) for truth, said in columns if truth.any() and not truth.all())
