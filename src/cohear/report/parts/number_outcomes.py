"""Numbers that runs said of their test clips, beside the truth, and how the page draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Array
from cohear.base.decoding import NumberDecoding
from cohear.base.units import Unit
from cohear.report.numbers import tick_texts
from cohear.report.parts.axis_ticks import Axis, axis_over
from cohear.tasks import TargetKind

MOST_DOTS = 300
"""Of a picture; of more clips those that are evenly spaced by their truth."""
_MARKS = 4


@dataclass
class NumberOutcome:
    """One task of numbers in the runs of one combination.

    Attributes:
        kind: of the task.
        decoding: the numbers' names and unit.
        truth: of each clip, ``[numbers]``; NaN where one is unknown.
        said: the same of each time that the clip was asked.
    """

    form: ClassVar[str] = NumberDecoding.form
    kind: TargetKind
    decoding: NumberDecoding
    truth: dict[str, Array] = field(default_factory=dict)
    said: dict[str, list[Array]] = field(default_factory=dict)

    def add(self, clips: Sequence[str], truth: Sequence[str], answers: Array) -> None:
        """Take one run's test clips; ``answers`` is ``[clips, numbers]``."""
        names = list(self.decoding.names)
        targets = self.kind.truth(self.kind.encode(truth, names), names)
        true = np.where(targets.known, targets.values, np.nan).astype(np.float64)  # [clips, numbers]
        for clip, own, answer in zip(clips, true, answers, strict=True):
            self.truth[clip] = own
            self.said.setdefault(clip, []).append(answer)

    def mean_of(self, clip: str) -> Array:
        """What is said of a clip, ``[numbers]``, the mean over the repeats that ask it."""
        return np.asarray(np.mean(self.said[clip], axis=0))

    def cell_of(self, clip: str) -> str:
        """What is true of a clip, with its unit."""
        told = [
            f"{name} {value:.4g}" if len(self.decoding.names) > 1 else f"{value:.4g}"
            for name, value in zip(self.decoding.names, self.truth[clip], strict=True)
            if not np.isnan(value)
        ]
        return f"{'; '.join(told)} {self.decoding.unit}".rstrip()

    def distances(self) -> dict[str, float]:
        """How far from the truth each clip's answers are: the mean over repeats and the numbers that are known."""
        found = {}
        for clip, said in self.said.items():
            apart = np.abs(np.array(said) - self.truth[clip])
            if not np.isnan(apart).all():
                found[clip] = float(np.nanmean(apart))
        return found


def pictures_of(alone: NumberOutcome, together: NumberOutcome) -> list[dict[str, Any]]:
    """Of each number what is said beside what is true, and how far off that is, both in percent of a field's sides.

    A number of which no clip is known has none.
    """
    made = []
    sides = {"alone": alone, "together": together}
    clips = [clip for clip in alone.said if clip in together.said]
    for number, name in enumerate(alone.decoding.names):
        true = np.array([alone.truth[clip][number] for clip in clips])
        order = np.flatnonzero(~np.isnan(true))
        order = order[np.argsort(true[order], kind="stable")]
        if not len(order):
            continue
        chosen = order[np.unique(np.linspace(0, len(order) - 1, min(len(order), MOST_DOTS)).round().astype(np.int64))]
        said = {side: np.array([own.mean_of(clips[at])[number] for at in chosen]) for side, own in sides.items()}
        every = [*true[chosen].tolist(), *(value for values in said.values() for value in values.tolist())]
        off = {side: values - true[chosen] for side, values in said.items()}
        made.append(
            {
                "name": name,
                "unit": alone.decoding.unit,
                "clips": len(order),
                "answers": _field(axis_over(every, least=1e-9), true[chosen], said, of_truth=True),
                "residuals": _field(
                    axis_over([0.0, *(value for values in off.values() for value in values.tolist())], least=1e-9),
                    true[chosen],
                    off,
                    of_truth=False,
                ),
            }
        )
    return made


def _field(up: Axis, true: Array, values: Mapping[str, Array], *, of_truth: bool) -> dict[str, Any]:
    """A field of dots: the truth from left to right, values upwards; with the line on which all would be right."""
    across = up if of_truth else axis_over(true.tolist(), least=1e-9)
    line = [[0.0, 0.0], [100.0, 100.0]] if of_truth else [[0.0, up.at(0.0)], [100.0, up.at(0.0)]]
    return {
        "line": line,
        "x": list(map(across.at, true.tolist())),
        "xticks": _ticks(across),
        "yticks": _ticks(up),
        **{side: list(map(up.at, own.tolist())) for side, own in values.items()},
    }


def _ticks(axis: Axis) -> list[tuple[float, str]]:
    marks = axis.ticks(_MARKS)
    return list(zip(map(axis.at, marks), tick_texts(marks, fraction=False, sign=False), strict=True))


def distance_texts(unit: str, before: float, after: float) -> dict[str, str]:
    """A distance alone and together, and the difference, in a unit."""
    shown = Unit(unit)
    return {"alone": shown.level(before), "together": shown.level(after), "change": shown.signed(after - before)}


def distances_of_groups(distances: Mapping[str, float], groups: Mapping[str, str]) -> dict[str, NDArray[np.float64]]:
    """Distances of the clips of each group."""
    found: dict[str, list[float]] = {}
    for clip, distance in distances.items():
        if clip in groups:
            found.setdefault(groups[clip], []).append(distance)
    return {name: np.array(own) for name, own in found.items()}
