"""Rules, a file a topic; importing a file enters its rules."""

from rules import (  # noqa: F401 - to be entered
    audit,
    below_singles,
    deciding,
    groupings,
    headline,
    intervals,
    learning,
    numbers,
    reasons,
    singles,
    verdicts,
)
from rules.rule import RULES

__all__ = ["RULES"]
