"""What goes into an encoder and what comes out: windows of one or several tasks, and what they become."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

Form = Literal["vector", "frames"]
"""What can be read of an embedding: one vector a window, or a vector for each of its frames."""


class Span(NamedTuple):
    """So many rows that lie side by side, all of one task."""

    task: str
    rows: int


@dataclass(frozen=True)
class Windows:
    """Rows of a batch: as the front-end gives them, or as a stage of an encoder leaves them to the next.

    Attributes:
        features: ``[B, T, D]`` or ``[B, D]``; between two stages whatever they agree on, rows first. Zeros beyond each
            row's length.
        lengths: ``[B]`` valid frames of each row, or None where all rows are full.
        spans: whose rows they are, in order. A sharing scheme tells an encoder; a task's own rows need none.
        widths: of each span's rows, where they were joined from rows of unequal width; zeros fill up the narrow ones.
            They are of these features alone: other features of the same rows have none.
    """

    features: Tensor
    lengths: Tensor | None = None
    spans: tuple[Span, ...] = ()
    widths: tuple[int, ...] = ()

    @staticmethod
    def joined(parts: Mapping[str, Windows]) -> Windows:
        """The rows of several tasks one below the other; lengths are told where some part has them.

        Where windows are not of one length, or not of one width, zeros fill up the smaller ones.
        """
        windows = _of_one_shape(list(parts.values()))
        features = torch.cat([part.features for part in windows])
        lengths = None
        if any(part.lengths is not None for part in windows):
            lengths = torch.cat([part.told_lengths() for part in windows])
        spans = tuple(Span(task, part.features.shape[0]) for task, part in parts.items())
        widths = tuple(part.features.shape[-1] for part in parts.values())
        return Windows(features, lengths, spans, widths if len(set(widths)) > 1 else ())

    def told_lengths(self) -> Tensor:
        """``[B]`` valid frames of each row of ``[B, T, D]``, also where all are full."""
        if self.lengths is not None:
            return self.lengths
        rows, frames = self.features.shape[:2]
        return torch.full((rows,), frames, device=self.features.device)

    def by_task(self) -> Iterator[tuple[str, Windows]]:
        """Each task with its own rows, as wide as they were when they were joined, in the order of the spans."""
        if len(self.spans) == 1:
            yield self.spans[0].task, self
            return
        widths = self.widths or (self.features.shape[-1],) * len(self.spans)
        parts = _split([span.rows for span in self.spans], self.features, self.lengths)
        for span, width, features, lengths in zip(self.spans, widths, *parts, strict=True):
            assert features is not None
            yield span.task, Windows(features[..., :width], lengths, (span,))

    def sent(self, send: Callable[[Tensor], Tensor]) -> Windows:
        """The same with every tensor sent somewhere."""
        return replace(self, features=send(self.features), lengths=None if self.lengths is None else send(self.lengths))

    def holding(self, features: Tensor) -> Windows:
        """The same rows with other features, frame for frame."""
        return Windows(features, self.lengths, self.spans)


@dataclass(frozen=True)
class Embedding:
    """What an encoder makes of windows, in one form or in both.

    Attributes:
        vector: ``[B, width]``.
        frames: ``[B, T, width]``, zeros beyond each row's length.
        lengths: ``[B]`` valid frames of each row, or None where all rows are full.
    """

    vector: Tensor | None = None
    frames: Tensor | None = None
    lengths: Tensor | None = None

    def of(self, form: Form) -> Tensor:
        """The form that is asked for.

        Raises:
            ValueError: the encoder does not give it.
        """
        found: Tensor | None = getattr(self, form)
        if found is None:
            raise ValueError(f"the encoder gives no {form}")
        return found

    def detach(self) -> Embedding:
        """The same numbers, through which nothing is learnt."""
        vector, frames = (None if part is None else part.detach() for part in (self.vector, self.frames))
        return Embedding(vector, frames, self.lengths)

    def within(self, frames: int) -> Embedding:
        """The same without frames beyond so many: they are there where windows beside these are longer."""
        if self.frames is None or self.frames.shape[1] <= frames:
            return self
        return replace(self, frames=self.frames[:, :frames])

    def by_task(self, spans: Sequence[Span]) -> dict[str, Embedding]:
        """Each task's own rows."""
        if len(spans) == 1:
            return {spans[0].task: self}
        parts = _split([span.rows for span in spans], self.vector, self.frames, self.lengths)
        return {span.task: Embedding(*own) for span, *own in zip(spans, *parts, strict=True)}


def _of_one_shape(windows: list[Windows]) -> list[Windows]:
    """Windows ``[B, T, D]`` or ``[B, D]`` as long and as wide as the largest; of short ones the lengths are told."""
    shapes = [each.features.shape[1:] for each in windows]
    if all(shape == shapes[0] for shape in shapes):
        return windows
    largest = [max(sizes) for sizes in zip(*shapes, strict=True)]
    made = []
    for each, shape in zip(windows, shapes, strict=True):
        missing = [
            size for most, own in zip(largest[::-1], tuple(shape)[::-1], strict=True) for size in (0, most - own)
        ]
        short = len(largest) > 1 and shape[0] < largest[0]
        lengths = each.told_lengths() if short else each.lengths
        made.append(Windows(functional.pad(each.features, missing), lengths, each.spans))
    return made


def _split(rows: Sequence[int], *tensors: Tensor | None) -> list[Sequence[Tensor | None]]:
    """Each tensor cut into so many rows at a time; what is not there has parts that are not there."""
    return [[None] * len(rows) if each is None else torch.split(each, list(rows)) for each in tensors]
