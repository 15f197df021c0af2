"""What `cohear measure` has measured of a study, a line a measurement, so that nothing is measured twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cohear.base.files import without_nan
from cohear.base.journal import Append, Journal

ToldNumber = tuple[str, str, str, float | None]
"""Task, partner, name and value of a number."""


@dataclass(frozen=True)
class Measurement:
    """What one probe measured of one subject.

    Attributes:
        key: of all that its numbers depend on.
        probe: with its settings.
        features, encoder, arm: the cell; empty where the numbers do not change with it.
        fold, seed: the repeat.
        tasks: of the subject.
        runs: keys of the runs of a plan that it belongs to: those that it looked at, and the single ones of its tasks.
        seconds: that it took.
        numbers: what came out.
    """

    key: str
    probe: str
    features: str
    encoder: str
    arm: str
    fold: int
    seed: int
    tasks: tuple[str, ...]
    runs: tuple[str, ...]
    seconds: float
    numbers: tuple[ToldNumber, ...]

    @property
    def place(self) -> tuple[object, ...]:
        """Of two in one place, as changed code leaves them, the later one counts."""
        return (self.probe, self.features, self.encoder, self.arm, self.fold, self.seed, self.tasks)

    @classmethod
    def from_json(cls, content: Any) -> Measurement:  # noqa: ANN401 - any JSON value
        """Of a line.

        Raises:
            TypeError, ValueError: it is none.
        """
        numbers = tuple((str(t), str(p), str(n), None if v is None else float(v)) for t, p, n, v in content["numbers"])
        return cls(
            **{**content, "tasks": tuple(content["tasks"]), "runs": tuple(content["runs"]), "numbers": numbers},
        )


class MeasurementJournal:
    """A file of them.

    Args:
        file: need not exist yet.
    """

    def __init__(self, file: Path) -> None:
        self._journal = Journal(file)

    def read(self) -> list[Measurement]:
        """All, oldest first; what a kill tore is left out."""
        found = []
        for value in self._journal.values():
            try:
                found.append(Measurement.from_json(value))
            except (TypeError, ValueError, KeyError):
                continue
        return found

    def appending(self) -> AbstractContextManager[Append]:
        """To be called with what :func:`lines` gives."""
        return self._journal.appending()


def lines(measurements: Iterable[Measurement]) -> Sequence[Any]:
    """Of some measurements, for the journal."""
    return [without_nan(asdict(each)) for each in measurements]


def current(measurements: Iterable[Measurement], runs: set[str], measured_by_runs: set[str]) -> list[Measurement]:
    """Those that belong to a plan, the last of each place.

    Args:
        measurements: oldest first.
        runs: keys of the plan.
        measured_by_runs: probes that runs of the plan measure.
    """
    belonging = (each for each in measurements if runs.issuperset(each.runs) and each.probe not in measured_by_runs)
    return list({each.place: each for each in belonging}.values())
