"""How long a run takes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """How long a run takes, in the unit of its job.

    Attributes:
        pace: what it is a run of; a unit takes all runs of one pace about the same time.
        units: what its time is about proportional to.
    """

    pace: str
    units: float
