"""What a bundle answers: for a clip, and for each window of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats
from cohear.base.decoding import Decoding, LabelDecoding, NumberDecoding, activated


@dataclass(frozen=True)
class Labels:
    """The answer of a task of labels.

    Attributes:
        labels: what is given: of a multiclass task the most probable label, of a multilabel task all from their
            threshold on, the most probable first; perhaps none.
        probabilities: of every label, in the card's order.
    """

    labels: tuple[str, ...]
    probabilities: dict[str, float]

    @property
    def label(self) -> str:
        """The most probable of the given labels; empty where none is given."""
        return self.labels[0] if self.labels else ""

    @property
    def probability(self) -> float:
        """Of ``label``, or of the most probable one where none is given."""
        return self.probabilities[self.label] if self.labels else max(self.probabilities.values())

    def __str__(self) -> str:
        """``dog 0.93; rain 0.80``; empty where no label is given."""
        return "; ".join(f"{label} {self.probabilities[label]:.2f}" for label in self.labels)


@dataclass(frozen=True)
class Number:
    """The answer of a task of one number or several.

    Attributes:
        numbers: by name, in the card's order.
        unit: of all of them; empty where they have none.
        spread: how far from each nine truths in ten were, on clips that were not trained on; empty where the card does
            not tell.
    """

    numbers: dict[str, float]
    unit: str
    spread: dict[str, float]

    def __str__(self) -> str:
        """``3.21 dB``, with its name where there are several."""
        texts = [f"{value:.4g} {self.unit}".rstrip() for value in self.numbers.values()]
        if len(texts) == 1:
            return texts[0]
        return "; ".join(f"{name} {text}" for name, text in zip(self.numbers, texts, strict=True))


Answer: TypeAlias = Labels | Number


@dataclass(frozen=True)
class WindowAnswer:
    """The answers to one window, of all tasks that hear in windows like this.

    Attributes:
        onset, offset: seconds from the beginning; the offset of a clip's last window is the clip's end.
        heard: whether it is more than digital silence. A clip's answer leaves out windows that are not, unless none is.
        answers: by task.
    """

    onset: float
    offset: float
    heard: bool
    answers: dict[str, Answer]


def in_time(windows: Iterable[WindowAnswer]) -> list[WindowAnswer]:
    """Windows by their onsets."""
    return sorted(windows, key=lambda window: (window.onset, window.offset))


def answer(task: Decoding, values: Floats) -> Answer:
    """The answer in what the model's output of a clip is, ``[columns]``: probabilities, or numbers."""
    if isinstance(task, NumberDecoding):
        spread = dict(zip(task.names, task.spread, strict=True)) if task.spread else {}
        return Number(dict(zip(task.names, values.tolist(), strict=True)), task.unit, spread)
    return _labels(task, values)


def _labels(task: LabelDecoding, probabilities: Floats) -> Labels:
    order = np.argsort(-probabilities, kind="stable").tolist()
    if task.exclusive:
        given = order[:1]
    else:
        given = [number for number in order if probabilities[number] >= task.thresholds[number]]
    return Labels(
        tuple(task.labels[number] for number in given),
        dict(zip(task.labels, probabilities.tolist(), strict=True)),
    )


class WindowPooling:
    """The clip's answer out of its windows', as the model pools them: the mean of the logits of what is heard.

    Args:
        tasks: of the bundle.
    """

    def __init__(self, tasks: Mapping[str, Decoding]) -> None:
        self._tasks = tasks
        self._sums = {name: np.zeros((2, len(task.columns))) for name, task in tasks.items()}
        self._counts = {name: np.zeros(2, np.int64) for name in tasks}  # windows of silence, windows heard

    def add(self, logits: Mapping[str, Floats], heard: NDArray[np.bool_]) -> None:
        """Take in windows: calibrated logits ``[N, columns]`` of tasks, and which of the windows are heard ``[N]``."""
        for side in (0, 1):
            chosen = heard == bool(side)
            for name, values in logits.items():
                self._counts[name][side] += int(chosen.sum())
                self._sums[name][side] += values[chosen].sum(axis=0, dtype=np.float64)

    def answers(self) -> dict[str, Answer]:
        """Of each task of which there was a window."""
        found = {}
        for name, task in self._tasks.items():
            counts = self._counts[name]
            if counts.any():
                side = 1 if counts[1] else 0
                mean = (self._sums[name][side] / counts[side]).astype(np.float32)
                found[name] = answer(task, activated(task.activation, mean))
        return found
