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

COST_CELL = ("features", "encoder", "arm", "combination", "setup")
"""What names a row of ``costs.csv``."""

MEASURED_COSTS = (
    *("multiply_adds", "milliseconds", "milliseconds_p95", "cpu_milliseconds"),
    *("load_seconds", "peak_memory", "bytes"),
)
"""Numbers of ``costs.csv``: of a second of audio the first four, of memory and files in bytes the last two."""

SHARED, SINGLES, BEHIND = "one shared model", "single models", "single models, common front-end"
"""The set-ups that are compared; a single task has the first alone."""
