"""The table of what combinations cost at work, and the set-ups that it compares."""

from cohear.base.tables.definition import Column, Table
from cohear.base.tables.study import RESULTS_CSV

SHARED, SINGLES, BEHIND = "one shared model", "single models", "single models, common front-end"
"""The set-ups that are compared; a single task has the first alone."""

_MEASURED = (
    Column("multiply_adds", "multiplications and additions, of a second of audio", "number"),
    Column("milliseconds", "median time, of a second of audio", "number", "ms"),
    Column("milliseconds_p95", "95th percentile of the time, of a second of audio", "number", "ms"),
    Column("cpu_milliseconds", "median processor time, of a second of audio", "number", "ms"),
    Column("load_seconds", "time from files to models that answer", "number", "s"),
    Column("peak_memory", "memory that loading and one run add", "number", "bytes"),
    Column("bytes", "size of the files", "number", "bytes"),
)

COST_CELL = ("features", "encoder", "arm", "combination", "setup")
"""What names a row of costs."""

MEASURED_COSTS = tuple(column.name for column in _MEASURED)

COSTS_CSV = Table(
    "costs.csv",
    "A row per combination, front-end, encoder, arm and set-up; arms that differ in training alone cost the same.",
    (
        *(column for column in RESULTS_CSV.columns if column.name in COST_CELL),
        Column("setup", f"`{SHARED}`, `{SINGLES}`, or `{BEHIND}`"),
        *_MEASURED,
    ),
)
