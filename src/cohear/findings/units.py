"""What the gains of a study are counted in."""

from __future__ import annotations

from cohear.analysis.statistics import Statistics
from cohear.findings.figures import OWN, POINTS, Unit


def unit_of(statistics: Statistics) -> Unit:
    """Points where all scores lie between 0 and 1, else the unit of the scores."""
    return POINTS if statistics.unit.fraction else Unit(OWN, False)
