"""How figures are written: metrics that are fractions as points (x 100), the others in their own unit."""

import math
from collections.abc import Iterable, Sequence

from cohear.base.units import OWN, POINTS, Unit
from cohear.findings.words import typeset
from cohear.tasks.metrics import METRICS


def bounds_of_metric(name: str, values: Iterable[float]) -> tuple[float, float]:
    """Between which values a metric lies; none where a table from elsewhere has one that lies outside."""
    low, high = (METRICS[name].low, METRICS[name].high) if name in METRICS else (-math.inf, math.inf)
    inside = all(math.isnan(value) or low <= value <= high for value in values)
    return (low, high) if inside else (-math.inf, math.inf)


def level(value: float | None, fraction: bool) -> str:
    """A score: ``76.2`` points, or four digits in the metric's own unit."""
    return typeset(_unit(fraction).level(value))


def signed(value: float | None, fraction: bool) -> str:
    """A difference with its sign: ``+3.1`` points; what rounds to nothing has no sign."""
    return typeset(_unit(fraction).signed(value))


def _unit(fraction: bool) -> Unit:
    return POINTS if fraction else OWN


def counted_in(unit: Unit) -> str:
    """What the figures of a table are counted in."""
    return "in points (x 100)" if unit.points else OWN.name if unit == OWN else f"in {unit.name}"


def tick_texts(values: Sequence[float], fraction: bool, sign: bool = True) -> list[str]:
    """Round values beside an axis, no digit more than they need."""
    texts = [signed(value, fraction) if sign else level(value, fraction) for value in values]
    return [text.removesuffix(".0") for text in texts] if all(text.endswith(".0") for text in texts) else texts


def interval(low: float, high: float, fraction: bool) -> str:
    """``+1.0 to +5.2``, or a dash where there is none."""
    return typeset(_unit(fraction).interval(low, high))


def duration(seconds: float) -> str:
    """``45 s``, ``12 min``, ``3.5 h``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def number(value: object) -> str:
    """A count with thin spaces between thousands."""
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}") if isinstance(value, int) else str(value)
