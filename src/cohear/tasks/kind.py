"""The interface of a target kind.

A kind turns the text of a column into numbers and those into JSON and back, names the outputs of a head and makes it,
says how clips are balanced in training and which of them enter a score, gives targets of windows and the loss over what
is known of them, pools the windows of a clip, and names its metrics. Nothing outside this room looks inside
``Targets.values``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from cohear.base.counting import counted
from cohear.base.decoding import Decoding
from cohear.base.registry import Registry
from cohear.tasks.decisions import Decisions
from cohear.tasks.targets import ClipOutputs, Targets, WindowPlaces, WindowTargets

if TYPE_CHECKING:
    from torch import Tensor, nn

NO_RENAME: Mapping[str, str] = MappingProxyType({})


class TargetKind(ABC):
    """What a label is. Everything a method needs is passed to it, but for what ``fitted`` has taken from training."""

    name: ClassVar[str]
    version: ClassVar[int]
    """Goes up when the numbers that come out change."""
    default_metric: ClassVar[str]
    metrics: ClassVar[tuple[str, ...]]
    """Names in ``METRICS`` that can score this kind; all of them are reported."""
    further_metrics: ClassVar[tuple[str, ...]] = ()
    """Names of others that can; they are reported where a study asks for them."""
    fewest_labels: ClassVar[int]
    """With fewer there is nothing to learn."""
    has_labels: ClassVar[bool] = True
    """Whether cells hold labels out of a list, which a study may choose from; else they hold something else of one or
    several things that ``names`` names, which take the place of labels everywhere."""
    reads: ClassVar[Literal["vector", "frames"]] = "vector"
    """What the head reads of an embedding: a vector a window, or one for each frame."""
    unlabelled_is_known: ClassVar[bool] = False
    """Whether a clip of whose labels none is chosen still counts, as one that carries none of them."""

    least_log_loss: ClassVar[float] = 0.0
    """No log loss of it is less: that of a probability is not below 0, that of a density may be."""

    def versions(self) -> dict[str, int]:
        """Of the code that its numbers come from, by what it is called; metrics have their own."""
        return {f"target kind {self.name}": self.version}

    def metrics_with(self, asked: Iterable[str]) -> tuple[str, ...]:
        """What is reported where a study asks for further metrics: its own, then those of them, in the kind's order."""
        return (*self.metrics, *(name for name in self.further_metrics if name in set(asked)))

    def in_unit(self, unit: str) -> TargetKind:
        """The kind whose targets are counted in a unit, of none where it is empty; here there is nothing to count.

        Raises:
            ValueError: it has none.
        """
        if unit:
            raise ValueError(f"a task of kind {self.name} holds nothing that is counted in {unit!r}; leave it out")
        return self

    # What a column holds

    def labels_in(self, cell: str) -> list[str]:
        """The labels that one cell of the column holds; an empty cell is unknown and holds none."""
        return []

    def is_known(self, cell: str) -> bool:
        """Whether a cell says anything of its clip; here where it holds a label."""
        return bool(self.labels_in(cell))

    def names(self, target: str, cells: Sequence[str]) -> list[str]:
        """The ordered label list of a column ``target`` whose dataset has none; here what its cells hold, sorted."""
        return sorted({label for cell in cells for label in self.labels_in(cell)})

    @abstractmethod
    def encode(self, cells: Sequence[str], labels: Sequence[str], rename: Mapping[str, str] = NO_RENAME) -> Targets:
        """Targets of N clips from their cells, for an ordered label list.

        Args:
            cells: as the column has them; an empty one is unknown.
            labels: in order; a label that is not among them is as if it were not there.
            rename: label by label as the cells have it, where the two differ.

        Raises:
            ValueError: a cell cannot be read; what it holds and what it should.
        """

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

    @abstractmethod
    def cells(self, targets: Targets, labels: Sequence[str]) -> list[str]:
        """The text that each clip's cell would hold; what ``encode`` was given, in the order of the labels."""

    def holds(self, targets: Targets, labels: Sequence[str]) -> str:
        """What clips have, for people: ``3 labels``; of what some clip has."""
        return counted(int((self.counts(targets, labels) > 0).sum()), "label")

    def nothing_to_learn(self, targets: Targets) -> str:
        """Why no two clips that are known differ, in a clause; here that is nobody's mistake."""
        return ""

    # How clips are counted and drawn

    def counts(self, targets: Targets, labels: Sequence[str]) -> NDArray[np.int64]:
        """How many of the clips carry each label, ``[labels]``; here of how many anything is known."""
        known = _of_clips(targets)[:, None]
        return np.asarray(np.broadcast_to(known, (len(known), len(labels))).sum(axis=0, dtype=np.int64))

    def classes(self, targets: Targets) -> NDArray[np.int64] | None:
        """The number of each clip's one label ``[N]``, where a kind gives each clip one; here none."""
        return None

    def strata(self, targets: Targets, labels: Sequence[str]) -> list[NDArray[np.int64]]:
        """Clips that balanced sampling draws from equally often, positions in 0..N-1 a stratum; here all in one.

        Each clip is in at least one; strata may overlap or be empty.
        """
        return [np.arange(len(targets.values), dtype=np.int64)]

    def scored_clips(self, targets: Targets, scored: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which clips enter a score of labels ``[labels]``, bool ``[N]``; here those of which anything is known."""
        return _of_clips(targets)

    # How it is learnt

    def fitted(self, train: Targets) -> TargetKind:
        """The kind with what it takes from the targets of a run's training clips, a scale perhaps; here itself."""
        return self

    def output_names(self, labels: Sequence[str]) -> list[str]:
        """What each number that a head gives is called, ``[outputs]``, in the predictions too; here one a label."""
        return list(labels)

    def outputs(self, labels: Sequence[str]) -> int:
        """How many numbers a head gives."""
        return len(self.output_names(labels))

    def head(self, width: int, labels: Sequence[str]) -> nn.Module:
        """From an embedding to what a loss reads, first weights from torch's generator; here a layer.

        The embedding is ``[B, width]`` and the result ``[B, outputs]``. Where a kind ``reads`` frames, they are
        ``[B, T, width]``, zeros beyond each row's length, and ``[B, T, outputs]``.
        """
        from torch import nn  # noqa: PLC0415 - keeps torch out of commands that never train

        return nn.Linear(width, self.outputs(labels))

    def targets(self, truth: Targets, places: WindowPlaces, features: Tensor) -> WindowTargets:
        """What B windows should become; here what their clips should.

        Args:
            truth: of the clip of each window.
            places: where the windows lie in their clips.
            features: what the encoder sees of them, ``[B, T, D]`` or ``[B, D]``.
        """
        return WindowTargets.of(truth)

    @abstractmethod
    def loss(
        self, out: Tensor, targets: WindowTargets, smoothing: float = 0.0, teacher: Tensor | None = None
    ) -> Tensor:
        """Mean loss of a batch of windows, over what is known of them.

        Args:
            out: ``[B, outputs]`` float32, of the head; ``[B, T, outputs]`` where it reads frames. When clips are
                scored, the rows of what is said of them, ``[R, outputs]``.
            targets: of the windows, or of the rows.
            smoothing: label smoothing in [0, 1); what it is of anything but labels, the kind says.
            teacher: ``out`` of a network that knows the task. All windows are then known, and should become
                what it says of them; targets and smoothing do not count.

        Returns:
            A scalar; 0 with a gradient of 0 where nothing is known.
        """

    # What it answers

    def pool(self, out: NDArray[np.float32], places: WindowPlaces, lengths: NDArray[np.int64]) -> ClipOutputs:
        """What is said of N clips from what is of B windows; here a row each, the mean over a clip's windows.

        Args:
            out: ``[B, outputs]`` of the head; ``[B, T, outputs]`` where it reads frames.
            places: where the windows lie in clips 0 to N - 1.
            lengths: ``[N]``, frames of each clip; one without windows gets zeros.
        """
        clips = len(lengths)
        total = np.zeros((clips, out.shape[1]), dtype=np.float64)
        np.add.at(total, places.clips, out)
        windows = np.bincount(places.clips, minlength=clips)[:, None]
        return ClipOutputs.one_each((total / np.maximum(windows, 1)).astype(np.float32))

    def rows(self, targets: Targets, told: ClipOutputs) -> Targets:
        """What should be said in each row of what is said of N clips, ``[R, ...]``: for metrics, loss and ``truth``.

        Here a clip has one row, and its targets are the row's.
        """
        return targets

    def row_cells(self, told: ClipOutputs, targets: Targets, labels: Sequence[str]) -> list[str]:
        """What is true in each row of what is said of N clips, ``[R]`` texts for a table; here the clip's cell."""
        return self.cells(targets, labels)

    def log_losses(
        self, told: ClipOutputs, targets: Targets, scored: NDArray[np.bool_], temperatures: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """A proper score of what is said of N clips at temperatures, ``[temperatures]``: bits a clip, less is better.

        Mean over ``scored_clips``, NaN without any, and of a kind that has no such score; here none.

        Args:
            told: of the clips; what it says is divided by a temperature before it is read (Guo et al. 2017).
            targets: as ``rows`` gives them.
            scored: ``[outputs]``, those that are scored.
            temperatures: more than 0.
        """
        return np.full(len(temperatures), np.nan)

    def decisions(self, told: ClipOutputs, targets: Targets, scored: NDArray[np.bool_]) -> Decisions | None:
        """How labels are told of what is said of clips, set on N clips that were not learnt; here nothing is set.

        Args:
            told: of the clips.
            targets: as ``rows`` gives them.
            scored: ``[outputs]``, those that are scored.
        """
        return None

    def decided(self, told: ClipOutputs, decisions: Decisions) -> ClipOutputs:
        """What is said of clips as metrics read it, in which a label is told where decisions tell it; here the same."""
        return told

    @abstractmethod
    def decoding(self, task: str, labels: Sequence[str]) -> Decoding:
        """How the output of an exported model of a task is read; its columns are ``output_names``."""

    @abstractmethod
    def truth(self, targets: Targets, labels: Sequence[str]) -> Targets:
        """What such an output should say in each row, and what of it is known, both ``[R, outputs]``.

        0 or 1 for each label, or the numbers; of what ``rows`` gives.
        """


def _of_clips(targets: Targets) -> NDArray[np.bool_]:
    """Of which clips anything is known, ``[N]``."""
    return np.asarray(targets.known.any(axis=tuple(range(1, targets.known.ndim))))


def _of_shape(known: NDArray[np.bool_], values: NDArray[Any]) -> NDArray[np.bool_]:
    """What is known of each number, where ``known`` may have fewer axes than ``values``."""
    return known.reshape(known.shape + (1,) * (values.ndim - known.ndim))


TARGET_KINDS: Registry[TargetKind] = Registry("target kind")
