"""How the repeats of a study are judged: margins, how far training sets overlap, and looks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from cohear.base.study_facts import StudyFacts
from cohear.base.units import OWN

MARGIN = 0.01
"""What "harmless" may cost where nothing else is said, in the metric's own unit."""

ByTask = float | Mapping[str, float]


@dataclass(frozen=True)
class Design:
    """What the statistics must know of a study beside its results.

    Attributes:
        margins: what ``harmless`` may cost, in the metric's unit, for all tasks or for each (a task that is not
            named has :data:`MARGIN`).
        ratio: test clips / training clips of a fold (r of Nadeau & Bengio 2003), for all tasks or for each. Without
            it 1/(J-1) is taken, the ratio of a cross-validation over the J test parts seen, which is careful where
            more folds exist than ran.
        looks: numbers of repeats at which the study looked to see what is decided; empty where repeats were fixed.
        units: what the values of each metric are shown in; one that is not named tells by its scores.
        bounds: between which values those of each metric lie; so does one that is not named.
    """

    margins: ByTask = MARGIN
    ratio: ByTask | None = None
    looks: tuple[int, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, data: StudyFacts) -> Design:
        """From what a study knows of its data, which may be nothing."""
        looks = tuple(data.repeats.looks)
        return cls(_margins(data) or MARGIN, _ratios(data) or None, looks, _units(data), _bounds(data))

    def margin_of(self, task: str) -> float:
        """The margin of one task."""
        return self.margins.get(task, MARGIN) if isinstance(self.margins, Mapping) else self.margins

    def ratio_of(self, task: str) -> float | None:
        """Test clips / training clips of one task; None where they are not known."""
        return self.ratio.get(task) if isinstance(self.ratio, Mapping) else self.ratio

    def of_means(self) -> Design:
        """For means over tasks: the largest ratio is the careful one, and nobody looked at them while they grew."""
        return Design(ratio=max(self.ratio.values()) if isinstance(self.ratio, Mapping) else self.ratio)


USUAL = Design()
"""Where nothing is known beside the results: the usual margin, ratios from the test parts seen, repeats fixed."""


def _units(data: StudyFacts) -> dict[str, str]:
    """What the metrics of all tasks are shown in: one that tasks count in several units, in that of the scores."""
    told: dict[str, set[str]] = {}
    for task in data.tasks.values():
        for metric, unit in task.units.items():
            told.setdefault(metric, set()).add(unit)
    return {metric: units.pop() if len(units) == 1 else OWN.name for metric, units in told.items()}


def _bounds(data: StudyFacts) -> dict[str, tuple[float, float]]:
    """Between which values the metrics of all tasks lie."""
    return {
        metric: (-math.inf if low is None else float(low), math.inf if high is None else float(high))
        for task in data.tasks.values()
        for metric, (low, high) in task.bounds.items()
    }


def _margins(data: StudyFacts) -> dict[str, float]:
    """The margin of every task that states one."""
    return {name: float(task.margin) for name, task in data.tasks.items() if task.margin is not None}


def _ratios(data: StudyFacts) -> dict[str, float]:
    """Test clips / training clips, over the folds of every task."""
    ratios = {}
    for name, task in data.tasks.items():
        train = sum(fold.train for fold in task.folds)
        test = sum(fold.test for fold in task.folds)
        if train > 0 and test > 0:
            ratios[name] = test / train
    return ratios
