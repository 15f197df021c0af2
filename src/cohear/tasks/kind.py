"""The interface of a target kind.

A kind turns the text of a label column into numbers, says how many outputs a head needs, gives the loss over
what is known, pools the windows of a clip, and names its metrics. Frame-level events, regression and
label-free tasks are further kinds: nothing outside this room looks inside ``Targets.values``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.registry import Registry

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Targets:
    """Encoded labels of N clips.

    Attributes:
        values: ``[N, ...]``, float32 or int64, whatever the kind's loss reads.
        known: ``[N, ...]`` bool, what of it is known; the rest never enters a loss or a score.
    """

    values: NDArray[Any]
    known: NDArray[np.bool_]

    def take(self, rows: NDArray[np.int64]) -> Targets:
        """The targets of some clips, in the order asked for."""
        return Targets(self.values[rows], self.known[rows])


class TargetKind(ABC):
    """What a label is. Stateless: everything a method needs is passed to it."""

    name: ClassVar[str]
    version: ClassVar[int]
    """Goes up when the numbers that come out change."""
    default_metric: ClassVar[str]
    metrics: ClassVar[tuple[str, ...]]
    """Names in ``METRICS`` that can score this kind; all of them are reported."""
    fewest_labels: ClassVar[int]
    """With fewer there is nothing to learn."""
    unlabelled_is_known: ClassVar[bool]
    """Whether a clip of whose labels none is chosen still counts, as one that carries none of them."""

    @abstractmethod
    def labels_in(self, cell: str) -> list[str]:
        """The labels that one cell of the column holds; an empty cell is unknown and holds none."""

    @abstractmethod
    def encode(self, cells: Sequence[Sequence[str] | None], labels: Sequence[str]) -> Targets:
        """Targets of N clips from the labels of their cells (None: unknown), for an ordered label list."""

    @abstractmethod
    def outputs(self, labels: Sequence[str]) -> int:
        """How many numbers a head gives."""

    @abstractmethod
    def counts(self, targets: Targets, labels: Sequence[str]) -> NDArray[np.int64]:
        """How many of the clips carry each label, ``[labels]``."""

    @abstractmethod
    def loss(self, logits: Tensor, values: Tensor, known: Tensor, smoothing: float) -> Tensor:
        """Mean loss over the known entries of a batch of windows.

        Args:
            logits: ``[B, outputs]`` float32.
            values: the batch's ``Targets.values``.
            known: the batch's ``Targets.known``.
            smoothing: label smoothing in [0, 1).

        Returns:
            A scalar; 0 with a gradient of 0 where nothing is known.
        """

    def pool(self, logits: NDArray[np.float32], clip_of_window: NDArray[np.int64], clips: int) -> NDArray[np.float32]:
        """Logits of clips ``[clips, outputs]`` from those of windows ``[W, outputs]``: the mean over windows."""
        total = np.zeros((clips, logits.shape[1]), dtype=np.float64)
        np.add.at(total, clip_of_window, logits)
        windows = np.bincount(clip_of_window, minlength=clips)[:, None]
        return (total / np.maximum(windows, 1)).astype(np.float32)

    @abstractmethod
    def probabilities(self, logits: NDArray[np.float32]) -> NDArray[np.float64]:
        """Scores in [0, 1] from logits ``[N, outputs]``."""

    @abstractmethod
    def cells(self, targets: Targets, labels: Sequence[str]) -> list[str]:
        """The text that each clip's cell would hold; what ``encode`` was given, in the order of the labels."""


TARGET_KINDS: Registry[TargetKind] = Registry("target kind")
