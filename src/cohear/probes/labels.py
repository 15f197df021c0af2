"""The probe ``labels``: how many training clips a task has, and how its labels are spread over them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from cohear.probes.probe import PROBES, Ground, Measured, Probe, ProbeInputs, Subject


@PROBES.register("labels")
class LabelCounts(Probe):
    """Size and shape of what there is to learn, as Bingel & Søgaard (2017) and Martínez Alonso & Plank (2017) count.

    Of a task without labels, whose targets are numbers, all but clips and groups are not told.
    """

    subject: ClassVar[Subject] = "task"
    rests_on: ClassVar[Ground] = "data"
    asks_origin: ClassVar[Literal["", "facts", "sounds"]] = "facts"
    beside_runs: ClassVar[bool] = True
    measures: ClassVar[tuple[str, ...]] = (
        "training_clips",
        "groups",
        "labels",
        "label_entropy",
        "label_evenness",
        "label_kurtosis",
        "imbalance",
    )

    def measure(self, given: ProbeInputs) -> Iterable[Measured]:
        """Of the training part."""
        task, train = given.task, given.task.parts["train"]
        groups = given.origins[task.name].groups
        yield given.measured("training_clips", float(len(train)))
        yield given.measured("groups", float(len({groups[clip] for clip in train} - {""}) or len(train)))
        counts = task.kind.counts(task.targets.take(train), task.labels) if task.kind.has_labels else np.zeros(0)
        for name, value in of_counts(np.asarray(counts, np.float64)).items():
            yield given.measured(name, value)


def of_counts(counts: NDArray[np.float64]) -> dict[str, float]:
    """Of clips a label ``[labels]``: see docs/measurements.md; NaN where there is none that occurs."""
    seen = counts[counts > 0]
    if not len(seen):
        return dict.fromkeys(("labels", "label_entropy", "label_evenness", "label_kurtosis", "imbalance"), np.nan)
    shares = seen / seen.sum()
    entropy = float(-(shares * np.log(shares)).sum())
    return {
        "labels": float(len(seen)),
        "label_entropy": entropy,
        "label_evenness": entropy / np.log(len(seen)) if len(seen) > 1 else np.nan,
        "label_kurtosis": kurtosis(shares),
        "imbalance": float(seen.max() / seen.min()),
    }


def kurtosis(values: NDArray[np.float64]) -> float:
    """Fourth moment over the squared second, without bias correction, less 3; NaN where all are the same."""
    apart = values - values.mean()
    second = np.square(apart).mean()
    if second <= np.square(values.mean() * 1e-9):
        return float("nan")
    return float((apart**4).mean() / second**2 - 3)
