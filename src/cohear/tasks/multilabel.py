"""Any number of labels a clip, separated by ``;`` in a cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.decoding import LabelDecoding
from cohear.tasks.binary import binary_log_losses, binary_loss
from cohear.tasks.kind import NO_RENAME, TARGET_KINDS, TargetKind
from cohear.tasks.targets import ClipOutputs, Targets, WindowTargets

if TYPE_CHECKING:
    from torch import Tensor


class Multilabel(TargetKind):
    """A sigmoid per label; binary cross-entropy over the known entries. ``values`` is float32 ``[N, labels]``."""

    name: ClassVar[str] = "multilabel"
    version: ClassVar[int] = 1
    default_metric: ClassVar[str] = "map"
    metrics: ClassVar[tuple[str, ...]] = ("map", "f1")
    further_metrics: ClassVar[tuple[str, ...]] = ("auc", "eer")
    fewest_labels: ClassVar[int] = 1
    unlabelled_is_known: ClassVar[bool] = True

    def labels_in(self, cell: str) -> list[str]:
        """The parts between ``;``, without surrounding spaces, each once."""
        parts = (part.strip() for part in cell.split(";"))
        return list(dict.fromkeys(part for part in parts if part))

    def encode(self, cells: Sequence[str], labels: Sequence[str], rename: Mapping[str, str] = NO_RENAME) -> Targets:
        """0/1 per label; a clip with an unknown cell is masked in every entry."""
        index = {label: number for number, label in enumerate(labels)}
        values = np.zeros((len(cells), len(labels)), dtype=np.float32)
        known = np.zeros(values.shape, dtype=np.bool_)
        for row, cell in enumerate(cells):
            found = [rename.get(label, label) for label in self.labels_in(cell)]
            known[row] = bool(found)
            values[row, [index[label] for label in found if label in index]] = 1.0
        return Targets(values, known)

    def to_json(self, targets: Targets) -> dict[str, Any]:
        """The numbers of the labels that each clip carries, and of those that are not known of it ("all" of them)."""
        unknown = [_numbers(~row) if row.any() else "all" for row in targets.known]
        return {"carried": [_numbers(row) for row in self._carried(targets)], "unknown": unknown}

    def from_json(self, content: Mapping[str, Any], labels: Sequence[str]) -> Targets:
        """From the numbers."""
        values = np.zeros((len(content["carried"]), len(labels)), dtype=np.float32)
        known = np.ones(values.shape, dtype=np.bool_)
        for row, (carried, unknown) in enumerate(zip(content["carried"], content["unknown"], strict=True)):
            values[row, carried] = 1.0
            known[row, slice(None) if unknown == "all" else unknown] = False
        return Targets(values, known)

    def counts(self, targets: Targets, labels: Sequence[str]) -> NDArray[np.int64]:
        """Clips that are known to carry each label."""
        return np.asarray((targets.values * targets.known).sum(axis=0), dtype=np.int64)

    def strata(self, targets: Targets, labels: Sequence[str]) -> list[NDArray[np.int64]]:
        """The clips that carry each label, and last those that carry none; a clip may come by any of its labels."""
        carried = self._carried(targets)
        return [*(np.flatnonzero(column) for column in carried.T), np.flatnonzero(~carried.any(axis=1))]

    def scored_clips(self, targets: Targets, scored: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Those of which a scored label is known."""
        return np.asarray((targets.known & scored).any(axis=1))

    def loss(
        self, out: Tensor, targets: WindowTargets, smoothing: float = 0.0, teacher: Tensor | None = None
    ) -> Tensor:
        """Binary cross-entropy, mean over the known entries; with a teacher to its probabilities."""
        return binary_loss(out, targets, smoothing, teacher)

    def log_losses(
        self, told: ClipOutputs, targets: Targets, scored: NDArray[np.bool_], temperatures: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The sum over a clip's scored labels, each there or not."""
        return binary_log_losses(told, targets, scored, temperatures)

    def decoding(self, task: str, labels: Sequence[str]) -> LabelDecoding:
        """All labels that are more probable than not, until thresholds are set."""
        return LabelDecoding(task, "multilabel", tuple(labels), (0.5,) * len(labels))

    def truth(self, targets: Targets, labels: Sequence[str]) -> Targets:
        """As they are encoded."""
        return targets

    def cells(self, targets: Targets, labels: Sequence[str]) -> list[str]:
        """The labels joined by ``;``."""
        carried = self._carried(targets)
        return [";".join(labels[int(number)] for number in np.flatnonzero(row)) for row in carried]

    def _carried(self, targets: Targets) -> NDArray[np.bool_]:
        """Which labels each clip is known to carry, ``[N, labels]``."""
        return np.asarray((targets.values > 0.5) & targets.known)


def _numbers(row: NDArray[np.bool_]) -> list[int]:
    return [int(number) for number in np.flatnonzero(row)]


TARGET_KINDS.register(Multilabel.name)(Multilabel())
