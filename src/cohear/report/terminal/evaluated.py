"""An evaluation for the terminal; names are shown as they are (no markup)."""

from __future__ import annotations

from rich.table import Table

from cohear.base.units import NONE, Unit, known
from cohear.evaluation.by_value import ByColumn
from cohear.evaluation.evaluated import Evaluated, TaskEvaluated
from cohear.report.terminal.tables import plain_table


def evaluated_table(found: Evaluated) -> Table:
    """A row for each metric of each task, its own first."""
    rows = []
    for name, task in found.tasks.items():
        for place, each in enumerate(task.metrics):
            unit = Unit.named(each.unit)
            first = [name, f"{task.clips:,}", f"{task.groups:,}"] if not place else ["", "", ""]
            rows.append(
                [
                    *first,
                    each.metric,
                    unit.level(each.value),
                    _interval(unit, each.low, each.high),
                    unit.level(each.promised),
                ]
            )
        calibration = task.calibration
        if known(calibration.value) is not None:
            cells = (
                f"{calibration.value:.3f}",
                "",
                NONE if calibration.promised is None else f"{calibration.promised:.3f}",
            )
            rows.append(["", "", "", calibration.what, *cells])
    return plain_table(
        f"{found.bundle} on clips that it was not trained on",
        ("task", "clips", "groups", "metric", "here", "95 %", "promised"),
        rows,
    )


def by_column_table(name: str, task: TaskEvaluated, column: ByColumn) -> Table:
    """A row for each value of a column."""
    unit = Unit.named(task.own.unit)
    rows = [
        [
            each.value,
            f"{each.clips:,}",
            f"{each.groups:,}",
            unit.level(each.score),
            _interval(unit, each.low, each.high),
        ]
        for each in column.values
    ]
    return plain_table(f"{name} by {column.column}", (column.column, "clips", "groups", task.metric, "95 %"), rows)


def _interval(unit: Unit, low: float, high: float) -> str:
    """Ends of an interval of a level."""
    return NONE if known(low) is None or known(high) is None else f"{unit.level(low)} to {unit.level(high)}"
