"""Vectors of windows, made once for all steps, parts and runs of a process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import numpy as np

from cohear.base.arrays import Floats, Integers
from cohear.features.front_end import FrontEnd
from cohear.features.store import FeatureStore
from cohear.features.window_grid import WindowGrid
from cohear.features.windows import gather

MOST_BYTES_A_TABLE = 2**27
"""Vectors of a store that would take more are made anew each time."""
MOST_BYTES = 2**29
"""Of all that is kept; what was used longest ago goes first."""


class WindowVectors:
    """What a front-end of layout ``vector`` makes of windows of a store.

    Vectors of a clip are made together, all on its grid, when the first of them is asked for. So a window of the grid
    has the same vector to the last bit, whatever else is asked for beside it or was before.

    Args:
        front_end: one that gives a vector a window.
        grid: the windows that are kept.
    """

    def __init__(self, front_end: FrontEnd, grid: WindowGrid) -> None:
        self.front_end, self.grid = front_end, grid
        self._made = np.zeros(len(grid.store), np.bool_)
        self._vectors = np.empty((len(grid), front_end.input_width), np.float32)

    @property
    def bytes(self) -> int:
        """That it takes."""
        return self._vectors.nbytes

    def of(self, rows: Integers, starts: Integers) -> Floats:
        """Vectors ``[B, input_width]`` of windows; those that are off the grid are made anew.

        Args:
            rows: clips of the store ``[B]``.
            starts: first frame of each window inside its clip ``[B]``.
        """
        places = self.grid.places(rows, starts)
        for row in np.unique(rows[places >= 0]):
            if not self._made[row]:
                self._make(int(row))
        found = self._vectors[places]
        if (off := places < 0).any():
            found[off] = vectors_of(self.front_end, self.grid.store, rows[off], starts[off], self.grid.window)
        return found

    def make_all(self) -> Floats:
        """Vectors ``[windows, input_width]`` of the whole grid; what is not yet made is."""
        for row in np.flatnonzero(~self._made):
            self._make(int(row))
        return self._vectors

    def _make(self, row: int) -> None:
        first, end = self.grid.first[row : row + 2].tolist()
        rows = np.full(end - first, row)
        starts = self.grid.begins[first:end] - self.grid.store.offsets[row]
        self._vectors[first:end] = vectors_of(self.front_end, self.grid.store, rows, starts, self.grid.window)
        self._made[row] = True


WINDOWS_AT_ONCE = 128


def vectors_of(front_end: FrontEnd, store: FeatureStore, rows: Integers, starts: Integers, window: int) -> Floats:
    """Vectors ``[B, input_width]`` of windows of a store, made of their frames."""
    parts = [slice(first, first + WINDOWS_AT_ONCE) for first in range(0, len(rows), WINDOWS_AT_ONCE)]
    made = [front_end.window_input(*gather(store, rows[part], starts[part], window)) for part in parts]
    return np.concatenate(made)


_Key = tuple[FrontEnd, str, int]
_KEPT: OrderedDict[_Key, WindowVectors | None] = OrderedDict()
"""None stands for a store with too many."""
_NO_ROOM: set[_Key] = set()
"""What was not made beforehand; a run that asks for it makes what it needs."""


def kept_vectors(front_end: FrontEnd, store: FeatureStore, window: int) -> WindowVectors | None:
    """The vectors that this process keeps of a store; None where there would be too many."""
    key = (front_end, store.key, window)
    if key not in _KEPT:
        _KEPT[key] = _table(front_end, store, window)
    _KEPT.move_to_end(key)
    while _bytes_kept() > MOST_BYTES and len(_KEPT) > 1:
        _KEPT.popitem(last=False)
    return _KEPT[key]


def make_vectors(front_end: FrontEnd, key: str, window: int, opened: Callable[[str], FeatureStore]) -> None:
    """Make all vectors of a store, where it is asked for the first time and there is room beside what is kept.

    Args:
        front_end: one that gives a vector a window.
        key: of the store.
        window: frames.
        opened: opens the store.
    """
    asked = (front_end, key, window)
    if asked in _KEPT or asked in _NO_ROOM:
        return
    table = _table(front_end, opened(key), window)
    if table is not None and _bytes_kept() + table.bytes > MOST_BYTES:
        _NO_ROOM.add(asked)
        return
    if table is not None:
        table.make_all()
    _KEPT[asked] = table


def _table(front_end: FrontEnd, store: FeatureStore, window: int) -> WindowVectors | None:
    grid = WindowGrid.of(store, window)
    return None if 4 * len(grid) * front_end.input_width > MOST_BYTES_A_TABLE else WindowVectors(front_end, grid)


def _bytes_kept() -> int:
    return sum(table.bytes for table in _KEPT.values() if table is not None)
