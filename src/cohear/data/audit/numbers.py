"""Columns that are learnt as numbers: what is none, what is far from all others, and what is always the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Array
from cohear.base.counting import clips_that, counted
from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.evidence import Evidence, MeasuredDataset
from cohear.data.audit.finding import AuditFinding, Code
from cohear.data.folds.partition import TaskChoice
from cohear.data.folds.selection import guess_kind
from cohear.tasks.kind import TARGET_KINDS
from cohear.tasks.number_cells import numbers_in
from cohear.tasks.regression import Regression

FAR = 3.0
"""So many ranges between the quartiles beyond them a number is far out (Tukey 1977, Exploratory Data Analysis, 2C)."""
SAME = 0.5
"""Share of the clips from which on one number is told to be that of many."""
FEWEST_CLIPS = 10
"""With fewer no number is far from the others, and none is that of many."""
_SHOWN = 3


class NumbersCheck(Check):
    """The numbers of each task that has some."""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "number-range",
            ("note",),
            "How many clips have a number, how many different ones there are, and where they lie.",
            "Nothing to mend: see that they are in the unit that is meant.",
        ),
        Code(
            "text-among-numbers",
            ("error",),
            "A cell of a column that is learnt as numbers holds none (`n/a`, `3,5`, `12 dB`).",
            "Write a number with a point and without a unit, or leave the cell empty where it is unknown.",
        ),
        Code(
            "far-number",
            ("warning",),
            "A number lies further from the middle half of its column than three times the width of that half.",
            "See whether it is a slip or in another unit; a column that has many is better learnt as a logarithm.",
        ),
        Code(
            "constant-number",
            ("error", "warning"),
            "All clips have the same number, so that there is nothing to learn; a warning from half of the clips on.",
            "Where it stands for what is unknown (`-1`, `999`), leave these cells empty; else take another column.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """Task by task."""
        for task in evidence.tasks:
            data = evidence.datasets.get(task.dataset)
            if data is not None and task.target in data.table.rows.columns:
                cells = data.table.column(task.target, data.name)
                if isinstance(TARGET_KINDS[task.kind or guess_kind(cells)], Regression):
                    yield from self._of_task(data, task, cells)

    def _of_task(self, data: MeasuredDataset, task: TaskChoice, cells: list[str]) -> Iterable[AuditFinding]:
        found, wrong = dict[str, dict[int, float]](), list[int]()
        for row, cell in enumerate(cells):
            try:
                numbers = numbers_in(cell)
            except ValueError:
                wrong.append(row)
                continue
            for name, value in numbers.items():
                found.setdefault(name or task.target, {})[row] = value
        if wrong:
            counts = Counter(cells[row] for row in wrong)
            shown = ", ".join(repr(cell) for cell, _ in counts.most_common(_SHOWN))
            sentence = f"{clips_that(len(wrong), len(cells), 'has', 'have')} no number in {task.target!r}, but {shown}"
            yield self.of_task("text-among-numbers", "error", sentence, data, task, wrong, {"cells": dict(counts)})
        for name, values in sorted(found.items()):
            yield from self._of_number(data, task, name, values)

    def _of_number(
        self, data: MeasuredDataset, task: TaskChoice, name: str, numbers: Mapping[int, float]
    ) -> Iterable[AuditFinding]:
        rows, values = np.array(list(numbers)), np.array(list(numbers.values()))
        low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
        different, often = Counter(values.tolist()), Counter(values.tolist()).most_common(1)[0]
        figures = {"number": name, "least": values.min(), "largest": values.max(), "median": middle}
        figures |= {"quartiles": [low, high], "deviation": values.std(), "different": len(different)}
        figures = {key: value.item() if isinstance(value, np.generic) else value for key, value in figures.items()}
        yield self.of_task(
            "number-range",
            "note",
            f"{counted(len(values), 'clip')} with {counted(len(different), 'different number')} in {name!r}, from "
            f"{values.min():.6g} to {values.max():.6g}; median {middle:.6g}, half of them from {low:.6g} to {high:.6g}",
            data,
            task,
            [],
            figures,
        )
        if len(different) == 1:
            sentence = f"{name!r} is {often[0]:.6g} in all {counted(len(values), 'clip')} that have a number"
            yield self.of_task("constant-number", "error", sentence, data, task, rows, {"number": name, "is": often[0]})
        elif len(values) >= FEWEST_CLIPS and often[1] >= SAME * len(values):
            sentence = f"{clips_that(often[1], len(values), 'has', 'have')} {often[0]:.6g} as {name!r}"
            same = rows[values == often[0]]
            yield self.of_task(
                "constant-number", "warning", sentence, data, task, same, {"number": name, "is": often[0]}
            )
        far = _far(values, low, high)
        if far.any():
            furthest = values[far][np.argsort(-np.abs(values[far] - middle), kind="stable")][:_SHOWN]
            shown = ", ".join(f"{value:.6g}" for value in furthest)
            sentence = (
                f"{clips_that(int(far.sum()), len(values), 'has', 'have')} a {name!r} far from the others, such as "
                f"{shown}; half of all lie from {low:.6g} to {high:.6g}"
            )
            told = {
                "number": name,
                "numbers": dict(zip([data.ids[row] for row in rows[far]], values[far].tolist(), strict=True)),
            }
            yield self.of_task("far-number", "warning", sentence, data, task, rows[far], told)


def _far(values: Array, low: float, high: float) -> NDArray[np.bool_]:
    """Which numbers are far out; none of few, nor where half of all are the same."""
    if len(values) < FEWEST_CLIPS or low == high:
        return np.zeros(len(values), dtype=np.bool_)
    reach = FAR * (high - low)
    return np.asarray((values < low - reach) | (values > high + reach))


CHECKS.register("numbers")(NumbersCheck())
