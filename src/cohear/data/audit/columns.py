"""Which columns of a clip table look like labels, and which only keep books."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cohear.data.folds.cutting import FEWEST_CLIPS_A_VALUE, MOST_VALUES
from cohear.data.folds.partition import TaskChoice
from cohear.data.tables.clip_table import RESERVED_COLUMNS, ClipTable
from cohear.data.tables.targets import GROUPING, words_of

DURATIONS = {"duration": 1.0, "duration_s": 1.0, "duration_sec": 1.0, "duration_seconds": 1.0, "seconds": 1.0}
DURATIONS |= {"length": 1.0, "dur": 1.0, "duration_ms": 1000.0, "length_ms": 1000.0, "milliseconds": 1000.0}
"""Columns that give a clip's duration, and how many of their unit are a second."""
RATES = ("sample_rate", "samplerate", "sampling_rate", "sr", "rate")
"""Columns that give a file's sample rate in Hz or kHz."""

_MEASURED = re.compile(r"[+-]?\d*[.]\d+(e[+-]?\d+)?", re.IGNORECASE)


def columns_of_names(table: ClipTable) -> list[str]:
    """Columns whose values repeat and are names: no file names, hashes, durations, rates or other measured numbers."""
    found = []
    for column in map(str, table.rows.columns):
        name = column.strip().lower()
        if column in RESERVED_COLUMNS or name in DURATIONS or name in RATES:
            continue
        values = {cell for cell in table.column(column, table.name) if cell}
        few = 2 <= len(values) <= min(MOST_VALUES, len(table) // FEWEST_CLIPS_A_VALUE)
        if few and not all(_MEASURED.fullmatch(value.strip()) for value in values):
            found.append(column)
    return found


def columns_of_groups(table: ClipTable, tasks: Iterable[TaskChoice]) -> list[str]:
    """Columns that say who or what was recorded: ``group``, ``source_id``, what tasks hold out, speakers by name."""
    held_out = {task.rule.hold_out for task in tasks if task.dataset == table.name}
    return [
        column
        for column in map(str, table.rows.columns)
        if column in ("group", "source_id") or column in held_out or words_of(column) & GROUPING
    ]
