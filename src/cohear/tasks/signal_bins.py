"""Measures of a clip's signal in bins: for audio what the frequency bins of Martínez Alonso and Plank are for words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from cohear.base.layout import Layout
from cohear.base.moments import Moments
from cohear.tasks.kind import NO_RENAME, TARGET_KINDS
from cohear.tasks.label_free import Exercise, LabelFree
from cohear.tasks.number_cells import cell_of_numbers
from cohear.tasks.regression import Regression
from cohear.tasks.targets import Targets, WindowPlaces, WindowTargets

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class SignalBins(LabelFree):
    """In which eighth of the training clips each measure of a clip's signal lies (2017, section 2.2, of word counts).

    A uniform, compact distribution of labels, as they found of the auxiliary tasks that help. ``values`` is float32
    ``[N, measures]``; what cannot be measured, as the pitch of noise, is unknown. Each is learnt by cross-entropy.

    Attributes:
        edges: between the bins of each measure, ``[measures, bins - 1]``; none before it is fitted.
    """

    name: ClassVar[str] = "signal-bins"
    version: ClassVar[int] = 1
    takes: ClassVar[tuple[Layout, ...]] = ("sequence", "vector", "samples")
    does: ClassVar[str] = "tells energy, pitch, spectral centroid and zero crossings of a clip, in eighths"
    measures: ClassVar[tuple[str, ...]] = ("energy", "pitch", "centroid", "crossings")
    bins: ClassVar[int] = 8

    edges: tuple[tuple[float, ...], ...] = ()

    def hearing(self, layout: Layout, moments: Moments) -> SignalBins:
        """Whatever is heard."""
        return self

    def names(self, target: str, cells: Sequence[str]) -> list[str]:
        """The measures."""
        return list(self.measures)

    def encode(self, cells: Sequence[str], labels: Sequence[str], rename: Mapping[str, str] = NO_RENAME) -> Targets:
        """Their numbers, from cells as ``energy=-20;pitch=180``."""
        return Regression().encode(cells, labels)

    def cells(self, targets: Targets, labels: Sequence[str]) -> list[str]:
        """The numbers again."""
        rows = zip(targets.values, targets.known, strict=True)
        return [
            cell_of_numbers(labels, [value if known else None for value, known in zip(*row, strict=True)])
            for row in rows
        ]

    def fitted(self, train: Targets) -> SignalBins:
        """With bins that hold an eighth of the training clips each, as far as these differ."""
        inner = np.arange(1, self.bins) / self.bins
        edges = [
            tuple(np.quantile(own[known].astype(np.float64), inner).tolist()) if known.any() else (0.0,) * len(inner)
            for own, known in zip(train.values.T, train.known.T, strict=True)
        ]
        return replace(self, edges=tuple(edges))

    def output_names(self, labels: Sequence[str]) -> list[str]:
        """A bin of a measure each."""
        return [f"{measure}:{number}" for measure in self.measures for number in range(self.bins)]

    def exercise(self, truth: Targets, places: WindowPlaces, features: Tensor, draw: np.random.Generator) -> Exercise:
        """The windows as they are, and the bins of their clips."""
        import torch  # noqa: PLC0415 - keeps torch out of commands that never train

        columns = zip(self.edges, truth.values.T, strict=True)
        numbers = np.stack([np.searchsorted(edges, own, side="right") for edges, own in columns], axis=1)
        values, known = (torch.from_numpy(each).to(features.device) for each in (numbers, truth.known))
        return Exercise(features, places.lengths, WindowTargets(values, known))

    def loss(
        self, out: Tensor, targets: WindowTargets, smoothing: float = 0.0, teacher: Tensor | None = None
    ) -> Tensor:
        """Mean cross-entropy over the measures that are known."""
        from torch.nn import functional  # noqa: PLC0415 - keeps torch out of commands that never train

        logits = out.reshape(-1, self.bins)  # [B * measures, bins]
        if teacher is not None:
            return functional.cross_entropy(logits, teacher.reshape(-1, self.bins).softmax(dim=1))
        known = targets.known.reshape(-1)
        losses = functional.cross_entropy(
            logits, targets.values.reshape(-1), label_smoothing=smoothing, reduction="none"
        )
        return (losses * known).sum() / known.sum().clamp(min=1)


TARGET_KINDS.register(SignalBins.name)(SignalBins())
