"""The table front-end: vectors or frames that were made elsewhere, found by the names of clips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from cohear.base.arrays import Floats, Integers
from cohear.base.assets import Asset
from cohear.base.errors import UserError
from cohear.base.layout import Layout
from cohear.data.tables.clip_name import ClipName
from cohear.features.clip_front_end import ClipFrontEnd
from cohear.features.front_end import FRONT_ENDS, demand
from cohear.features.numbers_of_clips import NamedRows, read_named_rows
from cohear.features.pooling import FramePooling, pooled, pooled_width


@FRONT_ENDS.register("table")
@dataclass(frozen=True)
class TableFrontEnd(ClipFrontEnd):
    """Numbers of a file, a row a clip or a row a frame.

    A clip of one row has a vector; where clips have several rows, these are its frames, in their order.

    Args:
        path: CSV or Parquet with a column that names the clip, perhaps a column ``dataset``, and numbers in all
            others; or a NumPy array ``[clips, numbers]`` or ``[clips, frames, numbers]``.
        clips: of an array, a CSV with a row for each of its own, and a column that names the clip.
        column: that names the clip, as ``predictions.csv`` does.
        drop: columns that are no features.
        pool: over the frames of a window.
        rate: in Hz of the audio that the numbers are of.
        hop_ms: from one frame to the next.
    """

    name: ClassVar[str] = "table"
    version: ClassVar[int] = 1

    path: Asset
    clips: Asset | None = None
    column: str = "clip"
    drop: tuple[str, ...] = ()
    pool: FramePooling = "none"
    rate: int = 16000
    hop_ms: float = 10.0

    def __post_init__(self) -> None:
        demand({"rate must be positive": self.rate > 0, "hop_ms must be positive": self.hop_ms > 0}, self)
        _ = self.rows  # what cannot be read is told now

    @cached_property
    def rows(self) -> NamedRows:
        """All that the file holds."""
        return read_named_rows(self.path, self.clips, self.column, self.drop)

    @property
    def layout(self) -> Layout:
        """A vector where each clip has one row, or where frames are pooled."""
        return "vector" if self.pool != "none" or self.rows.single else "sequence"

    @property
    def hop(self) -> int:
        """Samples of a frame; a vector stands for a second, whatever the clip."""
        return self.rate if self.rows.single else max(1, round(self.rate * self.hop_ms / 1000))

    @property
    def frame_width(self) -> int:
        """The columns that are features."""
        return int(self.rows.numbers.shape[1])

    @property
    def input_width(self) -> int:
        """The same, or mean and deviation of each."""
        return pooled_width(self.frame_width, self.pool)

    def frames_of(self, clip: ClipName) -> int:
        """As many as it has rows."""
        return len(self._places(clip))

    def frames(self, clips: Sequence[ClipName]) -> list[Floats]:
        """Its rows ``[rows, numbers]``."""
        return [self.rows.numbers[self._places(clip)] for clip in clips]

    @property
    def sees_frames(self) -> bool:
        """Where each clip has several rows, and they are not pooled."""
        return self.layout == "sequence"

    def window_input(self, windows: Floats, lengths: Integers) -> Floats:
        """The frames, or what ``pool`` makes of them; of one row, the row."""
        if self.rows.single and self.pool == "none":
            return np.ascontiguousarray(windows[:, 0])
        return pooled(windows, lengths, self.pool)

    def _places(self, clip: ClipName) -> Integers:
        found = self.rows.places_of(clip)
        if found is None:
            raise UserError(
                f"{self.path.name} has no row for clip {clip.clip!r} of dataset {clip.dataset!r} (it names "
                f"{self.rows.example!r}); name clips as predictions.csv does, and give those that have no features "
                "back to whoever makes them, or take them out of the dataset"
            )
        return found
