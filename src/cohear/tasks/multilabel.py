"""Any number of labels a clip, separated by ``;`` in a cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from cohear.tasks.kind import TARGET_KINDS, TargetKind, Targets

if TYPE_CHECKING:
    from torch import Tensor


class Multilabel(TargetKind):
    """A sigmoid per label; binary cross-entropy over the known entries. ``values`` is float32 ``[N, labels]``."""

    name: ClassVar[str] = "multilabel"
    version: ClassVar[int] = 1
    default_metric: ClassVar[str] = "map"
    metrics: ClassVar[tuple[str, ...]] = ("map", "f1")
    fewest_labels: ClassVar[int] = 1
    unlabelled_is_known: ClassVar[bool] = True

    def labels_in(self, cell: str) -> list[str]:
        """The parts between ``;``, without surrounding spaces, each once."""
        parts = (part.strip() for part in cell.split(";"))
        return list(dict.fromkeys(part for part in parts if part))

    def encode(self, cells: Sequence[Sequence[str] | None], labels: Sequence[str]) -> Targets:
        """0/1 per label; a clip with an unknown cell is masked in every entry."""
        index = {label: number for number, label in enumerate(labels)}
        values = np.zeros((len(cells), len(labels)), dtype=np.float32)
        known = np.zeros(values.shape, dtype=np.bool_)
        for row, cell in enumerate(cells):
            if cell is None:
                continue
            known[row] = True
            values[row, [index[label] for label in cell if label in index]] = 1.0
        return Targets(values, known)

    def outputs(self, labels: Sequence[str]) -> int:
        """One logit a label."""
        return len(labels)

    def counts(self, targets: Targets, labels: Sequence[str]) -> NDArray[np.int64]:
        """Clips that are known to carry each label."""
        return np.asarray((targets.values * targets.known).sum(axis=0), dtype=np.int64)

    def loss(self, logits: Tensor, values: Tensor, known: Tensor, smoothing: float) -> Tensor:
        """Binary cross-entropy, mean over the known entries."""
        from torch.nn import functional as F  # noqa: PLC0415 - keeps torch out of commands that never train

        soft = values * (1 - smoothing) + smoothing / 2
        each = F.binary_cross_entropy_with_logits(logits, soft, reduction="none")
        return (each * known).sum() / known.sum().clamp(min=1)

    def probabilities(self, logits: NDArray[np.float32]) -> NDArray[np.float64]:
        """Logistic function of each logit."""
        return np.asarray(expit(logits.astype(np.float64)))

    def cells(self, targets: Targets, labels: Sequence[str]) -> list[str]:
        """The labels joined by ``;``."""
        carried = (targets.values > 0.5) & targets.known
        return [";".join(labels[int(number)] for number in np.flatnonzero(row)) for row in carried]


TARGET_KINDS.register(Multilabel.name)(Multilabel())
