"""What was set on out-of-fold predictions and is not applied, since it was no better on parts that did not set it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, cast

What = Literal["temperature", "thresholds", "thresholds and filters", "spread"]
_SET = {
    "temperature": "a temperature",
    "thresholds": "a threshold for each label",
    "thresholds and filters": "a threshold and a median filter for each label",
    "spread": "a spread",
}
_INSTEAD = {
    "temperature": "probabilities are left as they are",
    "thresholds": "all are one half",
    "thresholds and filters": "all thresholds are one half, and steps are taken alone",
}


@dataclass(frozen=True)
class Withheld:
    """Something that is not applied; a card holds its fields.

    Attributes:
        what: it is.
        measure: of what it is worth, on parts that did not set it.
        before: the measure without it; of a spread the share that it should hold.
        after: the measure with it.
    """

    what: What
    measure: Literal["calibration error", "log loss", "macro F1", "share of truths within it"]
    before: float
    after: float

    def sentence(self, task: str) -> str:
        """For the card, its readers and the terminal."""
        figures = f"{self.measure} {self.after:.3f}, "
        figures += f"not {self.before:.3f}" if self.what == "spread" else f"without it {self.before:.3f}"
        then = f"; {_INSTEAD[self.what]}" if self.what in _INSTEAD else ""
        return (
            f"task {task!r}: {_SET[self.what]} was set and is not applied, since it did not hold on other test parts "
            f"({figures}){then}"
        )


def is_withheld(calibration: Mapping[str, object], what: What) -> bool:
    """Whether a card's entry of a calibration says that something is not applied."""
    told = cast(Iterable[Mapping[str, object]], calibration.get("withheld", ()))
    return any(each["what"] == what for each in told)
