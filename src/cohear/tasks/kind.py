"""The interface of a target kind.

A kind turns the text of a label column into numbers and those into JSON and back, names the outputs of a head, says
how clips are balanced in training and which of them enter a score, gives the loss over what is known, pools the
windows of a clip, and names its metrics. Frame-level events, regression and label-free tasks are further kinds:
nothing outside this room looks inside ``Targets.values``.
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

    def to_json(self, targets: Targets) -> Any:  # noqa: ANN401 - whatever the kind wants to read again
        """Targets as JSON, for the file that a run reads; small, where most of them are zero.

        Here: every number, with type and shape. What is not known is written as 0.
        """
        values = np.where(_of_shape(targets.known, targets.values), targets.values, 0)
        return {
            "type": str(targets.values.dtype),
            "shape": list(targets.values.shape),
            "values": values.ravel().tolist(),
            "known_shape": list(targets.known.shape),
            "known": targets.known.ravel().astype(int).tolist(),
        }

    def from_json(self, content: Any, labels: Sequence[str]) -> Targets:  # noqa: ANN401 - from ``to_json``
        """The targets that ``to_json`` wrote, for an ordered label list."""
        values = np.array(content["values"], dtype=content["type"]).reshape(content["shape"])
        return Targets(values, np.array(content["known"], dtype=np.bool_).reshape(content["known_shape"]))

    def output_names(self, labels: Sequence[str]) -> list[str]:
        """What each number that a head gives is called, ``[outputs]``; here one a label."""
        return list(labels)

    def outputs(self, labels: Sequence[str]) -> int:
        """How many numbers a head gives."""
        return len(self.output_names(labels))

    @abstractmethod
    def counts(self, targets: Targets, labels: Sequence[str]) -> NDArray[np.int64]:
        """How many of the clips carry each label, ``[labels]``."""

    def strata(self, targets: Targets, labels: Sequence[str]) -> list[NDArray[np.int64]]:
        """Clips that balanced sampling draws from equally often, positions in 0..N-1 a stratum; here all in one.

        Each clip is in at least one; strata may overlap or be empty.
        """
        return [np.arange(len(targets.values), dtype=np.int64)]

    def scored_clips(self, targets: Targets, scored: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which clips enter a score of labels ``[labels]``, bool ``[N]``; here those of which anything is known."""
        return np.asarray(targets.known.reshape(len(targets.known), -1).any(axis=1))

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


def _of_shape(known: NDArray[np.bool_], values: NDArray[Any]) -> NDArray[np.bool_]:
    """What is known of each number, where ``known`` may have fewer axes than ``values``."""
    return known.reshape(known.shape + (1,) * (values.ndim - known.ndim))


TARGET_KINDS: Registry[TargetKind] = Registry("target kind")
