"""How long a run takes."""

from __future__ import annotations

from dataclasses import dataclass

BRIEF = 3000
"""Units of what takes seconds, whatever it is: about as many windows as a network learns from meanwhile, since all jobs
share one count of time left."""


@dataclass(frozen=True)
class Cost:
    """How long a run takes, in the unit of its job.

    Attributes:
        pace: what it is a run of; a unit takes all runs of one pace about the same time.
        units: what its time is about proportional to.
    """

    pace: str
    units: float
