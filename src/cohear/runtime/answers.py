"""What a bundle answers: for a clip, and for each window of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cohear.runtime.card import TaskCard

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Answer:
    """A task's answer.

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


@dataclass(frozen=True)
class WindowAnswer:
    """All tasks' answers to one window.

    Attributes:
        onset, offset: seconds from the beginning; the offset of a clip's last window is the clip's end.
        heard: whether it is more than digital silence. A clip's answer leaves out windows that are not, unless none is.
        answers: by task.
    """

    onset: float
    offset: float
    heard: bool
    answers: dict[str, Answer]


def answer(task: TaskCard, probabilities: Floats) -> Answer:
    """The answer in probabilities ``[labels]``."""
    order = np.argsort(-probabilities, kind="stable").tolist()
    if task.kind == "multiclass":
        given = order[:1]
    else:
        given = [number for number in order if probabilities[number] >= task.thresholds[number]]
    return Answer(
        tuple(task.labels[number] for number in given),
        dict(zip(task.labels, probabilities.tolist(), strict=True)),
    )


def probabilities_of(task: TaskCard, logits: Floats) -> Floats:
    """Probabilities from calibrated logits, both ``[..., labels]``."""
    if task.kind == "multiclass":
        powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
        shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
        return shares
    each: Floats = (0.5 * (1 + np.tanh(0.5 * logits))).astype(np.float32)
    return each


class Pool:
    """The clip's answer out of its windows', as the model pools them: the mean of the logits of what is heard.

    Args:
        tasks: of the bundle.
    """

    def __init__(self, tasks: Mapping[str, TaskCard]) -> None:
        self._tasks = tasks
        self._sums = {name: np.zeros((2, len(task.labels))) for name, task in tasks.items()}
        self._counts = [0, 0]  # windows of silence, windows heard

    def add(self, logits: Mapping[str, Floats], heard: NDArray[np.bool_]) -> None:
        """Take in windows: logits ``[N, labels]`` of each task, and which windows are heard ``[N]``."""
        for kind in (0, 1):
            chosen = heard == bool(kind)
            self._counts[kind] += int(chosen.sum())
            for name, sums in self._sums.items():
                sums[kind] += logits[name][chosen].sum(axis=0, dtype=np.float64)

    def probabilities(self) -> dict[str, Floats]:
        """``[labels]`` of each task; there must have been a window."""
        kind = 1 if self._counts[1] else 0
        return {
            name: probabilities_of(self._tasks[name], (sums[kind] / self._counts[kind]).astype(np.float32))
            for name, sums in self._sums.items()
        }
