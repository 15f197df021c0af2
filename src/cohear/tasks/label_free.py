"""Tasks that need nothing but audio: what a network is to make of sounds that nobody labelled."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.decoding import Decoding
from cohear.base.layout import Layout
from cohear.base.moments import Moments
from cohear.tasks.kind import NO_RENAME, TARGET_KINDS, TargetKind
from cohear.tasks.targets import Targets, WindowPlaces, WindowTargets

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Exercise:
    """What a network is given of B windows, and what it should make of them.

    Attributes:
        features: ``[B, T, D]`` or ``[B, D]``, zero beyond the lengths.
        lengths: ``[B]`` valid frames of each window.
        targets: of the windows, where the features are.
    """

    features: Tensor
    lengths: NDArray[np.int64]
    targets: WindowTargets


class LabelFree(TargetKind):
    """A kind whose task has no column: its targets are made of what the encoder hears.

    Such a task is a partner. It is learnt on clips that no task tests or validates on, and has no score.
    """

    default_metric: ClassVar[str] = ""
    metrics: ClassVar[tuple[str, ...]] = ()
    fewest_labels: ClassVar[int] = 0
    has_labels: ClassVar[bool] = False
    takes: ClassVar[tuple[Layout, ...]] = ("sequence", "vector")
    """What front-ends must give for there to be anything to learn."""
    does: ClassVar[str]
    """What a network learns, for people: ``fills in masked patches``."""
    measures: ClassVar[tuple[str, ...]] = ()
    """What the cell of a clip holds that is measured of its signal; mostly cells are empty."""

    @abstractmethod
    def hearing(self, layout: Layout, moments: Moments) -> LabelFree:
        """The kind for a task that hears features of this layout, ``[D]`` numbers with these moments."""

    @abstractmethod
    def exercise(self, truth: Targets, places: WindowPlaces, features: Tensor, draw: np.random.Generator) -> Exercise:
        """What a network is given of B windows, and what it should make of them.

        Args:
            truth: of the clip of each window.
            places: where the windows lie in their clips.
            features: of them, ``[B, T, D]`` or ``[B, D]``, wherever the network is; they stay as they are.
            draw: the only source of chance, of the task and the step.
        """

    def names(self, target: str, cells: Sequence[str]) -> list[str]:
        """Nothing is known of a clip but its sound."""
        return []

    def encode(self, cells: Sequence[str], labels: Sequence[str], rename: Mapping[str, str] = NO_RENAME) -> Targets:
        """No numbers; every clip can be learnt from."""
        return Targets(np.zeros((len(cells), len(labels)), np.float32), np.ones(len(cells), dtype=np.bool_))

    def cells(self, targets: Targets, labels: Sequence[str]) -> list[str]:
        """Empty ones."""
        return [""] * len(targets.values)

    def holds(self, targets: Targets, labels: Sequence[str]) -> str:
        """What is there to learn from."""
        return "audio alone"

    def decoding(self, task: str, labels: Sequence[str]) -> Decoding:
        """Raise TypeError: it answers nothing, and nobody asks it to."""
        raise TypeError(f"task {task!r} has no labels and answers nothing")

    def truth(self, targets: Targets, labels: Sequence[str]) -> Targets:
        """Nothing should be answered."""
        return Targets(targets.values, np.zeros(targets.values.shape, dtype=np.bool_))


def is_label_free(kind: str | None) -> bool:
    """Whether a study file's name of a kind is that of one without labels; an unknown name is not."""
    return kind is not None and kind in TARGET_KINDS and isinstance(TARGET_KINDS[kind], LabelFree)
