"""The tables: one definition each, from which writers, readers and docs come. To the world they are the interface."""

from cohear.base.tables.costs import BEHIND, COST_CELL, COSTS_CSV, MEASURED_COSTS, SHARED, SINGLES
from cohear.base.tables.csv_text import csv_text, is_missing, sorted_rows
from cohear.base.tables.data import EVENTS_CSV, MANIFEST_CSV
from cohear.base.tables.definition import Column, Row, Table, Type
from cohear.base.tables.foretelling import PREDICTORS_CSV
from cohear.base.tables.measurements import MEASUREMENTS_CSV, PROBE_CSV
from cohear.base.tables.runs import CURVE_CSV, PREDICTIONS_CSV
from cohear.base.tables.study import (
    ARMS_CSV,
    BASELINE,
    CONTROLS_CSV,
    CONTROLS_NLL_CSV,
    GAINS_CSV,
    GAINS_NLL_CSV,
    JOB,
    LEARNT,
    METRICS_CSV,
    NETWORK,
    NLL,
    NOT_LEARNT,
    RESULTS_CSV,
    SINGLES_CSV,
)

TABLES = (
    *(RESULTS_CSV, METRICS_CSV, GAINS_CSV, GAINS_NLL_CSV, CONTROLS_CSV, CONTROLS_NLL_CSV, SINGLES_CSV),
    *(
        ARMS_CSV,
        COSTS_CSV,
        MEASUREMENTS_CSV,
        PREDICTORS_CSV,
        CURVE_CSV,
        PREDICTIONS_CSV,
        PROBE_CSV,
        MANIFEST_CSV,
        EVENTS_CSV,
    ),
)
"""All of them."""

__all__ = [
    "ARMS_CSV",
    "BASELINE",
    "BEHIND",
    "CONTROLS_CSV",
    "CONTROLS_NLL_CSV",
    "COSTS_CSV",
    "COST_CELL",
    "CURVE_CSV",
    "EVENTS_CSV",
    "GAINS_CSV",
    "GAINS_NLL_CSV",
    "JOB",
    "LEARNT",
    "MANIFEST_CSV",
    "MEASURED_COSTS",
    "MEASUREMENTS_CSV",
    "METRICS_CSV",
    "NETWORK",
    "NLL",
    "NOT_LEARNT",
    "PREDICTIONS_CSV",
    "PREDICTORS_CSV",
    "PROBE_CSV",
    "RESULTS_CSV",
    "SHARED",
    "SINGLES",
    "SINGLES_CSV",
    "TABLES",
    "Column",
    "Row",
    "Table",
    "Type",
    "csv_text",
    "is_missing",
    "sorted_rows",
]
