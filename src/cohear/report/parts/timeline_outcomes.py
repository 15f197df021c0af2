"""What sounds when in the test clips of runs, and what they said of it, as the page draws it: a piano roll."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Array
from cohear.base.timeline import TimelineDecoding
from cohear.tasks import TargetKind

MOST_SECONDS = 20.0
"""Of a roll; of a longer clip its beginning is drawn."""
MOST_ROLL_LABELS = 12
"""Of a roll; of more those that sound, in truth or answers, most often."""

_Steps = NDArray[np.bool_]


@dataclass
class TimelineOutcome:
    """One task in time in the runs of one combination.

    Attributes:
        kind: of the task.
        decoding: its labels and steps.
        truth: whether each label sounds in each step of a clip, ``[steps, labels]``.
        said: logits of the same, of each time that the clip was asked.
    """

    form: ClassVar[str] = TimelineDecoding.form
    kind: TargetKind
    decoding: TimelineDecoding
    truth: dict[str, _Steps] = field(default_factory=dict)
    said: dict[str, list[Array]] = field(default_factory=dict)

    def add(self, clips: Sequence[str], truth: Sequence[str], logits: Array) -> None:
        """Take one run's test clips, whose steps follow each other; ``logits`` is ``[steps, labels]``."""
        places: dict[str, list[int]] = {}
        for row, clip in enumerate(clips):
            places.setdefault(clip, []).append(row)
        for clip, rows in places.items():
            held = [set(truth[row].split(";")) for row in rows]
            self.truth[clip] = np.array([[label in own for label in self.decoding.labels] for own in held], np.bool_)
            self.said.setdefault(clip, []).append(logits[rows])

    def sounds(self, clip: str) -> _Steps:
        """What is said to sound in each step of a clip: by the mean of the logits over the repeats that ask it."""
        return np.asarray(np.mean(self.said[clip], axis=0) > 0)

    def f1_by_label(self) -> Array:
        """Of each label over the steps of all clips, ``[labels]``; NaN where it never sounds."""
        true = np.concatenate([self.truth[clip] for clip in self.said])
        said = np.concatenate([self.sounds(clip) for clip in self.said])
        both, every = (true & said).sum(axis=0), true.sum(axis=0) + said.sum(axis=0)
        return np.where(true.any(axis=0), 2 * both / np.maximum(every, 1), np.nan)

    def right(self, clip: str) -> float:
        """F1 over a clip's steps and labels; 1 where nothing sounds and nothing is said."""
        true, said = self.truth[clip], self.sounds(clip)
        return float(2 * (true & said).sum() / every) if (every := int(true.sum() + said.sum())) else 1.0


def roll_of(clip: str, sides: Mapping[str, TimelineOutcome]) -> dict[str, Any]:
    """A clip's labels in time: for the truth and each side where they begin and how long they last, in percent."""
    some = next(iter(sides.values()))
    step, labels = some.decoding.step, some.decoding.labels
    steps = min(len(some.truth[clip]), max(round(MOST_SECONDS / step), 1))
    tables = {"truth": some.truth[clip], **{side: own.sounds(clip) for side, own in sides.items()}}
    tables = {name: table[:steps] for name, table in tables.items()}
    often = np.sum([table.sum(axis=0) for table in tables.values()], axis=0)
    shown = sorted(np.argsort(-often, kind="stable")[:MOST_ROLL_LABELS].tolist())
    return {
        "seconds": f"{steps * step:g}",
        "labels": [
            {"name": labels[label], **{name: _bars(table[:, label]) for name, table in tables.items()}}
            for label in shown
            if often[label]
        ],
    }


def _bars(sounds: _Steps) -> list[list[float]]:
    """Left end and width of each stretch, in percent of all steps."""
    edges = np.diff(np.pad(sounds.astype(np.int8), 1))
    begins, ends = (np.flatnonzero(edges == change) for change in (1, -1))
    return [
        [round(100 * begin / len(sounds), 3), round(100 * (end - begin) / len(sounds), 3)]
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
    ]
