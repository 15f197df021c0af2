"""What a graph gives for a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cohear.base.decoding import Decoding
from cohear.export.forms import form_of
from cohear.runs.input_scale import InputScale


@dataclass(frozen=True)
class Output:
    """What the graph gives for a task.

    Attributes:
        decoding: how it is read.
        temperature: logits are divided by it.
        hears: number of the input whose windows it is asked about.
        scale: what is taken out of their features before the network sees them.
    """

    decoding: Decoding
    temperature: float = 1.0
    hears: int = 0
    scale: InputScale | None = None

    @property
    def task(self) -> str:
        """Name of the output."""
        return self.decoding.name

    @property
    def width(self) -> int:
        """How many numbers it has."""
        return len(self.decoding.columns)

    @property
    def shape(self) -> tuple[str | int, ...]:
        """Of what is said of a clip."""
        return (*form_of(self.decoding).dimensions, self.width)

    @property
    def window_shape(self) -> tuple[str | int, ...]:
        """Of what is said of a window."""
        return (*(f"{each} of {self.task}" for each in form_of(self.decoding).window_dimensions), self.width)


def by_group(outputs: Sequence[Output]) -> list[Output]:
    """Those whose features are normalised by group."""
    return [output for output in outputs if output.scale is not None and output.scale.by_group]
