"""The windows of a store that vectors are made of: few of each clip, so that each is made once, not in every step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cohear.base.arrays import Integers
from cohear.features.store import FeatureStore
from cohear.features.windows import hop_in_scoring, window_starts


@dataclass(frozen=True, eq=False)
class WindowGrid:
    """Windows that clips are scored in, and one half-way between each two of them.

    A statistic of a window hardly differs from that of the window a frame later, but costs as much: what is drawn in
    training is drawn from these.

    Attributes:
        store: of the frames.
        window: frames of a window.
        first: place of each clip's first window, and the number of all, int64 ``[clips + 1]``.
        begins: first frame of each window in the store, ascending, int64 ``[windows]``.
    """

    store: FeatureStore
    window: int
    first: Integers
    begins: Integers

    @classmethod
    def of(cls, store: FeatureStore, window: int) -> WindowGrid:
        """Of all clips of a store."""
        by_length = {int(frames): grid_starts(int(frames), window) for frames in np.unique(store.lengths)}
        starts = [by_length[frames] for frames in store.lengths.tolist()]
        first = np.concatenate([[0], np.cumsum([len(each) for each in starts])]).astype(np.int64)
        return cls(store, window, first, np.repeat(store.offsets[:-1], np.diff(first)) + np.concatenate(starts))

    def __len__(self) -> int:
        return len(self.begins)

    def counts(self, rows: Integers) -> Integers:
        """Windows of clips, of any shape."""
        return self.first[rows + 1] - self.first[rows]

    def starts(self, rows: Integers, numbers: Integers) -> Integers:
        """First frame, inside its clip, of the n-th window of clips; both of one shape."""
        starts: Integers = self.begins[self.first[rows] + numbers] - self.store.offsets[rows]
        return starts

    def places(self, rows: Integers, starts: Integers) -> Integers:
        """Which windows these are, ``[B]``; -1 where it is none of them."""
        begins = self.store.offsets[rows] + starts
        places = np.minimum(np.searchsorted(self.begins, begins), len(self) - 1)
        found: Integers = np.where(self.begins[places] == begins, places, -1)
        return found


def grid_starts(frames: int, window: int) -> Integers:
    """First frames of a clip's windows on the grid, ascending, each once."""
    scored = window_starts(frames, window, hop_in_scoring(window))
    between = (scored[:-1] + scored[1:]) // 2
    return np.unique(np.concatenate([scored, between]))
