"""The columns of the tables that a study writes: the interface between rooms, and to the world."""

RESULTS = (
    *("run", "features", "encoder", "arm", "combination", "control", "fold", "seed", "task", "metric", "value"),
    *("higher_is_better", "test_clips", "parameters", "steps", "seconds"),
)
"""Columns that every ``results.csv`` has, a row per run x task."""

RESULTS_OPTIONAL = ("test_part", "focal")
"""Columns of ``results.csv`` that tables from elsewhere may lack."""

METRICS = ("run", "task", "part", "selection", "metric", "value")
"""Columns of ``metrics.csv``, long."""
