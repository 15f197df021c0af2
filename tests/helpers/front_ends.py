"""A front-end that reads files, as pretrained models will; who needs it in the registry enters it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np

from cohear.base.arrays import Floats, Integers
from cohear.base.assets import Asset
from cohear.features import LogMel, WaveformFrontEnd
from cohear.features.front_end import demand


@dataclass(frozen=True)
class Link:
    """A matrix, and what is done with its numbers."""

    file: Asset
    multiply: float = 1.0
    output: str | None = None


@dataclass(frozen=True)
class Projected(WaveformFrontEnd):
    """Log energies through matrices of files, one after another; some bands are left out."""

    name: ClassVar[str] = "projected"
    version: ClassVar[int] = 1
    layout: ClassVar[Literal["sequence", "vector"]] = "sequence"
    libraries: ClassVar[tuple[str, ...]] = ("numpy",)

    path: Asset | tuple[Link, ...]
    without: tuple[int, ...] = ()
    scale: Literal["unit", "int16"] = "unit"

    def __post_init__(self) -> None:
        demand({"each matrix must fit the one before": self.fit}, self)
        if any(row >= self.energies.bands for row in self.without):
            raise ValueError(f"without names more than the {self.energies.bands} bands that there are")

    @cached_property
    def matrices(self) -> list[Floats]:
        """``[numbers before, numbers after]`` each."""
        links = (Link(self.path),) if isinstance(self.path, Asset) else self.path
        matrices = [link.file.read(np.load).astype(np.float32) * np.float32(link.multiply) for link in links]
        left_out = np.isin(np.arange(len(matrices[0])), self.without)
        return [np.where(left_out[:, None], np.float32(0), matrices[0]), *matrices[1:]]

    @property
    def fit(self) -> bool:
        """Whether the matrices can be multiplied."""
        widths = [self.energies.bands, *(width for matrix in self.matrices for width in matrix.shape)]
        return widths[:-1:2] == widths[1::2]

    @property
    def energies(self) -> LogMel:
        """Of as many bands as the first matrix has rows."""
        return LogMel(bands=len(self.matrices[0]))

    @property
    def rate(self) -> int:
        return self.energies.rate

    @property
    def hop(self) -> int:
        return self.energies.hop

    @property
    def reach(self) -> int:
        return self.energies.reach

    @property
    def frame_width(self) -> int:
        return int(self.matrices[-1].shape[1])

    @property
    def input_width(self) -> int:
        return self.frame_width

    def frames_of(self, samples: int) -> int:
        return self.energies.frames_of(samples)

    def frames(self, clips: Sequence[Floats]) -> list[Floats]:
        scale = np.float32(32768 if self.scale == "int16" else 1)
        made = self.energies.frames([clip * scale for clip in clips])
        for matrix in self.matrices:
            made = [np.ascontiguousarray(frames @ matrix) for frames in made]
        return made

    def window_input(self, windows: Floats, lengths: Integers) -> Floats:
        inside = np.arange(windows.shape[1]) < lengths[:, None]
        return np.where(inside[:, :, None], windows, np.float32(0))


def write_matrix(path: Path, rows: int = 12, columns: int = 5, seed: int = 0) -> Path:
    """Of small numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32))
    return path
