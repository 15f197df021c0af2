"""How figures are written: one rule for each kind of figure, whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cohear.base.units import NONE, Unit, known


@dataclass(frozen=True)
class Estimate:
    """A difference with its 95 % interval, as far as it is known.

    Attributes:
        value: in the metric's unit (a fraction where that is points).
        low, high: of the interval.
        unit: what it is counted in.
    """

    value: float | None
    low: float | None
    high: float | None
    unit: Unit

    @classmethod
    def of(cls, value: object, low: object, high: object, unit: Unit) -> Estimate:
        """From cells of a table."""
        return cls(known(value), known(low), known(high), unit)

    @property
    def without_zero(self) -> bool:
        """Whether the interval is there and all on one side of nothing."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    def __str__(self) -> str:
        """``+1.2 points (+0.1 to +2.3)``, without the bracket where an interval is not known."""
        return f"{self.unit.signed(self.value)} {self.unit.name}{self.bracket}"

    @property
    def bracket(self) -> str:
        """`` (+0.1 to +2.3)``, nothing where there is no interval."""
        within = self.unit.interval(self.low, self.high)
        return "" if within == NONE else f" ({within})"

    def to_json(self) -> dict[str, Any]:
        """Value, interval and unit."""
        return {"value": self.value, "low": self.low, "high": self.high, "unit": self.unit.name}


def probability(p: object) -> str:
    """A p-value with as many digits as it deserves."""
    number = known(p)
    if number is None:
        return NONE
    return "below 0.001" if number < 0.001 else f"{number:.3f}" if number < 0.1 else f"{number:.2f}"


def correlation(value: object) -> str:
    """A correlation with its sign; what rounds to nothing has none."""
    number = known(value)
    text = NONE if number is None else f"{number:+.2f}"
    return text if text == NONE or float(text) else text[1:]


def bracket_of(low: object, high: object, written: Callable[[object], str]) -> str:
    """`` (+0.10 to +0.52)``, nothing where there is no interval."""
    return "" if known(low) is None or known(high) is None else f" ({written(low)} to {written(high)})"


def share(ratio: object) -> str:
    """``24 %``."""
    number = known(ratio)
    return "an unknown share" if number is None else f"{100 * number:.0f} %"


def are(number: int) -> str:
    """``1 is``, ``2 are``."""
    return f"{number} {'is' if number == 1 else 'are'}"
