"""The columns of the tables: the interface between rooms, and to the world."""

from cohear.base.columns import METRICS, RESULTS, RESULTS_OPTIONAL

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

WHOLE_NUMBERS = ("fold", "seed", "test_clips", "parameters", "steps", "repeats")
NUMBERS = ("value", "seconds", "single", "shared", "gain", "low", "high", "p", "p_adjusted")
TRUTHS = ("higher_is_better",)
MAY_BE_EMPTY = (
    *("value", "seconds", "test_clips", "parameters", "steps"),
    *("single", "shared", "gain", "low", "high", "p", "p_adjusted"),
)

VERDICTS = ("helps", "hurts", "harmless", "undecided")

__all__ = [
    "CELL",
    "GAINS",
    "MAY_BE_EMPTY",
    "METRICS",
    "NUMBERS",
    "REPEAT",
    "RESULTS",
    "RESULTS_OPTIONAL",
    "TRUTHS",
    "VERDICTS",
    "WHOLE_NUMBERS",
]
