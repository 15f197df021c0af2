"""Places on an axis, in percent of its width (plain SVG and CSS scale with the page)."""

import math
from dataclasses import dataclass

_ROOM = 0.06


@dataclass(frozen=True)
class Axis:
    """A linear axis from ``low`` to ``high``, in the metric's unit."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Percent of the width; what lies outside is put on the edge."""
        share = (value - self.low) / (self.high - self.low)
        return round(100 * min(1.0, max(0.0, share)), 3)

    def ticks(self, number: int = 8) -> list[float]:
        """Round values (1, 2 or 5 times a power of ten apart), about ``number`` of them."""
        rough = (self.high - self.low) / number
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [round(index * step, 12) for index in range(first, last + 1)]


def axis_over(
    values: list[float], least: float = 0.01, room: float = _ROOM, bounds: tuple[float, float] = (-math.inf, math.inf)
) -> Axis:
    """An axis that holds all values; NaN is passed over.

    Args:
        values: in the metric's unit.
        least: width of the axis, at least.
        room: beyond the values at either end, as a share of the width.
        bounds: between which all values lie, and the axis too.
    """
    known = [value for value in values if not math.isnan(value)] or [0.0]
    low, high = min(known), max(known)
    width = max(high - low, least)
    middle = (low + high) / 2
    low, high = min(low, middle - width / 2), max(high, middle + width / 2)
    return Axis(max(bounds[0], low - room * width), min(bounds[1], high + room * width))
