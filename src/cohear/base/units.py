"""What scores and their differences are counted in, and how they are written: one rule for whoever shows them."""

from __future__ import annotations

import math
from dataclasses import dataclass

NONE = "–"
"""What stands for a figure that there is not."""


@dataclass(frozen=True)
class Unit:
    """What scores and their differences are counted in.

    Attributes:
        name: ``points``, or that of the metric's own.
        points: whether they are shown x 100.
    """

    name: str
    points: bool = False

    @classmethod
    def named(cls, name: str) -> Unit:
        """From its name, by which it is known in JSON."""
        return cls(name, name == POINTS.name)

    def level(self, value: object) -> str:
        """A score: ``76.2``, or four digits in the metric's own unit."""
        number = known(value)
        return NONE if number is None else f"{_even(100 * number):.1f}" if self.points else f"{_even(number):.4g}"

    def signed(self, value: object) -> str:
        """A difference with its sign: ``+3.1``; what rounds to nothing has none."""
        number = known(value)
        if number is None:
            return NONE
        text = f"{_even(100 * number):+.1f}" if self.points else f"{_even(number):+.3g}"
        return text if float(text) else text[1:]

    def size(self, value: object) -> str:
        """A difference without its sign, and its unit: ``3.1 points``."""
        return f"{self.signed(value).lstrip('+-')} {self.name}"

    def interval(self, low: object, high: object) -> str:
        """``+1.0 to +5.2``, or a dash where there is none."""
        return NONE if known(low) is None or known(high) is None else f"{self.signed(low)} to {self.signed(high)}"


POINTS = Unit("points", True)
OWN = Unit("in the unit of the scores")
"""Where that is all that is known of it, and of figures over metrics that have several units."""


def _even(value: float) -> float:
    """Without the last bits, which the order of a sum decides: -14.55 is written alike wherever it was added up."""
    return float(f"{value:.12g}")


def finite(value: float) -> float | None:
    """A figure for JSON: None where it is not known."""
    return float(value) if math.isfinite(value) else None


def known(value: object) -> float | None:
    """A figure, or a cell of a table; None where it is missing."""
    number = math.nan if value is None or str(value) == "<NA>" else float(str(value))
    return None if math.isnan(number) else number
