"""What a predictor is shown, and what it has to foretell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cohear.advice.predictors.apart import CellMask, datasets_apart
from cohear.advice.predictors.cells import Cells
from cohear.base.streams import stream

PARTS_OF_PAIRS = 6
"""Parts that pairs are dealt to where each is left out once."""
QUARTERS = 4
"""Draws of a quarter of the pairs; each is scored, and scores are averaged."""

Round = Sequence[tuple[CellMask, CellMask]]
"""Cells that are shown and cells that are foretold from them, ``(cells,)`` each; no cell is foretold twice."""


def _datasets(cells: Cells) -> Iterable[Round]:
    yield list(datasets_apart(cells))


def _tasks(cells: Cells) -> Iterable[Round]:
    names = sorted(set(cells.tasks))
    tasks = np.array(cells.tasks, dtype=object)
    yield [(~cells.holds({name}), tasks == name) for name in names]


def _pairs(cells: Cells) -> Iterable[Round]:
    parts, dealt = dealt_groups(cells, PARTS_OF_PAIRS, "pairs left out")
    yield [(dealt != part, dealt == part) for part in range(parts)]


def _quarters(cells: Cells) -> Iterable[Round]:
    for draw in range(QUARTERS):
        _, dealt = dealt_groups(cells, 4, f"quarter of the pairs {draw}")
        yield [(dealt == 0, dealt != 0)]


SCHEMES: Mapping[str, Callable[[Cells], Iterable[Round]]] = {
    "leave-dataset-out": _datasets,
    "leave-task-out": _tasks,
    "leave-pair-out": _pairs,
    "quarter": _quarters,
}
"""By name, the rounds of each for cells of pairs; the first is what marks are of."""
FIRST = next(iter(SCHEMES))
KNOWS_TASKS = ("leave-pair-out", "quarter")
"""Those in which gains of the task, beside other partners, are shown."""
GROUPS = "groups"
"""The scheme of cells of more than two tasks, beside those of pairs."""
PARTS_OF_GROUPS = 5


def rounds_of_groups(pairs: int, groups: Cells) -> Round:
    """Groups dealt to parts, each foretold from all pairs and the other groups; pairs come first in the masks."""
    parts, dealt = dealt_groups(groups, PARTS_OF_GROUPS, "groups left out")
    behind = [np.concatenate([np.full(pairs, -1), dealt]) == part for part in range(parts)]
    return [(~asked, asked) for asked in behind]


def dealt_groups(cells: Cells, parts: int, purpose: str) -> tuple[int, NDArray[np.int64]]:
    """Combinations dealt to even parts, both directions of one alike: how many parts, and that of each cell."""
    together = [frozenset((task, *partners)) for task, partners in zip(cells.tasks, cells.partners, strict=True)]
    order = sorted(set(together), key=sorted)
    dealt = stream(purpose).permutation(np.arange(len(order)) % parts)
    part_of = dict(zip(order, dealt.tolist(), strict=True))
    return min(parts, len(order)), np.array([part_of[each] for each in together], dtype=np.int64)
