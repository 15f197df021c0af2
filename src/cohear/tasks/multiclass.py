"""One label a clip, out of two or more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.decoding import LabelDecoding
from cohear.tasks.kind import NO_RENAME, TARGET_KINDS, TargetKind
from cohear.tasks.targets import ClipOutputs, Targets, WindowTargets

if TYPE_CHECKING:
    from torch import Tensor


class Multiclass(TargetKind):
    """Softmax over the labels; cross-entropy. ``values`` is int64 ``[N]`` with the label's index."""

    name: ClassVar[str] = "multiclass"
    version: ClassVar[int] = 1
    default_metric: ClassVar[str] = "uar"
    metrics: ClassVar[tuple[str, ...]] = ("uar", "accuracy", "f1")
    further_metrics: ClassVar[tuple[str, ...]] = ("auc", "eer", "top2", "top3", "top5")
    fewest_labels: ClassVar[int] = 2
    unlabelled_is_known: ClassVar[bool] = False

    def labels_in(self, cell: str) -> list[str]:
        """The cell itself: a ``;`` inside it is part of the label, one at its end is not."""
        label = _without_end(cell)
        return [label] if label else []

    def encode(self, cells: Sequence[str], labels: Sequence[str], rename: Mapping[str, str] = NO_RENAME) -> Targets:
        """Index of each clip's label; clips of which none is known get 0 and are masked."""
        index = {label: number for number, label in enumerate(labels)}
        held = [_without_end(cell) for cell in cells]
        found = [index.get(rename.get(label, label)) if label else None for label in held]
        known = np.array([number is not None for number in found], dtype=np.bool_)
        return Targets(np.array([number or 0 for number in found], dtype=np.int64), known)

    def to_json(self, targets: Targets) -> list[int | None]:
        """Index of each clip's label; None where it is unknown."""
        return [int(value) if known else None for value, known in zip(targets.values, targets.known, strict=True)]

    def from_json(self, content: Sequence[int | None], labels: Sequence[str]) -> Targets:
        """From the indices."""
        known = np.array([value is not None for value in content], dtype=np.bool_)
        return Targets(np.array([value or 0 for value in content], dtype=np.int64), known)

    def counts(self, targets: Targets, labels: Sequence[str]) -> NDArray[np.int64]:
        """Clips per label."""
        return np.bincount(targets.values[targets.known], minlength=len(labels)).astype(np.int64)

    def classes(self, targets: Targets) -> NDArray[np.int64]:
        """As they are encoded."""
        return targets.values

    def strata(self, targets: Targets, labels: Sequence[str]) -> list[NDArray[np.int64]]:
        """The clips of each label, and last those whose label is unknown."""
        own = [np.flatnonzero(targets.known & (targets.values == label)) for label in range(len(labels))]
        return [*own, np.flatnonzero(~targets.known)]

    def scored_clips(self, targets: Targets, scored: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Those whose label is known and scored."""
        return np.asarray(targets.known & scored[targets.values])

    def loss(
        self, out: Tensor, targets: WindowTargets, smoothing: float = 0.0, teacher: Tensor | None = None
    ) -> Tensor:
        """Cross-entropy with label smoothing (Szegedy et al. 2016, section 7), mean over known windows.

        With a teacher to its probabilities (Hinton et al. 2015, at a temperature of 1).
        """
        from torch.nn import functional as F  # noqa: PLC0415 - keeps torch out of commands that never train

        if teacher is not None:
            return F.cross_entropy(out, teacher.softmax(dim=1))
        each = F.cross_entropy(out, targets.values, reduction="none", label_smoothing=smoothing)
        return (each * targets.known).sum() / targets.known.sum().clamp(min=1)

    def log_losses(
        self, told: ClipOutputs, targets: Targets, scored: NDArray[np.bool_], temperatures: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Minus the logarithm of the probability of the clip's label (Good 1952)."""
        clips = self.scored_clips(targets, scored)
        logits = told.values[clips].astype(np.float64)
        if not len(logits):
            return np.full(len(temperatures), np.nan)
        beyond = logits - np.take_along_axis(logits, targets.values[clips][:, None], axis=1)  # the true label's is 0
        return np.array([np.logaddexp.reduce(beyond / each, axis=1).mean() / np.log(2) for each in temperatures])

    def decoding(self, task: str, labels: Sequence[str]) -> LabelDecoding:
        """The most probable label."""
        return LabelDecoding(task, "multiclass", tuple(labels))

    def truth(self, targets: Targets, labels: Sequence[str]) -> Targets:
        """1 for the clip's label."""
        values = np.eye(len(labels), dtype=np.float32)[targets.values]
        return Targets(values, np.repeat(targets.known[:, None], len(labels), axis=1))

    def cells(self, targets: Targets, labels: Sequence[str]) -> list[str]:
        """The label; empty where it is unknown."""
        return [labels[value] if known else "" for value, known in zip(targets.values, targets.known, strict=True)]


def _without_end(cell: str) -> str:
    """A cell without the ``;`` that some write behind every label."""
    inner = cell.strip("; ") if ";" in cell else cell
    return cell if ";" in inner else inner


TARGET_KINDS.register(Multiclass.name)(Multiclass())
