"""Rules, a file a topic; importing a file enters its rules."""

from rules import audit, deciding, groupings, headline, intervals, learning, numbers, reasons, singles, verdicts  # noqa: F401
from rules.rule import RULES

__all__ = ["RULES"]
