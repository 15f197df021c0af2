"""What an encoder is given of a task's clips: the front-end that hears them, and how long a window of them is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cohear.base.arrays import Floats, Integers
from cohear.features.front_end import FrontEnd
from cohear.features.store import FeatureStore
from cohear.features.window_grid import WindowGrid
from cohear.features.window_vectors import kept_vectors, make_vectors
from cohear.features.windows import gather, lengths_of


@dataclass(frozen=True)
class TaskInput:
    """A front-end with a window.

    Attributes:
        front_end: makes frames, and of those what an encoder sees.
        window: frames; at least one.
    """

    front_end: FrontEnd
    window: int

    @classmethod
    def of(cls, front_end: FrontEnd, seconds: float) -> TaskInput:
        """With windows of so many seconds, to the nearest frame."""
        return cls(front_end, max(1, round(seconds * front_end.rate / front_end.hop)))

    @property
    def width(self) -> int:
        """Numbers that an encoder sees of a frame (sequence) or of a window (vector)."""
        return self.front_end.input_width

    @property
    def draws_from_grid(self) -> bool:
        """Whether training draws windows that are scored or half-way between two of them, so that each is made once.

        So it does where a front-end gives vectors, and nothing changes the frames that they are made of.
        """
        return self.front_end.layout == "vector" and self.front_end.augmentation is None

    def seen(self, store: FeatureStore, rows: Integers, starts: Integers) -> tuple[Floats, Integers]:
        """What an encoder is given of windows.

        Args:
            store: of the front-end's frames.
            rows: clips of the store ``[B]``.
            starts: first frame of each window inside its clip ``[B]``.

        Returns:
            Float32 ``[B, window, width]``, zero beyond the clip's end (sequence), or ``[B, width]`` (vector), and valid
            frames int64 ``[B]``.
        """
        if self.front_end.layout == "vector" and (kept := kept_vectors(self.front_end, store, self.window)) is not None:
            return kept.of(rows, starts), lengths_of(store, rows, starts, self.window)
        frames, lengths = gather(store, rows, starts, self.window)
        return self.front_end.window_input(frames, lengths), lengths

    def grid(self, store: FeatureStore) -> WindowGrid:
        """The windows that training draws from, where it `draws_from_grid`: those of kept vectors, where some are."""
        kept = kept_vectors(self.front_end, store, self.window)
        return WindowGrid.of(store, self.window) if kept is None else kept.grid

    def make_vectors(self, key: str, opened: Callable[[str], FeatureStore]) -> None:
        """Make what `seen` keeps of a store, so that processes which are forked from here have it.

        Args:
            key: of the store.
            opened: opens it.
        """
        if self.front_end.layout == "vector":
            make_vectors(self.front_end, key, self.window, opened)
