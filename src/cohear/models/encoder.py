"""The interface of an encoder: the trunk that tasks share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from torch import nn

from cohear.base.layout import Layout
from cohear.base.registry import Registry
from cohear.models.windows import Embedding, Form, Windows


class Encoder(nn.Module):
    """From what the front-end gives to an embedding.

    A subclass's first argument is ``input_width`` (bands of a frame, or numbers of a window), or ``input_widths``, that
    of each task by name, where it has something of its own for a task (see :class:`cohear.models.per_task.PerTask`).
    Further keyword arguments are its settings. ``layout`` says which front-ends fit: ``sequence`` of frames
    ``[B, T, D]``, ``samples`` in frames ``[B, T, D]``, or one ``vector`` ``[B, D]`` a window. An input norm, where
    wanted, is its first layer: a front-end never looks at data. A subclass gives ``stages``, or ``forward`` where it
    is all one stage.
    """

    version: ClassVar[int] = 1
    """Goes up when the numbers that come out change."""
    layout: ClassVar[Layout] = "sequence"
    widths: ClassVar[Mapping[str, float]] = {}
    """Settings that add parameters as they grow, each with the least step that it is raised in, coarse ones first.

    The control ``wide`` raises them; without any, an encoder cannot have that control.
    """
    gives: Mapping[Form, int]
    """The forms of its embedding, each with its width."""
    stride: int = 1
    """Frames of the input from one frame of the embedding to the next."""

    @classmethod
    def made_of(cls, settings: Mapping[str, object]) -> dict[str, int]:
        """Versions of other encoders that it has in it with these settings, by name; here none."""
        return {}

    def stages(self) -> Sequence[nn.Module]:
        """Parts that run one after the other: `Windows` to `Windows`, the last one to an `Embedding`.

        Between two of them tasks may part ways, or something of their own may stand, which keeps zeros beyond lengths
        zero and what is not negative so. Each parameter is in one stage.
        """
        return (self,)

    def forward(self, windows: Windows) -> Embedding:
        """Embed a batch of windows.

        Args:
            windows: rows of one or several tasks, side by side by task. What lies beyond a row's length never changes
                a result, neither the row's own nor its batch mates'.

        Returns:
            What ``gives`` says, row for row; frame k of it is about frames from ``k * stride`` on.
        """
        if self.stages()[-1] is self:
            raise NotImplementedError(f"{type(self).__name__} has neither stages nor a forward of its own")
        return self.embed(windows, lambda _, between: between)

    def embed(self, windows: Windows, between: Callable[[int, Windows], Windows], first: int = 0) -> Embedding:
        """Embed a batch of windows, with something between the stages.

        Args:
            windows: those of ``forward``, or as they are in front of the first stage that is asked for.
            between: from the place of a stage, and what leaves it, to what its successor gets.
            first: place of that stage.
        """
        *before, last = self.stages()[first:]
        embedding: Embedding = last(through(before, first, windows, between))
        return embedding


def through(
    stages: Sequence[nn.Module], first: int, windows: Windows, between: Callable[[int, Windows], Windows]
) -> Windows:
    """Bring a batch through stages of which none is the last.

    Args:
        stages: one after the other.
        first: place of the first of them.
        windows: as they are in front of it.
        between: see `Encoder.embed`.
    """
    for place, stage in enumerate(stages, first):
        windows = between(place, stage(windows))
    return windows


ENCODERS: Registry[type[Encoder]] = Registry("encoder")


def one_width(widths: Mapping[str, int]) -> int:
    """The width that the inputs of all tasks have.

    Raises:
        ValueError: they differ.
    """
    if len(set(widths.values())) > 1:
        widths_text = ", ".join(f"{task}: {width}" for task, width in widths.items())
        raise ValueError(
            f"takes inputs of one width, and those of its tasks differ ({widths_text}); give the tasks features of one "
            "width, or take an encoder with a first stage per task (input_widths)"
        )
    return next(iter(widths.values()))
