"""Words for figures: a sentence that is right for one and for many, and says nothing where nothing is known."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

POINTS = "points"


@dataclass(frozen=True)
class Unit:
    """How gains are told: in points (x 100) where all scores are fractions, else in the unit of the scores.

    Attributes:
        fraction: whether every score lies between 0 and 1.
        name: what they are counted in, where that is known and one for all.
    """

    fraction: bool
    name: str = ""

    @classmethod
    def of(cls, pairs: pd.DataFrame, units: Mapping[str, str] = MappingProxyType({})) -> "Unit":
        """Of paired differences.

        Args:
            pairs: whose scores tell, for a table from elsewhere may name its metrics as it likes.
            units: what metrics are shown in, where that is known.
        """
        told = {units.get(metric, POINTS) for metric in map(str, pairs["metric"].unique())}
        if told <= {POINTS}:
            return cls(not len(above_one(pairs)))
        return cls(False, told.pop() if len(told) == 1 else "")

    def gain(self, value: object, sign: bool = True) -> str:
        """``+1.2``, or ``unknown``; what rounds to nothing has no sign."""
        number = _number(value)
        if number is None:
            return "unknown"
        text = f"{100 * number:+.1f}" if self.fraction else f"{number:+.3g}"
        return f"{abs(float(text)):.1f}" if self.fraction and float(text) == 0 else text if sign else text.lstrip("+-")

    def points(self, value: object, sign: bool = True) -> str:
        """``+1.2 points``, or ``+1.2 in the unit of the scores``."""
        return f"{self.gain(value, sign)} {POINTS if self.fraction else self.name or 'in the unit of the scores'}"

    def within(self, low: object, high: object) -> str:
        """``+0.1 to +2.3``, empty where an interval is not known."""
        known = _number(low) is not None and _number(high) is not None
        return f"{self.gain(low)} to {self.gain(high)}" if known else ""

    def estimate(self, value: object, low: object, high: object) -> str:
        """``+1.2 points (+0.1 to +2.3)``, without the bracket where an interval is not known."""
        within = self.within(low, high)
        return f"{self.points(value)} ({within})" if within else self.points(value)


def _number(value: object) -> float | None:
    """A cell of a table, None where it is missing."""
    number = math.nan if value is None or value is pd.NA else float(str(value))
    return None if math.isnan(number) else number


def above_one(pairs: pd.DataFrame) -> list[str]:
    """Metrics of which a score is no fraction (below 0 or above 1), sorted."""
    outside = ((pairs[["single", "shared"]] < 0) | (pairs[["single", "shared"]] > 1)).any(axis=1)
    return sorted(set(pairs.loc[outside, "metric"]))


def are(number: int) -> str:
    """``1 is``, ``2 are``."""
    return f"{number} {'is' if number == 1 else 'are'}"


def counted(number: int, one: str) -> str:
    """``1 cell``, ``2 cells``."""
    return f"{number} {one if number == 1 else one + 's'}"


def listed(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([*([", ".join(words[:-1])] if len(words) > 1 else []), *words[-1:]])


def setting_name(setting: Sequence[object]) -> str:
    """``logmel / small``, and the arm where it is not that in which nothing is varied; an empty name is left out."""
    features, encoder, arm = map(str, setting)
    return " / ".join(name for name in (features, encoder, "" if arm == "base" else arm) if name) or "the one setting"


def shortened(words: Sequence[str], most: int) -> list[str]:
    """The first words, and how many more there are."""
    more = len(words) - most
    return [*words[:most], *([f"{more} more"] if more > 0 else [])]


def figure(value: object) -> str:
    """A correlation with its sign; what rounds to nothing has none."""
    text = f"{float(str(value)):+.2f}"
    return text if float(text) else text[1:]


def probability(value: object) -> str:
    """A p-value with as many digits as it deserves."""
    p = float(str(value))
    return "below 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.01 else f"{p:.2f}"
