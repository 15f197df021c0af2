"""How figures are written: metrics that are fractions as points (x 100), the others in their own unit."""

import math
from collections.abc import Iterable, Sequence

import pandas as pd

from cohear.analysis.sentences import figure
from cohear.tasks.metrics import METRICS, SHARE

MINUS = "\N{MINUS SIGN}"
NONE = "–"


def fraction_metrics(results: pd.DataFrame) -> set[str]:
    """Metrics that say of themselves that they are shares, and are; one from elsewhere keeps its own unit.

    Args:
        results: a table with ``metric`` and the scores: ``value`` of results, ``single`` and ``shared`` of gains. A
            metric of which one lies outside its bounds is no share here: 85 stands for 85 per cent.
    """
    names = {name for name in map(str, results["metric"].unique()) if name in METRICS and METRICS[name].unit == SHARE}
    for scores in ("value", "single", "shared"):
        if scores in results:
            names -= set(results.loc[(results[scores] < 0) | (results[scores] > 1), "metric"].astype(str))
    return names


def unit_of_metric(name: str, fraction: bool) -> str:
    """What a metric's figures are counted in: ``points``, its own unit, or its name where nobody says."""
    if fraction:
        return "points"
    known = METRICS[name].unit if name in METRICS else ""
    return known if known and known != SHARE else name


def bounds_of_metric(name: str, values: Iterable[float]) -> tuple[float, float]:
    """Between which values a metric lies; none where a table from elsewhere has one that lies outside."""
    low, high = (METRICS[name].low, METRICS[name].high) if name in METRICS else (-math.inf, math.inf)
    inside = all(math.isnan(value) or low <= value <= high for value in values)
    return (low, high) if inside else (-math.inf, math.inf)


def level(value: float | None, fraction: bool) -> str:
    """A score: ``76.2`` points, or four digits in the metric's own unit."""
    if value is None or math.isnan(value):
        return NONE
    text = f"{100 * value:.1f}" if fraction else f"{value:.4g}"
    return text.replace("-", MINUS)


def signed(value: float | None, fraction: bool) -> str:
    """A difference with its sign: ``+3.1`` points; what rounds to nothing has no sign."""
    if value is None or math.isnan(value):
        return NONE
    text = f"{100 * value:+.1f}" if fraction else f"{value:+.3g}"
    if float(text) == 0:
        text = text[1:]
    return text.replace("-", MINUS)


def correlation(value: float) -> str:
    """A correlation with its sign."""
    return figure(value).replace("-", MINUS)


def unit_words(fraction: bool) -> str:
    """What the figures of a table are counted in."""
    return "in points (x 100)" if fraction else "in the unit of the scores"


def tick_texts(values: Sequence[float], fraction: bool, sign: bool = True) -> list[str]:
    """Round values beside an axis, no digit more than they need."""
    texts = [signed(value, fraction) if sign else level(value, fraction) for value in values]
    return [text.removesuffix(".0") for text in texts] if all(text.endswith(".0") for text in texts) else texts


def interval(low: float, high: float, fraction: bool) -> str:
    """``+1.0 to +5.2``, or a dash where there is none."""
    if math.isnan(low) or math.isnan(high):
        return NONE
    return f"{signed(low, fraction)} to {signed(high, fraction)}"


def in_brackets(low: object, high: object, fraction: bool) -> str:
    """`` (+1.0 to +5.2)``, nothing where there is no interval."""
    known = not (pd.isna(low) or pd.isna(high))  # type: ignore[call-overload]
    return f" ({interval(float(str(low)), float(str(high)), fraction)})" if known else ""


def probability(p: float) -> str:
    """A p-value with as many digits as it deserves."""
    if math.isnan(p):
        return NONE
    return "below 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """``1 run``, ``2 runs``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


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
