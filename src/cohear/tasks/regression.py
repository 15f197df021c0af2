"""Numbers of a clip: learnt on the scale of the training clips, answered in the unit of the data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.decoding import NumberDecoding
from cohear.tasks.kind import NO_RENAME, TARGET_KINDS, TargetKind
from cohear.tasks.number_cells import cell_of_numbers, names_of_numbers, numbers_in
from cohear.tasks.targets import ClipOutputs, Targets, WindowTargets

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True)
class Regression(TargetKind):
    """One number a clip, or several; squared error. ``values`` is float32 ``[N, numbers]`` in the unit of the data.

    A cell holds a number, or ``name=number`` for each of several; one that it does not name is unknown.

    Attributes:
        unit: of all its numbers; empty where they have none.
        mean, deviation: of the known training targets, one a number; none before it is fitted.
    """

    name: ClassVar[str] = "regression"
    version: ClassVar[int] = 1
    default_metric: ClassVar[str] = "ccc"
    metrics: ClassVar[tuple[str, ...]] = ("ccc", "r2", "mae")
    fewest_labels: ClassVar[int] = 1
    has_labels: ClassVar[bool] = False
    least_log_loss: ClassVar[float] = -math.inf

    unit: str = ""
    mean: tuple[float, ...] = ()
    deviation: tuple[float, ...] = ()

    def in_unit(self, unit: str) -> Regression:
        """The same with the unit."""
        return replace(self, unit=unit) if unit else self

    def names(self, target: str, cells: Sequence[str]) -> list[str]:
        """As the cells call the numbers, or the column where there is one."""
        return names_of_numbers(target, cells)

    def encode(self, cells: Sequence[str], labels: Sequence[str], rename: Mapping[str, str] = NO_RENAME) -> Targets:
        """The numbers; 0 where one is unknown."""
        values = np.zeros((len(cells), len(labels)))
        known = np.zeros(values.shape, dtype=np.bool_)
        place = {name: number for number, name in enumerate(labels)}
        for clip, cell in enumerate(cells):
            for name, value in numbers_in(cell).items():
                if name not in place and (name or len(labels) > 1):
                    raise ValueError(f"holds {cell!r}, which names none of its numbers: {', '.join(labels)}")
                number = place.get(name, 0)
                values[clip, number], known[clip, number] = value, True
        largest = float(np.abs(values).max(initial=0))
        if largest > float(np.finfo(np.float32).max):
            raise ValueError(f"holds {largest:g}, which is more than 32 bits can hold; take another unit")
        return Targets(values.astype(np.float32), known)

    def cells(self, targets: Targets, labels: Sequence[str]) -> list[str]:
        """The numbers as they are written in a table."""
        rows = zip(targets.values, targets.known, strict=True)
        return [
            cell_of_numbers(labels, [value if is_known else None for value, is_known in zip(*row, strict=True)])
            for row in rows
        ]

    def holds(self, targets: Targets, labels: Sequence[str]) -> str:
        """``numbers from -20 to 3.5``, of each where there are several."""
        told = [f"from {own.min():.4g} to {own.max():.4g}" if len(own) else "unknown" for own in _known(targets)]
        named = [f"{name} {each}" for name, each in zip(labels, told, strict=True)] if len(told) > 1 else told
        return f"numbers {', '.join(named)}"

    def nothing_to_learn(self, targets: Targets) -> str:
        """Whether every number is the same in all clips."""
        return "" if any(len(np.unique(own)) > 1 for own in _known(targets)) else "holds the same number in all clips"

    def counts(self, targets: Targets, labels: Sequence[str]) -> NDArray[np.int64]:
        """Of how many clips each number is known."""
        return np.asarray(targets.known.sum(axis=0, dtype=np.int64))

    def scored_clips(self, targets: Targets, scored: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Those of which a scored number is known."""
        return np.asarray((targets.known & scored).any(axis=1))

    def fitted(self, train: Targets) -> Regression:
        """With the means and deviations of the training clips; 1 where all numbers are the same, or none is known."""
        columns = [column.astype(np.float64) for column in _known(train)]
        mean = tuple(float(own.mean()) if len(own) else 0.0 for own in columns)
        deviation = tuple(float(own.std()) if len(np.unique(own)) > 1 else 1.0 for own in columns)
        return replace(self, mean=mean, deviation=deviation)

    def head(self, width: int, labels: Sequence[str]) -> nn.Module:
        """A layer, and from its usual scale to that of the data."""
        from torch import nn  # noqa: PLC0415 - keeps torch out of commands that never train

        from cohear.tasks.unit_scale import UnitScale  # noqa: PLC0415 - the same

        return nn.Sequential(nn.Linear(width, len(labels)), UnitScale(*self._scale(len(labels))))

    def loss(
        self, out: Tensor, targets: WindowTargets, smoothing: float = 0.0, teacher: Tensor | None = None
    ) -> Tensor:
        """Squared distance in deviations, mean over the known numbers; smoothing does not apply."""
        _, deviation = self._scale(out.shape[1])
        scale = out.new_tensor(deviation)
        if teacher is not None:
            return ((out - teacher) / scale).square().mean()
        distance = ((out - targets.values) / scale).square()
        return (distance * targets.known).sum() / targets.known.sum().clamp(min=1)

    def log_losses(
        self, told: ClipOutputs, targets: Targets, scored: NDArray[np.bool_], temperatures: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Minus the logarithm of a normal density around what is said, the sum over a clip's scored numbers.

        Its deviation is the temperature times that of the training clips, in which numbers are counted here: so it is
        the same in any unit. A density may be more than 1, and its loss below 0.
        """
        known = targets.known & scored
        clips = int(known.any(axis=1).sum())
        if not clips:
            return np.full(len(temperatures), np.nan)
        _, deviation = self._scale(targets.values.shape[1])
        distance = (told.values.astype(np.float64) - targets.values) / np.array(deviation)
        squares, spreads = np.square(distance[known]), temperatures[:, None]
        nats = 0.5 * (np.log(2 * np.pi * spreads**2) + squares / spreads**2).sum(axis=1)
        return np.asarray(nats / (clips * np.log(2)), dtype=np.float64)

    def decoding(self, task: str, labels: Sequence[str]) -> NumberDecoding:
        """The numbers in their unit."""
        return NumberDecoding(task, "number", tuple(labels), self.unit)

    def truth(self, targets: Targets, labels: Sequence[str]) -> Targets:
        """As they are encoded."""
        return targets

    def _scale(self, numbers: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Mean and deviation of each number; 0 and 1 where it is not fitted."""
        return self.mean or (0.0,) * numbers, self.deviation or (1.0,) * numbers


def _known(targets: Targets) -> list[NDArray[np.float32]]:
    """The known values of each number."""
    return [column[known] for column, known in zip(targets.values.T, targets.known.T, strict=True)]


TARGET_KINDS.register(Regression.name)(Regression())
