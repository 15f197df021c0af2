"""The columns of the tables: the interface between rooms, and to the world."""

from cohear.base.columns import (
    BEHIND,
    COST_CELL,
    MEASURED_COSTS,
    METRICS,
    RESULTS,
    RESULTS_OPTIONAL,
    SHARED,
    SINGLES,
)

RESULTS_MAY_LACK = ("test_clips", "parameters", "steps", "seconds", *RESULTS_OPTIONAL)
"""Columns without which gains can be told: other trainers may not have them, and they are taken as empty."""

RESULTS_NEEDED = tuple(name for name in RESULTS if name not in RESULTS_MAY_LACK)
"""``control`` is among them: a table whose column is misnamed would pass controls for ordinary runs."""

CELL = ("task", "combination", "features", "encoder", "arm")
"""What names a cell of the sharing matrix."""

REPEAT = ("fold", "seed")
"""What names a repeat."""

GAINS = (
    *(
        "task",
        "combination",
        "features",
        "encoder",
        "arm",
        "metric",
        "single",
        "shared",
        "gain",
        "low",
        "high",
    ),
    *("p", "p_adjusted", "repeats", "verdict", "explanation"),
)
"""Columns of ``gains.csv``, a row per task x combination x features x encoder x arm."""

CONTROLS = (*GAINS, "control")
"""Columns of ``controls.csv``: those of gains, and which control; controls are never rows of gains."""

WHOLE_NUMBERS = ("fold", "seed", "test_clips", "parameters", "steps", "repeats")
NUMBERS = ("value", "seconds", "single", "shared", "gain", "low", "high", "p", "p_adjusted", *MEASURED_COSTS)
TRUTHS = ("higher_is_better",)
MAY_BE_EMPTY = (
    *("value", "seconds", "test_clips", "parameters", "steps"),
    *("single", "shared", "gain", "low", "high", "p", "p_adjusted"),
)

SETTING = ("features", "encoder", "arm")
"""What gains are never compared across within a family."""

FAMILY = (*SETTING, "pair")
"""What is tested at once; ``pair`` tells combinations of two tasks from larger ones."""

VERDICTS = ("helps", "hurts", "harmless", "undecided")

__all__ = [
    "BEHIND",
    "CELL",
    "CONTROLS",
    "COST_CELL",
    "FAMILY",
    "GAINS",
    "MAY_BE_EMPTY",
    "MEASURED_COSTS",
    "METRICS",
    "NUMBERS",
    "REPEAT",
    "RESULTS",
    "RESULTS_MAY_LACK",
    "RESULTS_NEEDED",
    "RESULTS_OPTIONAL",
    "SETTING",
    "SHARED",
    "SINGLES",
    "TRUTHS",
    "VERDICTS",
    "WHOLE_NUMBERS",
]
