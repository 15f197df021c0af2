"""What a bundle says of clips of a task whose truth is known, and what it scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cohear.base.decoding import Decoding
from cohear.tasks.kind import TargetKind
from cohear.tasks.metrics import METRICS
from cohear.tasks.targets import ClipOutputs, Targets


@dataclass(frozen=True)
class ToldOfClips:
    """N clips of a task.

    Attributes:
        kind: of the task.
        decoding: how the bundle reads its output.
        outputs: calibrated, before the activation.
        targets: of the clips.
    """

    kind: TargetKind
    decoding: Decoding
    outputs: ClipOutputs
    targets: Targets

    def __len__(self) -> int:
        return len(self.outputs.rows)

    @property
    def labels(self) -> Sequence[str]:
        """In their order; names of the numbers where there are no labels."""
        return self.decoding.columns

    @property
    def scored(self) -> NDArray[np.bool_]:
        """Which labels enter a score: those that some clip has."""
        return np.asarray(self.kind.counts(self.targets, self.labels) > 0)

    @property
    def truth(self) -> Targets:
        """What the output should say in each row, and what of it is known, ``[R, outputs]``."""
        return self.kind.truth(self.kind.rows(self.targets, self.outputs), self.labels)

    def take(self, clips: NDArray[np.int64]) -> ToldOfClips:
        """Some of the clips."""
        by_clip = self.outputs.by_clip()
        nothing = self.outputs.values[:0]
        values = np.concatenate([nothing, *(by_clip[clip] for clip in clips.tolist())])
        return replace(self, outputs=ClipOutputs(values, self.outputs.rows[clips]), targets=self.targets.take(clips))

    def known(self) -> NDArray[np.int64]:
        """Positions of the clips that enter a score."""
        return np.flatnonzero(self.kind.scored_clips(self.targets, np.ones(len(self.labels), np.bool_)))

    def score(self, metric: str) -> float:
        """A metric over all clips; NaN where nothing can be scored."""
        if not len(self):
            return float("nan")
        rows = self.kind.rows(self.targets, self.outputs)
        return float(METRICS[metric].score(self.outputs.values, rows, self.scored))

    def score_of(self, metric: str, clips: NDArray[np.int64]) -> float:
        """A metric over some of the clips."""
        return self.take(clips).score(metric)

    def log_loss(self) -> float:
        """Bits a clip of the calibrated answers; NaN of a kind that has none."""
        rows = self.kind.rows(self.targets, self.outputs)
        return float(self.kind.log_losses(self.outputs, rows, self.scored, np.ones(1))[0])


def outputs_of(answers: Sequence[NDArray[np.float32]], columns: int) -> ClipOutputs:
    """What is said of clips, ``[columns]`` or ``[steps, columns]`` each, as a target kind reads it."""
    rows = [answer.reshape(-1, columns) for answer in answers]
    nothing = np.zeros((0, columns), dtype=np.float32)
    return ClipOutputs(np.concatenate([nothing, *rows]), np.array([len(each) for each in rows], dtype=np.int64))


def kind_in(kind: TargetKind, entry: Mapping[str, object]) -> TargetKind:
    """A kind in the unit that a task's entry of a card tells; one that has a unit of its own keeps that."""
    unit = entry.get("unit")
    try:
        return kind.in_unit(unit) if isinstance(unit, str) else kind
    except ValueError:
        return kind
