"""Tables of what probes measure: of one run, and of a study."""

from dataclasses import replace

from cohear.base.tables.definition import Column, Table
from cohear.base.tables.study import RESULTS_CSV

_MEASURED = (
    Column("task", "the task that the measurement is of"),
    Column("partner", "the task that it might be trained beside; empty: it is of the task alone", may_be_empty=True),
    Column("name", "what was measured"),
    Column("value", "the number; empty where it cannot be told", "number", may_be_empty=True),
)

PROBE_CSV = Table("probe.csv", "A row per number that a probe measured, in its run's folder.", _MEASURED, in_order=True)

MEASUREMENTS_CSV = Table(
    "measurements.csv",
    "A row per task, partner, measurement and setting: means over the repeats that were measured.",
    (
        *_MEASURED,
        *(column for column in RESULTS_CSV.columns if column.name in ("features", "encoder")),
        Column("cost", "time of the measurement, in trainings of the task alone", "number", may_be_empty=True),
        *(replace(column, may_be_missing=True) for column in RESULTS_CSV.columns if column.name == "arm"),
    ),
)
